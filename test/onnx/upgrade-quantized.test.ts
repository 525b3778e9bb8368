import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  type Attributes,
  constantOf,
  DTYPE_NUMBER,
  type DType,
  float32,
  Graph,
  int,
  type Tensor,
} from '../../core/graph/index.ts';
import { encodeGraph, upgradeGraph } from '../../core/onnx/index.ts';

interface Case {
  readonly name: string;
  readonly opset: number;
  readonly quantize?: Attributes;
  readonly dequantize?: Attributes;
  readonly scale: Tensor;
  readonly zero?: Tensor;
  /** By hand, from the operator's definition, for the element at [0, 0] and the one at [1, 3]. */
  readonly expected: readonly [number, number];
}

const ROWS = [2, 4] as const;
/** x[0, 0] = 0.9, x[1, 3] = 300, between them ordinary ones. */
const X = [0.9, -0.4, 2.5, 7.3, -3.2, 5.1, 0.26, 300];

const int8 = (data: number[], dims: number[] = []): Tensor => ({
  dtype: 'int8',
  dims,
  data: Int8Array.from(data),
});
const uint8 = (data: number[], dims: number[] = []): Tensor => ({
  dtype: 'uint8',
  dims,
  data: Uint8Array.from(data),
});
/** float8 as its bits. */
const float8 = (bits: number): Tensor => ({ dtype: 'float8e4m3fn', dims: [], data: Uint8Array.of(bits) });
const axis = (n: number): Attributes => ({ axis: int(n) });
const dtype = (name: DType): Attributes => ({ output_dtype: int(DTYPE_NUMBER[name]) });

const CASES: readonly Case[] = [
  // 0.9 / 0.5 = 1.8 -> 2; 300 / 0.5 = 600, with the zero point above 255, is cut to 255 - 10.
  { name: 'one scale', opset: 10, scale: float32([0.5], []), zero: uint8([10]), expected: [1, 122.5] },
  // Columns: 0.9 / 0.1 = 9; 300 / 2 = 150 is cut to 127.
  {
    name: 'a scale a column',
    opset: 13,
    quantize: axis(1),
    dequantize: axis(1),
    scale: float32([0.1, 0.5, 1, 2]),
    zero: int8([0, 1, 0, 0], [4]),
    expected: [0.9, 254],
  },
  {
    name: 'a scale a column, by the default axis',
    opset: 13,
    scale: float32([0.1, 0.5, 1, 2]),
    expected: [0.9, 300],
  },
  // Rows: 0.9 / 0.25 = 3.6 -> 4; 300 / 3 = 100.
  {
    name: 'a scale a row, counted from behind',
    opset: 13,
    quantize: axis(-2),
    dequantize: axis(-2),
    scale: float32([0.25, 3]),
    zero: int8([0, 0], [2]),
    expected: [1, 300],
  },
  // float8e4m3fn has steps of 1/16 at 0.9 (0.875, 0.9375) and ends at 448: 300 lies between 288 and 320.
  {
    name: 'float8, saturating',
    opset: 19,
    quantize: { saturate: int(1) },
    scale: float32([1], []),
    zero: float8(0),
    expected: [0.875, 288],
  },
  // 300 / 0.5 = 600 is beyond 448.
  {
    name: 'float8, saturating beyond its range',
    opset: 19,
    quantize: { saturate: int(1) },
    scale: float32([0.5], []),
    zero: float8(0),
    expected: [0.875, 224],
  },
  {
    name: 'float8, not saturating beyond its range',
    opset: 19,
    quantize: { saturate: int(0) },
    scale: float32([0.5], []),
    zero: float8(0),
    expected: [0.875, Number.NaN],
  },
  // Blocks of two columns: 0.9 / 0.2 = 4.5 -> 4 (to even); 300 / 5 = 60.
  {
    name: 'a scale a block',
    opset: 21,
    quantize: { ...axis(1), block_size: int(2) },
    dequantize: { ...axis(1), block_size: int(2) },
    scale: float32([0.2, 0.3, 1, 5], [2, 2]),
    zero: int8([0, 0, 0, 0], [2, 2]),
    expected: [0.8, 300],
  },
  // 300 / 0.01 = 30000 fits 16 bits.
  {
    name: 'a type without a zero point',
    opset: 21,
    quantize: dtype('int16'),
    scale: float32([0.01], []),
    expected: [0.9, 300],
  },
  {
    name: 'the newest set, blocks and type',
    opset: 24,
    quantize: { ...axis(0), block_size: int(1), ...dtype('int16') },
    dequantize: { ...axis(0), block_size: int(1) },
    scale: float32([0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5], [2, 4]),
    expected: [0.9, 300],
  },
  {
    name: 'the newest set, defaults spelled out',
    opset: 24,
    quantize: { precision: int(0), saturate: int(1) },
    dequantize: { output_dtype: int(0) },
    scale: float32([0.5], []),
    zero: int8([0]),
    expected: [1, 63.5],
  },
];

