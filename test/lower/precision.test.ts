import { describe, expect, it } from 'vitest';
import { differentiate } from '../../core/grad/index.ts';
import { float32, Graph, GraphBuilder, int, ints, type Value } from '../../core/graph/index.ts';
import { lower, precisionsOf, toHalf } from '../../core/lower/index.ts';
import { onnxruntimeOn } from '../../core/runtime/graph-engine.ts';
import { CASES } from '../grad/cases/index.ts';
import { problemOf } from '../grad/check.ts';

/** A graph of one function, its precisions by the names of its outputs. */
function precisionsIn(
  build: (b: GraphBuilder, x: Value, w: Value) => Readonly<Record<string, Value>>,
): Record<string, string | undefined> {
  const { graph } = built(build);
  const precisions = precisionsOf(graph);
  return Object.fromEntries(
    graph.outputs.map(({ name }) => [
      name,
      precisions.get(graph.nodes.find((n) => n.outputs[0] === name)!.inputs[0]!),
    ]),
  );
}

function built(build: (b: GraphBuilder, x: Value, w: Value) => Readonly<Record<string, Value>>): {
  readonly graph: Graph;
  readonly half: Graph;
} {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const outputs = build(b, b.input('x', 'float32', [4, 8]), b.input('w', 'float32', [8, 8]));
  for (const [name, value] of Object.entries(outputs)) b.output(value, name);
  return { graph, half: toHalf(graph) };
}

const opsOf = (graph: Graph, dtype: string): string[] =>
  graph.nodes.filter(({ outputs }) => graph.typeOf(outputs[0]!)?.dtype === dtype).map(({ op }) => op);

describe('what is computed in float16', () => {
  it('is products, and elementwise ops on them', () => {
    expect(
      precisionsIn((b, x, w) => {
        const product = b.matMul(x, w);
        return {
          product,
          gemm: b.op('Gemm', [x, w]),
          relu: b.relu(product),
          bias: b.add(product, b.slice(w, [0], [1], [0])),
          half: b.mul(product, b.scalar(0.5, x)),
          quotient: b.div(product, b.scalar(3, x)),
          gelu: b.op('Gelu', [product]),
          moved: b.transpose(b.reshape(product, [8, 4]), [1, 0]),
          both: b.concat([product, x], 0),
          chosen: b.where(b.greater(product, b.scalar(0, x)), product, b.relu(product)),
        };
      }),
    ).toEqual({
      product: 'half',
      gemm: 'half',
      relu: 'half',
      bias: 'half',
      half: 'half',
      quotient: 'half',
      gelu: 'half',
      moved: 'half',
      both: 'half',
      chosen: 'half',
    });
  });

  it('is not what is delicate, nor what follows it', () => {
    expect(
      precisionsIn((b, x, w) => {
        const product = b.matMul(x, w);
        const mean = b.reduceMean(product, [1], true);
        return {
          input: b.relu(x),
          softmax: b.op('Softmax', [product], { axis: int(-1) }),
          exp: b.exp(product),
          power: b.op('Pow', [product, b.scalar(3, x)]),
          sum: b.reduceSum(product, [0], false),
          mean,
          centred: b.sub(product, mean),
          square: b.mul(product, product),
          quotient: b.div(product, b.relu(product)),
          epsilon: b.add(product, b.scalar(1e-12, x)),
          mask: b.add(product, b.constant(float32([0, 0, 0, 0, 0, 0, 0, -1e9], [8]))),
          unknown: b.op('CumSum', [product, b.integers([0])], {}, { types: [product] }),
        };
      }),
    ).toEqual({
      input: 'full',
      softmax: 'full',
      exp: 'full',
      power: 'full',
      sum: 'full',
      mean: 'full',
      centred: 'full',
      square: 'full',
      quotient: 'full',
      epsilon: 'full',
      mask: 'full',
      unknown: 'full',
    });
  });

  it('reads inputs and constants once, moved or not, in the form that each reader has', () => {
    const { graph, half } = built((b, x, w) => {
      const turned = b.transpose(w, [1, 0]);
      return {
        first: b.matMul(x, turned),
        second: b.relu(b.matMul(b.relu(b.matMul(x, turned)), w)),
        third: turned,
      };
    });
    expect(opsOf(half, 'float16')).toEqual([
      'Cast',
      'Cast',
      'Transpose',
      'MatMul',
      'MatMul',
      'Relu',
      'MatMul',
      'Relu',
      'Identity',
      'Identity',
    ]);
    expect(opsOf(half, 'float32')).toEqual(['Cast', 'Cast', 'Transpose', 'Identity']);
    expect([half.inputs, half.outputs]).toEqual([graph.inputs, graph.outputs]);
    expect(opsOf(graph, 'float16')).toEqual([]);
  });

  it('takes a condition as zeros and ones of either form', () => {
    const { half } = built((b, x, w) => {
      const product = b.matMul(x, w);
      return { slope: b.mul(product, b.cast(b.greater(product, b.scalar(0, x)), 'float32')) };
    });
    expect(half.nodes.map(({ op }) => op)).toEqual([
      'Cast',
      'Cast',
      'MatMul',
      'Greater',
      'Cast',
      'Mul',
      'Identity',
      'Cast',
    ]);
    expect([...half.constants.values()].map(({ dtype }) => dtype)).toEqual(['float16']);
  });

  it('is the backward pass of a convolution, but for the sum over the batch that the bias gets', () => {
    const graph = new Graph();
    graph.opsets.set('', 21);
    const b = new GraphBuilder(graph);
    const x = b.relu(b.input('x', 'float32', [2, 8, 6, 6]));
    const kernel = { kernel_shape: ints([3, 3]) };
    const inner = b.relu(b.op('Conv', [x, b.input('v', 'float32', [8, 8, 3, 3])], kernel));
    const y = b.op(
      'Conv',
      [inner, b.input('w', 'float32', [8, 8, 3, 3]), b.input('bias', 'float32', [8])],
      kernel,
    );
    const loss = b.reduceSum(b.mul(y, b.input('dy', 'float32', y.shape)), [0, 1, 2, 3], false);
    const gradients = differentiate(graph, loss.name, ['v', 'w', 'bias']);
    for (const name of Object.values(gradients)) b.output(b.value(name));
    b.output(y);
    const half = toHalf(lower(graph, 'portable'));
    const products = half.nodes.filter(({ op }) => /^(Conv|ConvTranspose|MatMul|Gemm)$/.test(op));
    expect(products.length).toBe(5);
    for (const { name, outputs } of products) expect(half.typeOf(outputs[0]!)?.dtype, name).toBe('float16');
    const sums = half.nodes.filter(({ op }) => op === 'ReduceSum');
    expect(sums.length).toBeGreaterThan(0);
    for (const { name, outputs } of sums) expect(half.typeOf(outputs[0]!)?.dtype, name).toBe('float32');
    for (const { dtype } of half.outputs) expect(dtype).toBe('float32');
  });
});

