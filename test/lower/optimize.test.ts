import { describe, expect, it } from 'vitest';
import { differentiate } from '../../core/grad/index.ts';
import { float32, Graph, GraphBuilder, ints, type Value } from '../../core/graph/index.ts';
import { lower, optimize } from '../../core/lower/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { noise } from './gradient-op.ts';

const DIMS = [2, 3, 4];

function graphOf(make: (b: GraphBuilder, x: Value) => Value): Graph {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const builder = new GraphBuilder(graph);
  builder.output(make(builder, builder.input('x', 'float32', DIMS)), 'y');
  return graph;
}

async function run(graph: Graph) {
  const session = await openSession(encodeGraph(graph), { optimization: 'disabled' });
  const data = Float32Array.from(noise(DIMS, 1).data);
  const { y } = await session.run({ x: { dtype: 'float32', dims: DIMS, data } });
  await session.close();
  return y!;
}

/** What is built, and the ops that may be left of it. */
const CASES: Readonly<Record<string, readonly [(b: GraphBuilder, x: Value) => Value, readonly string[]]>> = {
  'a reshape chain is one': [
    (b, x) => b.relu(b.op('Flatten', [b.unsqueeze(b.reshape(x, [6, 4]), [0])])),
    ['Reshape', 'Relu'],
  ],
  'there and back is nothing': [(b, x) => b.relu(b.reshape(b.reshape(x, [24]), DIMS)), ['Relu']],
  'transposes compose': [
    (b, x) => b.relu(b.transpose(b.transpose(x, [1, 2, 0]), [1, 0, 2])),
    ['Transpose', 'Relu'],
  ],
  'transposes cancel': [(b, x) => b.relu(b.transpose(b.transpose(x, [1, 2, 0]), [2, 0, 1])), ['Relu']],
  'a transpose of a single axis moves nothing': [
    (b, x) => b.relu(b.transpose(b.reshape(x, [2, 1, 12]), [1, 0, 2])),
    ['Reshape', 'Relu'],
  ],
  'neutral numbers go': [
    (b, x) => b.relu(b.add(b.div(b.mul(x, b.scalar(1, x)), b.scalar(1, x)), b.scalar(0, x))),
    ['Relu'],
  ],
  'a neutral number that broadcasts stays': [
    (b, x) => b.mul(x, b.constant({ dtype: 'float32', dims: [1, 1, 1, 1], data: Float32Array.of(1) })),
    ['Mul'],
  ],
  'factors merge': [(b, x) => b.mul(b.mul(x, b.scalar(3, x)), b.scalar(0.5, x)), ['Mul']],
  'adding the negative subtracts': [(b, x) => b.add(b.exp(x), b.neg(x)), ['Exp', 'Sub']],
  'a wider type and back': [(b, x) => b.relu(b.cast(b.cast(x, 'float64'), 'float32')), ['Relu']],
  'a narrower type and back stays': [(b, x) => b.cast(b.cast(x, 'bool'), 'float32'), ['Cast', 'Cast']],
  'the same twice is once': [
    (b, x) => b.add(b.exp(b.mul(x, b.scalar(2, x))), b.exp(b.mul(x, b.weight('two', two)))),
    ['Mul', 'Exp', 'Add'],
  ],
  'sums over nothing': [(b, x) => b.relu(b.reduceSum(b.reshape(x, [2, 1, 12]), [1])), ['Reshape', 'Relu']],
  'dead code goes': [
    (b, x) => {
      b.exp(x);
      return b.relu(x);
    },
    ['Relu'],
  ],
  'slices and pads of everything': [
    (b, x) => b.relu(b.slice(b.op('Pad', [x, b.integers([0, 0, 0, 0, 0, 0])]), [0], [99], [1])),
    ['Relu'],
  ],
  'a reversing slice stays': [(b, x) => b.slice(x, [-1], [-99], [1], [-1]), ['Slice']],
  'parts padded with zeros and added up lie side by side': [
    (b, x) => {
      const [first, second, third] = [
        b.slice(x, [0], [1], [2]),
        b.slice(x, [1], [3], [2]),
        b.slice(x, [3], [4], [2]),
      ];
      const sum = b.add(b.pad(b.exp(second), [0, 0, 1, 0, 0, 1]), b.pad(first, [0, 0, 0, 0, 0, 3]));
      return b.relu(b.add(sum, b.pad(third, [0, 0, 3, 0, 0, 0])));
    },
    ['Slice', 'Slice', 'Slice', 'Exp', 'Concat', 'Relu'],
  ],
  'parts with a gap between them stay': [
    (b, x) => b.add(b.pad(x, [0, 0, 0, 0, 0, 5]), b.pad(b.exp(x), [0, 0, 5, 0, 0, 0])),
    ['Pad', 'Exp', 'Pad', 'Add'],
  ],
  'parts that overlap stay': [
    (b, x) => b.add(b.pad(x, [0, 0, 0, 0, 0, 3]), b.pad(b.exp(x), [0, 0, 3, 0, 0, 0])),
    ['Pad', 'Exp', 'Pad', 'Add'],
  ],
  'parts along different axes stay': [
    (b, x) =>
      b.add(
        b.pad(b.slice(x, [0], [2], [2]), [0, 0, 0, 0, 0, 2]),
        b.pad(b.slice(x, [0], [1], [1]), [0, 0, 0, 0, 2, 0]),
      ),
    ['Slice', 'Pad', 'Slice', 'Pad', 'Add'],
  ],
  'an attribute tells nodes apart': [
    (b, x) => b.concat([b.op('Softmax', [x], { axis: { kind: 'int', value: 1 } }), b.op('Softmax', [x])], 0),
    ['Softmax', 'Softmax', 'Concat'],
  ],
};