function graphOf({ opset, quantize = {}, dequantize = {}, scale, zero }: Case): Graph {
  const graph = new Graph();
  graph.opsets.set('', opset);
  graph.inputs = [{ name: 'x', dtype: 'float32', shape: ROWS }];
  graph.constants.set('scale', constantOf(scale));
  if (zero) graph.constants.set('zero', constantOf(zero));
  const rest = zero ? ['scale', 'zero'] : ['scale'];
  const node = (op: string, input: string, output: string, attributes: Attributes) => ({
    op,
    domain: '',
    name: op,
    inputs: [input, ...rest],
    outputs: [output],
    attributes,
  });
  graph.nodes = [node('QuantizeLinear', 'x', 'q', quantize), node('DequantizeLinear', 'q', 'y', dequantize)];
  graph.outputs = [{ name: 'y', dtype: 'float32', shape: ROWS }];
  return graph;
}

async function run(graph: Graph): Promise<number[]> {
  const session = await ort.InferenceSession.create(encodeGraph(graph), {
    logSeverityLevel: 3,
    graphOptimizationLevel: 'disabled',
  });
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.from(X), ROWS) });
  await session.release();
  return Array.from(y!.data as Float32Array);
}

describe('quantizing and back', () => {
  it.each(CASES.map((c) => [`${c.name}, operator set ${c.opset}`, c] as const))(
    '%s gives the same in 21',
    async (_, test) => {
      const graph = graphOf(test);
      const before = await run(graph);
      const upgraded = upgradeGraph(graph, 21);
      expect(upgraded.opset).toBe(21);
      expect(await run(upgraded)).toEqual(before);
      // NaN is equal to NaN here.
      const rounded = [before[0]!, before[7]!].map((value) => Number(value.toPrecision(6)));
      expect(rounded).toEqual(test.expected);
    },
  );

  it('drops a type that is the default, spelled out', () => {
    const given = {
      name: '',
      opset: 23,
      scale: float32([0.5], []),
      zero: int8([0]),
      expected: [0, 0],
    } as const;
    const same = graphOf({
      ...given,
      dequantize: dtype('float32'),
      quantize: { precision: int(1), ...axis(0) },
    });
    const [quantize, dequantize] = upgradeGraph(same, 21).nodes;
    expect(quantize!.attributes).toEqual(axis(0));
    expect(dequantize!.attributes).toEqual({});
  });

  it.each([
    ['output_dtype', { dequantize: dtype('float16') }],
    ['precision', { quantize: { precision: int(DTYPE_NUMBER.float16) } }],
  ])('refuses %s that says more than the scale does', (name, attributes) => {
    const given = {
      name: '',
      opset: 23,
      scale: float32([0.5], []),
      zero: int8([0]),
      expected: [0, 0],
    } as const;
    expect(() => upgradeGraph(graphOf({ ...given, ...attributes }), 21)).toThrow(
      new RegExp(`operator set 21 has no attribute ${name}`),
    );
  });
});