describe('a device that adds in float16', () => {
  it('gets long sums in float32', () => {
    const graph = new Graph();
    graph.opsets.set('', 21);
    const b = new GraphBuilder(graph);
    const input = (name: string, ...dims: number[]): Value => b.input(name, 'float32', dims);
    const [x, square] = [input('x', 4, 36), input('square', 36, 36)];
    const image = input('image', 2, 4, 6, 6);
    const kernel = { kernel_shape: ints([3, 3]) };
    const values = {
      matMul: b.matMul(x, square),
      gemm: b.op('Gemm', [x, square]),
      transposed: b.op('Gemm', [input('tall', 36, 4), square], { transA: int(1) }),
      conv: b.op('Conv', [image, input('w', 8, 4, 3, 3)], kernel),
      grouped: b.op('Conv', [image, input('g', 8, 1, 3, 3)], { ...kernel, group: int(4) }),
      spread: b.op('ConvTranspose', [image, input('s', 4, 8, 3, 3)], kernel),
      spreadInGroups: b.op('ConvTranspose', [image, input('t', 4, 2, 3, 3)], { ...kernel, group: int(4) }),
    };
    const at = (longest?: number) => {
      const precisions = precisionsOf(graph, longest);
      return Object.entries(values).flatMap(([key, { name }]) =>
        precisions.get(name) === 'half' ? [key] : [],
      );
    };
    expect(at()).toEqual(Object.keys(values));
    expect(at(36)).toEqual(Object.keys(values));
    expect(at(35)).toEqual(['grouped', 'spreadInGroups']);
    expect(at(8)).toEqual([]);
  });

  it('is WebGPU, and not CUDA', () => {
    expect(onnxruntimeOn('webgpu').longestHalfSum).toBe(4096);
    expect(onnxruntimeOn('cuda:1').longestHalfSum).toBeUndefined();
  });
});

describe('a graph with its products in float16', () => {
  it('is in order, has one producer of each value, and a type that agrees on both sides of each op', () => {
    let checked = 0;
    for (const test of CASES) {
      if ((test.opset ?? 21) > 21) continue;
      const { graph, loss, wrt } = problemOf(test, 1);
      const b = new GraphBuilder(graph);
      for (const name of new Set(Object.values(differentiate(graph, loss, wrt)))) b.output(b.value(name));
      const lowered = lower(graph, 'portable');
      const half = toHalf(lowered);
      expect(half.outputs).toEqual(lowered.outputs);
      const known = new Set([...half.inputs.map(({ name }) => name), ...half.constants.keys()]);
      for (const node of half.nodes) {
        const where = `${test.op ?? ''} ${node.name}`;
        for (const name of node.inputs)
          if (name !== '') expect(known.has(name), `${where} reads ${name}`).toBe(true);
        for (const name of node.outputs) {
          expect(known.has(name) && name !== '', `${where} makes ${name}`).toBe(false);
          known.add(name);
        }
        const types = new Set(
          [...node.inputs, ...node.outputs].flatMap((name) => {
            const dtype = name === '' ? undefined : half.typeOf(name)?.dtype;
            return dtype === 'float16' || dtype === 'float32' ? [dtype] : [];
          }),
        );
        if (node.op !== 'Cast') expect(types.size, where).toBeLessThan(2);
        if (types.has('float16')) checked++;
      }
      for (const { name } of half.outputs) expect(known.has(name)).toBe(true);
    }
    expect(checked).toBeGreaterThan(100);
  });
});