const two = { dtype: 'float32' as const, dims: [], data: Float32Array.of(2) };

describe('optimize', () => {
  it.each(Object.entries(CASES))('%s', async (_, [make, left]) => {
    const graph = graphOf(make);
    const optimized = optimize(graph);
    expect(optimized.nodes.map((n) => n.op)).toEqual(left);
    expect(optimized.outputs.map((o) => o.name)).toEqual(['y']);
    const [before, after] = [await run(graph), await run(optimized)];
    expect(after.dims).toEqual(before.dims);
    const [a, b] = [after.data as Float32Array, before.data as Float32Array];
    a.forEach((v, i) => {
      expect(v).toBeCloseTo(b[i]!, 6);
    });
  });

  it('leaves the given graph as it is', () => {
    const graph = graphOf((b, x) =>
      b.op('Transpose', [b.transpose(x, [1, 2, 0])], { perm: ints([2, 0, 1]) }),
    );
    const before = graph.nodes.length;
    optimize(graph);
    expect(graph.nodes.length).toBe(before);
  });

  it('keeps an output that is an input', () => {
    expect(optimize(graphOf((_, x) => x)).nodes.map((n) => n.op)).toEqual(['Identity']);
  });
});

describe('the gradient of swish', () => {
  it('is taken at once', async () => {
    const graph = graphOf((b, x) => {
      const y = b.mul(x, b.sigmoid(x));
      const loss = b.reduceSum(b.mul(y, y), [0, 1, 2]);
      b.output(b.reshape(loss, []), 'loss');
      return x;
    });
    const gradients = differentiate(graph, 'loss', ['x']);
    graph.outputs = [{ ...graph.outputs[0]!, name: gradients.x! }];
    const lowered = optimize(lower(optimize(graph), 'portable'));
    const count = (op: string): number => lowered.nodes.filter((node) => node.op === op).length;
    // x s, y (1 - s), and the products with dy and with what the loss gives.
    expect(['Sigmoid', 'Sub', 'Mul'].map(count)).toEqual([1, 1, 4]);
    const session = await openSession(encodeGraph(lowered));
    const data = Float32Array.from(noise(DIMS, 1).data);
    const result = await session.run({ x: { dtype: 'float32', dims: DIMS, data } });
    await session.close();
    const slope = (x: number): number => {
      const s = 1 / (1 + Math.exp(-x));
      return 2 * x * s * (s + x * s * (1 - s));
    };
    (result[lowered.outputs[0]!.name]!.data as Float32Array).forEach((value, i) => {
      expect(Math.abs(value - slope(data[i]!))).toBeLessThan(1e-6);
    });
  });
});

describe('the gradient of a weight that is read several times', () => {
  it.each([1, 2, 3])('is one product and one sum over all rows (%i times)', async (times) => {
    const graph = graphOf((b, x) => {
      const weight = b.weight('weight', float32(noise([4, 4], 2).data, [4, 4]));
      const bias = b.weight('bias', float32(noise([4], 3).data));
      let y = b.reshape(x, [6, 4]);
      for (let i = 0; i < times; i++) y = b.op('Tanh', [b.op('Gemm', [y, weight, bias])]);
      // Read once more in another way, which stays a term of its own.
      const rest = b.reduceSum(b.mul(weight, weight), [0, 1]);
      b.output(b.add(b.reshape(b.reduceSum(b.mul(y, y), [0, 1]), []), b.reshape(rest, [])), 'loss');
      return x;
    });
    const gradients = differentiate(graph, 'loss', ['weight', 'bias']);
    graph.outputs = ['weight', 'bias'].map((name) => {
      const { dtype, dims } = graph.constants.get(name)!;
      return { name: gradients[name]!, dtype, shape: dims };
    });
    const plain = lower(graph, 'portable');
    const optimized = optimize(plain);
    const overRows = optimized.nodes.filter(
      ({ op, attributes: { transA } }) => op === 'Gemm' && transA?.kind === 'int' && transA.value === 1,
    );
    expect(overRows.length).toBe(1);
    const x = float32(noise(DIMS, 1).data, DIMS);
    const results = await Promise.all(
      [plain, optimized].map(async (each) => {
        const session = await openSession(encodeGraph(each), { optimization: 'disabled' });
        const outputs = await session.run({ x });
        await session.close();
        return each.outputs.map(({ name }) => outputs[name]!.data as Float32Array);
      }),
    );
    results[0]!.forEach((expected, i) => {
      expected.forEach((value, j) => {
        expect(Math.abs(results[1]![i]![j]! - value)).toBeLessThan(1e-5);
      });
    });
  });
});
