/** The three networks that full tuning is timed with, made here with random weights, so that nothing is downloaded. */
import { Graph, GraphBuilder, int, ints, type Value } from '../../core/graph/index.ts';

export type Architecture = 'resnet50' | 'mobilenet_v2' | 'vit_b_16';

const CLASSES = 1000;

/** Numbers that torchvision's models of these names have. */
export const PARAMETERS: Readonly<Record<Architecture, number>> = {
  resnet50: 25_557_032,
  mobilenet_v2: 3_504_872,
  vit_b_16: 86_567_656,
};

/** Outputs "features" [N, D] and "logits" [N, 1000]; the input is "image" [N, 3, side, side]. */
export function buildArchitecture(name: Architecture, side: number): { graph: Graph; width: number } {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const net = new Layers(new GraphBuilder(graph));
  const image = net.b.input('image', 'float32', ['batch', 3, side, side]);
  const features =
    name === 'resnet50'
      ? resnet50(net, image)
      : name === 'mobilenet_v2'
        ? mobilenetV2(net, image)
        : vit(net, image, side);
  const width = features.shape[1] as number;
  net.b.output(net.b.op('Identity', [features], {}, { names: ['features'] }));
  const w = net.weight([width, CLASSES], width);
  net.b.output(net.b.op('Gemm', [features, w, net.weight([CLASSES], 1, 0)], {}, { names: ['logits'] }));
  return { graph, width };
}

class Layers {
  readonly b: GraphBuilder;
  #seed = 1;

  constructor(b: GraphBuilder) {
    this.b = b;
  }

  /** Uniform with variance 2 / fan-in around `centre`. */
  weight(dims: readonly number[], fanIn: number, scale = 1, centre = 0): Value {
    const size = dims.reduce((x, y) => x * y, 1);
    const spread = scale * Math.sqrt(6 / fanIn);
    const data = Float32Array.from({ length: size }, () => {
      this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
      return centre + spread * (this.#seed / 2 ** 31 - 1);
    });
    return this.b.weight('weight', { dtype: 'float32', dims, data });
  }

  conv(x: Value, to: number, kernel: number, stride = 1, group = 1): Value {
    const from = (x.shape[1] as number) / group;
    const pad = (kernel - 1) >> 1;
    return this.b.op('Conv', [x, this.weight([to, from, kernel, kernel], from * kernel * kernel)], {
      kernel_shape: ints([kernel, kernel]),
      strides: ints([stride, stride]),
      pads: ints([pad, pad, pad, pad]),
      group: int(group),
    });
  }

  norm(x: Value, scale = 1): Value {
    const dims = [x.shape[1] as number];
    const affine = [this.weight(dims, 1, 0, scale), this.weight(dims, 1, 0)] as const;
    const statistics = [this.weight(dims, 1, 0), this.weight(dims, 1, 0, 1)] as const;
    return this.b.op('BatchNormalization', [x, ...affine, ...statistics], {}, { types: [x] });
  }

  pooled(x: Value): Value {
    return this.b.op('Flatten', [this.b.op('GlobalAveragePool', [x])], { axis: int(1) });
  }

  linear(x: Value, to: number): Value {
    const from = x.shape.at(-1) as number;
    return this.b.add(this.b.matMul(x, this.weight([from, to], 3 * from)), this.weight([to], 1, 0));
  }

  layerNorm(x: Value): Value {
    const dims = [x.shape.at(-1) as number];
    return this.b.op('LayerNormalization', [x, this.weight(dims, 1, 0, 1), this.weight(dims, 1, 0)], {
      axis: int(-1),
    });
  }
}

function resnet50(n: Layers, image: Value): Value {
  const { b } = n;
  let x = b.relu(n.norm(n.conv(image, 64, 7, 2)));
  x = b.op('MaxPool', [x], {
    kernel_shape: ints([3, 3]),
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
  });
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const inner = 64 * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      let y = b.relu(n.norm(n.conv(x, inner, 1)));
      y = b.relu(n.norm(n.conv(y, inner, 3, stride)));
      // Small, so that activations keep their size through sixteen blocks.
      y = n.norm(n.conv(y, 4 * inner, 1), 0.2);
      x = b.relu(b.add(y, block === 0 ? n.norm(n.conv(x, 4 * inner, 1, stride)) : x));
    }
  }
  return n.pooled(x);
}

/** Expansion, channels, repeats, stride (Sandler et al. 2018, table 2). */
const INVERTED = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

function mobilenetV2(n: Layers, image: Value): Value {
  const { b } = n;
  const relu6 = (x: Value): Value => b.op('Clip', [x, b.scalar(0, x), b.scalar(6, x)]);
  let x = relu6(n.norm(n.conv(image, 32, 3, 2)));
  for (const [expansion, channels, repeats, first] of INVERTED)
    for (let i = 0; i < repeats; i++) {
      const from = x.shape[1] as number;
      const stride = i === 0 ? first : 1;
      let y = expansion === 1 ? x : relu6(n.norm(n.conv(x, from * expansion, 1)));
      y = relu6(n.norm(n.conv(y, from * expansion, 3, stride, from * expansion)));
      y = n.norm(n.conv(y, channels, 1));
      x = stride === 1 && from === channels ? b.add(x, y) : y;
    }
  return n.pooled(relu6(n.norm(n.conv(x, 1280, 1))));
}

function vit(n: Layers, image: Value, side: number): Value {
  const { b } = n;
  const [width, heads, patch] = [768, 12, 16];
  const places = (side / patch) ** 2;
  const w = n.weight([width, 3, patch, patch], 3 * patch * patch);
  const patches = b.op('Conv', [image, w, n.weight([width], 1, 0)], {
    kernel_shape: ints([patch, patch]),
    strides: ints([patch, patch]),
  });
  const rows = b.transpose(b.op('Reshape', [patches, b.integers([0, width, places])]), [0, 2, 1]);
  const sum = b.reduceSum(b.mul(rows, b.scalar(0, rows)), [1], true);
  const token = b.add(sum, n.weight([1, 1, width], width));
  let x = b.add(b.concat([token, rows], 1), n.weight([1, places + 1, width], width));
  for (let layer = 0; layer < 12; layer++) {
    const y = n.layerNorm(x);
    const split = (z: Value, perm: readonly number[]): Value =>
      b.transpose(b.op('Reshape', [z, b.integers([0, places + 1, heads, width / heads])]), perm);
    const [q, k, v] = [n.linear(y, width), n.linear(y, width), n.linear(y, width)];
    const scores = b.matMul(split(q, [0, 2, 1, 3]), split(k, [0, 2, 3, 1]));
    const attention = b.op('Softmax', [b.mul(scores, b.scalar((width / heads) ** -0.5, scores))], {
      axis: int(-1),
    });
    const mixed = b.transpose(b.matMul(attention, split(v, [0, 2, 1, 3])), [0, 2, 1, 3]);
    x = b.add(x, n.linear(b.op('Reshape', [mixed, b.integers([0, places + 1, width])]), width));
    const hidden = n.linear(n.layerNorm(x), 4 * width);
    // Gelu as it was written before it was an op.
    const half = b.mul(hidden, b.scalar(0.5, hidden));
    const erf = b.op('Erf', [b.mul(hidden, b.scalar(Math.SQRT1_2, hidden))]);
    x = b.add(x, n.linear(b.mul(half, b.add(erf, b.scalar(1, erf))), width));
  }
  const last = n.layerNorm(x);
  return b.op('Squeeze', [b.slice(last, [0], [1], [1]), b.integers([1])]);
}
