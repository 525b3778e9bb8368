/** Small classifiers in the shapes that exporters write, with an open batch. */
import {
  float,
  float32,
  Graph,
  GraphBuilder,
  int,
  ints,
  type Tensor,
  type Value,
} from '../../../../core/graph/index.ts';
import { decodeGraph, encodeGraph } from '../../../../core/onnx/index.ts';
import { uniformStream } from '../../../marnet/support.ts';

export const SIDE = 16;
export const CLASSES = 5;

export interface Parts {
  readonly b: GraphBuilder;
  /** A random weight of the given sizes. */
  weight(name: string, dims: readonly number[]): Value;
}

/** A graph as it comes out of a file; `build` gives the outputs by name. */
export function network(opset: number, build: (parts: Parts) => Readonly<Record<string, Value>>): Graph {
  const graph = new Graph();
  graph.opsets.set('', opset);
  const b = new GraphBuilder(graph);
  const next = uniformStream(5);
  const weight = (name: string, dims: readonly number[]): Value => {
    const size = dims.reduce((p, d) => p * d, 1);
    return b.weight(
      name,
      float32(
        Array.from({ length: size }, () => next() - 0.5),
        dims,
      ),
    );
  };
  for (const [name, value] of Object.entries(build({ b, weight }))) b.output(value, name);
  return decodeGraph(encodeGraph(graph, { valueInfo: true }));
}

export const image = (dims: readonly number[]): Tensor => {
  const next = uniformStream(11);
  const size = dims.reduce((p, d) => p * d, 1);
  return float32(
    Array.from({ length: size }, () => 2 * next() - 1),
    dims,
  );
};

/** Strided, depthwise and pointwise convolutions with statistics, a residual, a gate, a mean, a matrix. */
export function convolutional(opset: number, layout: 'NCHW' | 'NHWC' = 'NCHW'): Graph {
  return network(opset, ({ b, weight }) => {
    const shape = layout === 'NCHW' ? ['batch', 3, SIDE, SIDE] : ['batch', SIDE, SIDE, 3];
    const given = b.input('image', 'float32', shape);
    let x = layout === 'NCHW' ? given : b.transpose(given, [0, 3, 1, 2]);
    const conv = (input: Value, name: string, dims: number[], attributes = {}): Value =>
      b.op('Conv', [input, weight(`${name}.w`, dims), weight(`${name}.b`, [dims[0]!])], attributes);
    x = conv(x, 'stem', [8, 3, 3, 3], { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) });
    x = b.relu(x);
    const stem = x;
    x = conv(x, 'depthwise', [8, 1, 3, 3], { group: int(8), pads: ints([1, 1, 1, 1]) });
    const vector = (name: string): Value => weight(`bn.${name}`, [8]);
    const variance = b.weight('bn.variance', float32([1, 2, 0.5, 1, 3, 1, 0.7, 1]));
    x = b.op('BatchNormalization', [b.sigmoid(x), vector('s'), vector('b'), vector('m'), variance]);
    const pooled = b.op('GlobalAveragePool', [x]);
    const gate = b.sigmoid(conv(b.relu(conv(pooled, 'down', [2, 8, 1, 1])), 'up', [8, 2, 1, 1]));
    x = b.add(b.mul(x, gate), stem);
    x = b.op('LeakyRelu', [x], { alpha: float(0.1) });
    x = b.op('MaxPool', [x], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) });
    x = b.concat([x, b.op('AveragePool', [x], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) })], 1);
    const flat = b.op('Flatten', [b.op('GlobalAveragePool', [x])], { axis: int(1) });
    const logits = b.op('Gemm', [flat, weight('fc.w', [CLASSES, 16]), weight('fc.b', [CLASSES])], {
      transB: int(1),
    });
    return { scores: b.op('Softmax', [logits], { axis: int(1) }) };
  });
}

/** Patches, a class token that is expanded to the batch, attention over two heads, the token's place in the end. */
export function transformer(opset: number): Graph {
  const [width, heads] = [8, 2];
  return network(opset, ({ b, weight }) => {
    const x = b.input('image', 'float32', ['batch', 3, SIDE, SIDE]);
    const patches = b.op('Conv', [x, weight('patch', [width, 3, 4, 4])], { strides: ints([4, 4]) });
    const size = b.op('Shape', [x], {}, { types: [{ dtype: 'int64', shape: [4] }] });
    const batch = b.gather(size, b.integers([0]), 0);
    const rows = b.op(
      'Reshape',
      [patches, b.concat([batch, b.integers([width, -1])], 0)],
      {},
      {
        types: [{ dtype: 'float32', shape: ['batch', width, 16] }],
      },
    );
    const shape = b.concat([batch, b.integers([1, width])], 0);
    const token = b.op(
      'Expand',
      [weight('token', [1, 1, width]), shape],
      {},
      {
        types: [{ dtype: 'float32', shape: ['batch', 1, width] }],
      },
    );
    let tokens = b.add(b.concat([token, b.transpose(rows, [0, 2, 1])], 1), weight('place', [1, 17, width]));
    const mean = b.reduceMean(tokens, [-1], true);
    const centred = b.sub(tokens, mean);
    const deviation = b.sqrt(
      b.add(b.reduceMean(b.mul(centred, centred), [-1], true), b.constant(float32([1e-5], []))),
    );
    tokens = b.div(centred, deviation);
    const byHeads = (name: string): Value => {
      const projected = b.add(
        b.matMul(tokens, weight(`${name}.w`, [width, width])),
        weight(`${name}.b`, [width]),
      );
      return b.transpose(b.reshape(projected, [0, 17, heads, width / heads]), [0, 2, 1, 3]);
    };
    const scores = b.matMul(byHeads('q'), b.transpose(byHeads('k'), [0, 1, 3, 2]));
    const attended = b.matMul(b.op('Softmax', [scores], { axis: int(3) }), byHeads('v'));
    const merged = b.reshape(b.transpose(attended, [0, 2, 1, 3]), [0, 17, width]);
    const first = b.gather(
      b.add(tokens, merged),
      b.constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(0n) }),
      1,
    );
    const logits = b.op('Gemm', [first, weight('fc.w', [width, CLASSES]), weight('fc.b', [CLASSES])]);
    return { logits };
  });
}
