/** Classifiers of any size in MB, their weights zeros, in the two forms that large ones have. */
import {
  float32,
  Graph,
  GraphBuilder,
  int,
  ints,
  type Shape,
  scalar,
  type Value,
} from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';

const MB = 1024 * 1024;
const CLASSES = 1000;

function start(): { graph: Graph; builder: GraphBuilder; image: Value } {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const builder = new GraphBuilder(graph);
  return { graph, builder, image: builder.input('image', 'float32', ['batch', 3, 224, 224]) };
}

const zeros = (dims: readonly number[]) => float32(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);

function convolve(builder: GraphBuilder, x: Value, channels: number, kernel: number, stride = 1): Value {
  const [n, inputs, height, width] = x.shape as [string, number, number, number];
  const weight = builder.weight('weight', zeros([channels, inputs, kernel, kernel]));
  const pad = stride === 1 ? (kernel - 1) / 2 : 0;
  const shape = [n, channels, height / stride, width / stride];
  const attributes = { pads: ints([pad, pad, pad, pad]), strides: ints([stride, stride]) };
  return builder.op('Conv', [x, weight], attributes, { types: [{ dtype: 'float32', shape }] });
}

/** Few nodes with large weights: convolutions of 512 channels, 9 MB each. */
export function convolutions(megabytes: number): Uint8Array {
  const { graph, builder, image } = start();
  let x = builder.relu(convolve(builder, image, 512, 1));
  const layers = Math.round((megabytes * MB - 4 * 512 * CLASSES) / (4 * 512 * 512 * 9));
  for (let i = 0; i < layers; i++) x = builder.relu(convolve(builder, x, 512, 3));
  const pooled = builder.reduceMean(x, [2, 3]);
  builder.output(builder.matMul(pooled, builder.weight('fc', zeros([512, CLASSES]))), 'logits');
  return encodeGraph(graph);
}

/** A ViT as PyTorch exports it: every reshape's target is computed from the shape of the value. */
export function transformer(megabytes: number): Uint8Array {
  const [width, heads, patches] = [768, 12, 14 * 14];
  const tokens = patches + 1;
  const { graph, builder, image } = start();

  const reshape = (x: Value, rest: readonly number[], shape: Shape): Value => {
    const whole = builder.op('Shape', [x], {}, { types: [{ dtype: 'int64', shape: [x.shape.length] }] });
    const batch = builder.op('Gather', [whole, builder.integers([0])], { axis: int(0) });
    const target = builder.op('Concat', [batch, builder.integers(rest)], { axis: int(0) });
    return builder.op('Reshape', [x, target], {}, { types: [{ dtype: 'float32', shape }] });
  };
  const dense = (x: Value, inputs: number, outputs: number): Value =>
    builder.add(
      builder.matMul(x, builder.weight('weight', zeros([inputs, outputs]))),
      builder.weight('bias', zeros([outputs])),
    );
  const normalize = (x: Value): Value => {
    const centred = builder.sub(x, builder.reduceMean(x, [-1], true));
    const variance = builder.reduceMean(builder.mul(centred, centred), [-1], true);
    const scaled = builder.div(centred, builder.sqrt(builder.add(variance, builder.scalar(1e-6, x))));
    const scale = builder.mul(scaled, builder.weight('scale', zeros([width])));
    return builder.add(scale, builder.weight('shift', zeros([width])));
  };
  const split = (x: Value): Value =>
    builder.transpose(
      reshape(x, [tokens, heads, width / heads], ['batch', tokens, heads, width / heads]),
      [0, 2, 1, 3],
    );
  const attend = (x: Value): Value => {
    const [q, k, v] = [0, 1, 2].map(() => split(dense(x, width, width))) as [Value, Value, Value];
    const scores = builder.mul(
      builder.matMul(q, builder.transpose(k, [0, 1, 3, 2])),
      builder.scalar(0.125, q),
    );
    const mixed = builder.matMul(builder.op('Softmax', [scores], { axis: int(-1) }), v);
    const joined = reshape(builder.transpose(mixed, [0, 2, 1, 3]), [tokens, width], ['batch', tokens, width]);
    return dense(joined, width, width);
  };
  const gelu = (x: Value): Value => {
    const erf = builder.op('Erf', [builder.mul(x, builder.scalar(Math.SQRT1_2, x))]);
    return builder.mul(builder.mul(x, builder.add(erf, builder.scalar(1, x))), builder.scalar(0.5, x));
  };

  const map = convolve(builder, image, width, 16, 16);
  const rows = builder.transpose(reshape(map, [width, patches], ['batch', width, patches]), [0, 2, 1]);
  const token = builder.slice(rows, [0], [1], [1]);
  let x = builder.concat([token, rows], 1);
  x = builder.add(x, builder.weight('position', zeros([1, tokens, width])));
  const perBlock = 4 * 12 * width * width;
  const blocks = Math.round((megabytes * MB) / perBlock);
  for (let i = 0; i < blocks; i++) {
    x = builder.add(x, attend(normalize(x)));
    x = builder.add(x, dense(gelu(dense(normalize(x), width, 4 * width)), 4 * width, width));
  }
  const first = builder.op('Gather', [normalize(x), builder.constant(scalar(0, 'int64'))], {
    axis: int(1),
  });
  builder.output(dense(first, width, CLASSES), 'logits');
  return encodeGraph(graph);
}
