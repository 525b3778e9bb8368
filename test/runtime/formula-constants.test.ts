import { describe, expect, it } from 'vitest';
import { float32, Graph, GraphBuilder, int, ints, str, type Value } from '../../core/graph/index.ts';
import { trainableConstants } from '../../core/runtime/parameters.ts';

/** What is trained of what `make` puts between an image [1, 3, 8, 8] and an output. */
function trainedOf(make: (b: GraphBuilder, image: Value) => Value, opset = 17): string[] {
  const graph = new Graph();
  graph.opsets.set('', opset);
  const b = new GraphBuilder(graph);
  b.output(make(b, b.input('image', 'float32', [1, 3, 8, 8])), 'y');
  return [...trainableConstants(graph)].sort();
}

/** Numbers that differ from one another. */
const some = (b: GraphBuilder, name: string, dims: readonly number[]): Value =>
  b.weight(
    name,
    float32(
      Float32Array.from({ length: dims.reduce((p, d) => p * d, 1) }, (_, i) => 0.1 + 0.01 * i),
      dims,
    ),
  );
const zeros = (b: GraphBuilder, name: string, dims: readonly number[]): Value =>
  b.weight(name, float32(new Float32Array(dims.reduce((p, d) => p * d, 1)), dims));

const shapeOf = (b: GraphBuilder, x: Value): Value =>
  b.op('Shape', [x], {}, { types: [{ dtype: 'int64', shape: [4] }] });

const conv = (b: GraphBuilder, x: Value): Value => b.op('Conv', [x, some(b, 'kernel', [2, 3, 1, 1])]);

describe('zeros that are added', () => {
  const softmax = (b: GraphBuilder, x: Value): Value => b.op('Softmax', [x], { axis: int(-1) });

  it('right before a Softmax, the same for all heads, are a mask', () => {
    const masked = trainedOf((b, image) => softmax(b, b.add(conv(b, image), zeros(b, 'mask', [1, 1, 8, 8]))));
    expect(masked).toEqual(['kernel']);
  });

  it('elsewhere, or of another shape for each head, or for each place alone, may be weights', () => {
    const before = (dims: readonly number[]): string[] =>
      trainedOf((b, image) => softmax(b, b.add(conv(b, image), zeros(b, 'bias', dims))));
    for (const dims of [[1, 2, 8, 8], [2, 1, 1], [1, 1, 1, 8], [8], [8, 8]])
      expect(before(dims), `[${dims}]`).toEqual(['bias', 'kernel']);
    const read = trainedOf((b, image) => b.relu(b.add(conv(b, image), zeros(b, 'bias', [1, 1, 8, 8]))));
    expect(read).toEqual(['bias', 'kernel']);
  });
});

describe('frequencies', () => {
  it('of a positional code, which knows the size of the image alone, are no weights', () => {
    const trained = trainedOf((b, image) => {
      const positions = b.cast(b.reshape(shapeOf(b, image), [4, 1]), 'float32');
      const phases = b.reshape(b.mul(positions, some(b, 'frequencies', [1, 2])), [8, 1]);
      const code = b.add(b.op('Sin', [phases]), b.op('Cos', [phases]));
      return b.add(b.op('ReduceMean', [conv(b, image)], { axes: ints([1]) }), code);
    });
    expect(trained).toEqual(['kernel']);
  });

  it('of waves of the image may be weights, and so may factors that more is made of than waves', () => {
    const ofImage = trainedOf((b, image) =>
      b.op('Sin', [b.mul(conv(b, image), some(b, 'frequencies', [2, 1, 1]))]),
    );
    expect(ofImage).toEqual(['frequencies', 'kernel']);
    const shared = trainedOf((b, image) => {
      const factor = some(b, 'factor', [2, 1, 1]);
      return b.mul(b.add(conv(b, image), b.op('Cos', [factor])), factor);
    });
    expect(shared).toEqual(['factor', 'kernel']);
  });
});

it('takes mean and deviation for preprocessing behind what moves, resizes or limits the pixels', () => {
  const normalized = (move: (b: GraphBuilder, x: Value) => Value, opset?: number): string[] =>
    trainedOf((b, image) => {
      const centred = b.sub(move(b, image), some(b, 'mean', [1, 3, 1, 1]));
      return conv(b, b.div(centred, some(b, 'deviation', [1, 3, 1, 1])));
    }, opset);
  const resized = normalized((b, x) => {
    const type = { dtype: x.dtype, shape: [1, 3, 16, 16] };
    const sizes = b.add(shapeOf(b, x), b.integers([0, 0, 8, 8]));
    return b.op('Resize', [x, undefined, undefined, sizes], { mode: str('linear') }, { types: [type] });
  });
  expect(resized).toEqual(['kernel']);
  const limit = (b: GraphBuilder, value: number): Value => b.constant(float32([value], []));
  expect(normalized((b, x) => b.op('Clip', [x, limit(b, 0), limit(b, 1)]))).toEqual(['kernel']);
  expect(normalized((b, x) => b.pad(x, [0, 0, 1, 1, 0, 0, 1, 1]))).toEqual(['kernel']);
  expect(normalized((b, x) => b.reshape(b.split(x, [8], 3)[0]!, [1, 3, 4, 16]))).toEqual(['kernel']);
  expect(normalized((b, x) => b.op('MaxPool', [x], { kernel_shape: ints([2, 2]) }))).toEqual([
    'deviation',
    'kernel',
    'mean',
  ]);
});
