import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  type Attributes,
  constantOf,
  type DType,
  float,
  float32,
  floats,
  Graph,
  int,
  int64,
  ints,
  type Shape,
  str,
  type Tensor,
} from '../../core/graph/index.ts';
import { encodeGraph, upgradeGraph } from '../../core/onnx/index.ts';
import { annotateTypes } from '../../core/runtime/types.ts';

interface Case {
  readonly opset: number;
  readonly op: string;
  readonly shape: Shape;
  readonly attributes?: Attributes;
  readonly constants?: readonly (Tensor | undefined)[];
  readonly outputs?: number;
  /** Of the outputs, where not float32. */
  readonly dtypes?: readonly DType[];
}

const range = (n: number, scale = 1, shift = 0): number[] =>
  Array.from({ length: n }, (_, i) => Math.sin(i * 1.7) * scale + shift);
const x4: Shape = [2, 4, 3, 5];
const perChannel = [float32(range(4)), float32(range(4)), float32(range(4)), float32(range(4, 0.3, 1))];
const perValue = [0, 1, 2, 3].map((i) => float32(range(60, 0.3, i === 3 ? 1 : 0), [4, 3, 5]));

const CASES: readonly Case[] = [
  { opset: 9, op: 'Squeeze', shape: [2, 1, 3, 1], attributes: { axes: ints([1, 3]) } },
  { opset: 11, op: 'Squeeze', shape: [2, 1, 3, 1], attributes: { axes: ints([-1]) } },
  { opset: 11, op: 'Squeeze', shape: [2, 1, 3, 1] },
  { opset: 9, op: 'Unsqueeze', shape: [2, 3], attributes: { axes: ints([0, 3]) } },
  { opset: 11, op: 'ReduceSum', shape: x4, attributes: { axes: ints([1, -1]), keepdims: int(0) } },
  { opset: 11, op: 'ReduceSum', shape: x4 },
  ...[
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
    'ReduceProd',
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSumExp',
    'ReduceSumSquare',
  ].flatMap((op): Case[] => [
    { opset: 9, op, shape: x4, attributes: { axes: ints([2, 3]) } },
    { opset: 13, op, shape: x4, attributes: { axes: ints([-1]), keepdims: int(0) } },
  ]),
  { opset: 13, op: 'ReduceLogSum', shape: [2, 3], constants: [], attributes: { axes: ints([1]) } },
  { opset: 9, op: 'Split', shape: x4, attributes: { axis: int(1), split: ints([1, 3]) }, outputs: 2 },
  { opset: 11, op: 'Split', shape: x4, attributes: { axis: int(-3) }, outputs: 2 },
  { opset: 13, op: 'Split', shape: x4, attributes: { axis: int(1) }, outputs: 2 },
  {
    opset: 9,
    op: 'Slice',
    shape: x4,
    attributes: { starts: ints([1, -3]), ends: ints([3, 2 ** 63]), axes: ints([1, 3]) },
  },
  { opset: 8, op: 'Slice', shape: x4, attributes: { starts: ints([0, 1]), ends: ints([1, -1]) } },
  { opset: 9, op: 'Pad', shape: x4, attributes: { pads: ints([0, 0, 1, 2, 0, 0, 0, 1]) } },
  {
    opset: 9,
    op: 'Pad',
    shape: x4,
    attributes: { pads: ints([0, 0, 1, 2, 0, 0, 0, 1]), value: float(1.5), mode: str('constant') },
  },
  {
    opset: 9,
    op: 'Pad',
    shape: x4,
    attributes: { pads: ints([0, 0, 1, 2, 0, 0, 1, 1]), mode: str('reflect') },
  },
  {
    opset: 10,
    op: 'Pad',
    shape: x4,
    attributes: { pads: ints([0, 0, -1, 2, 0, 0, 1, 1]), mode: str('edge') },
  },
  { opset: 9, op: 'Clip', shape: x4, attributes: { min: float(-0.25), max: float(0.5) } },
  { opset: 9, op: 'Clip', shape: x4, attributes: { max: float(0.5) } },
  { opset: 7, op: 'Clip', shape: x4, attributes: { min: float(0) } },
  { opset: 9, op: 'Dropout', shape: x4, attributes: { ratio: float(0.3) } },
  { opset: 7, op: 'Dropout', shape: x4 },
  {
    opset: 9,
    op: 'TopK',
    shape: x4,
    attributes: { k: int(2), axis: int(1) },
    outputs: 2,
    dtypes: ['float32', 'int64'],
  },
  { opset: 9, op: 'Softmax', shape: [2, 4] },
  { opset: 9, op: 'Softmax', shape: [2, 4, 1, 1] },
  { opset: 9, op: 'Softmax', shape: x4 },
  { opset: 11, op: 'Softmax', shape: x4, attributes: { axis: int(-1) } },
  { opset: 11, op: 'Softmax', shape: x4, attributes: { axis: int(-2) } },
  { opset: 7, op: 'LogSoftmax', shape: x4, attributes: { axis: int(2) } },
  { opset: 11, op: 'Hardmax', shape: x4, attributes: { axis: int(1) } },
  { opset: 7, op: 'Upsample', shape: x4, attributes: { scales: floats([1, 1, 2, 3]) } },
  {
    opset: 9,
    op: 'Upsample',
    shape: x4,
    attributes: { mode: str('linear') },
    constants: [float32([1, 1, 2, 2])],
  },
  {
    opset: 9,
    op: 'Upsample',
    shape: x4,
    attributes: { mode: str('nearest') },
    constants: [float32([1, 1, 1.5, 2.5])],
  },
  {
    opset: 10,
    op: 'Resize',
    shape: x4,
    attributes: { mode: str('nearest') },
    constants: [float32([1, 1, 2.5, 1.4])],
  },
  { opset: 10, op: 'Resize', shape: [1, 1, 7, 9], constants: [float32([1, 1, 0.5, 0.4])] },
  {
    opset: 10,
    op: 'Resize',
    shape: [1, 1, 7, 9],
    attributes: { mode: str('linear') },
    constants: [float32([1, 1, 0.5, 2])],
  },
  { opset: 7, op: 'BatchNormalization', shape: x4, constants: perChannel, attributes: { spatial: int(1) } },
  {
    opset: 9,
    op: 'BatchNormalization',
    shape: x4,
    constants: perChannel,
    attributes: { epsilon: float(0.01) },
  },
  {
    opset: 7,
    op: 'BatchNormalization',
    shape: x4,
    constants: perValue,
    attributes: { spatial: int(0), epsilon: float(0.01) },
  },
  {
    opset: 18,
    op: 'GroupNormalization',
    shape: x4,
    constants: [float32([1.5, -2]), float32([0.5, 3])],
    attributes: { num_groups: int(2) },
  },
  { opset: 16, op: 'GridSample', shape: [1, 1, 4, 4], constants: [float32(range(18), [1, 3, 3, 2])] },
  {
    opset: 16,
    op: 'GridSample',
    shape: [1, 1, 4, 4],
    attributes: { mode: str('nearest') },
    constants: [float32(range(18), [1, 3, 3, 2])],
  },
  {
    opset: 10,
    op: 'RoiAlign',
    shape: [1, 1, 6, 6],
    attributes: { output_height: int(2), output_width: int(2) },
    constants: [float32([0.5, 0.5, 4, 5], [1, 4]), int64([0])],
  },
  {
    opset: 9,
    op: 'Scatter',
    shape: [2, 3],
    constants: [int64([1, 0, 1], [1, 3]), float32([5, 6, 7], [1, 3])],
  },
  {
    opset: 10,
    op: 'Scatter',
    shape: [2, 3],
    constants: [int64([2, 0], [2, 1]), float32([5, 6], [2, 1])],
    attributes: { axis: int(-1) },
  },
  { opset: 17, op: 'DFT', shape: [2, 4, 3, 1] },
  { opset: 17, op: 'DFT', shape: [2, 4, 3, 1], attributes: { axis: int(2), onesided: int(1) } },
  { opset: 19, op: 'DFT', shape: [2, 4, 2], constants: [int64([3], [])], attributes: { axis: int(-2) } },
  { opset: 17, op: 'DFT', shape: [2, 4, 2], attributes: { inverse: int(1) } },
  // The same form in all of them.
  { opset: 7, op: 'Gemm', shape: [2, 3], constants: [float32(range(12), [3, 4]), float32(range(4))] },
  { opset: 7, op: 'Add', shape: x4, constants: [float32(range(5))] },
  { opset: 7, op: 'Flatten', shape: x4, attributes: { axis: int(2) } },
  { opset: 8, op: 'MaxPool', shape: x4, attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
  {
    opset: 7,
    op: 'AveragePool',
    shape: x4,
    attributes: { kernel_shape: ints([2, 2]), pads: ints([1, 1, 0, 0]) },
  },
  { opset: 7, op: 'PRelu', shape: x4, constants: [float32(range(4), [4, 1, 1])] },
  { opset: 9, op: 'Cast', shape: x4, attributes: { to: int(6) }, dtypes: ['int32'] },
  { opset: 22, op: 'Conv', shape: x4, constants: [float32(range(24), [6, 4, 1, 1])] },
  { opset: 22, op: 'HardSwish', shape: x4 },
  { opset: 23, op: 'Cast', shape: x4, attributes: { to: int(7) }, dtypes: ['int64'] },
  { opset: 24, op: 'Cast', shape: x4, attributes: { to: int(7), round_mode: str('up') }, dtypes: ['int64'] },
  { opset: 24, op: 'Swish', shape: x4, attributes: { alpha: float(1.5) } },
  {
    opset: 23,
    op: 'RMSNormalization',
    shape: x4,
    constants: [float32(range(15), [3, 5])],
    attributes: { axis: int(2) },
  },
  {
    opset: 23,
    op: 'Attention',
    shape: [2, 2, 3, 4],
    constants: [
      float32(range(80, 2), [2, 2, 5, 4]),
      float32(range(120), [2, 2, 5, 6]),
      float32(range(15), [3, 5]),
    ],
  },
];

function graphOf(test: Case): Graph {
  const graph = new Graph();
  graph.opsets.set('', test.opset);
  graph.inputs = [{ name: 'x', dtype: 'float32', shape: test.shape }];
  const names = (test.constants ?? []).map((tensor, i) => {
    if (tensor) graph.constants.set(`c${i}`, constantOf(tensor));
    return tensor ? `c${i}` : '';
  });
  const outputs = Array.from({ length: test.outputs ?? 1 }, (_, i) => `y${i}`);
  graph.nodes = [
    {
      op: test.op,
      domain: '',
      name: 'n',
      inputs: ['x', ...names],
      outputs,
      attributes: test.attributes ?? {},
    },
  ];
  graph.outputs = outputs.map((name, i) => ({
    name,
    dtype: test.dtypes?.[i] ?? 'float32',
    shape: undefined,
  }));
  return graph;
}

async function run(bytes: Uint8Array, shape: Shape): Promise<Record<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const dims = shape.map(Number);
  const data = Float32Array.from(
    range(
      dims.reduce((a, b) => a * b, 1),
      1.5,
      0.2,
    ),
  );
  return session.run({ x: new ort.Tensor('float32', data, dims) });
}

describe('upgradeGraph', () => {
  it.each(
    CASES.map(
      (c) => [`${c.op} of operator set ${c.opset}, ${JSON.stringify(c.attributes ?? {})}`, c] as const,
    ),
  )('%s gives the same in 21', async (_, test) => {
    const graph = graphOf(test);
    if (test.op === 'ReduceLogSum') {
      graph.nodes.unshift({ op: 'Exp', domain: '', name: '', inputs: ['x'], outputs: ['e'], attributes: {} });
      graph.nodes[1] = { ...graph.nodes[1]!, inputs: ['e'] };
    }
    await annotateTypes(graph);
    graph.outputs = graph.outputs.map((o) => ({ ...o, dtype: graph.types.get(o.name)!.dtype }));
    const upgraded = upgradeGraph(graph, 21);
    expect(upgraded.opset).toBe(21);
    const [before, after] = [
      await run(encodeGraph(graph), test.shape),
      await run(encodeGraph(upgraded), test.shape),
    ];
    for (const name of Object.keys(before)) {
      const [a, b] = [before[name]!, after[name]!];
      expect(b.dims).toEqual(a.dims);
      expect(b.type).toBe(a.type);
      const largest = Math.max(
        ...Array.from(a.data as Float32Array, (v, i) => Math.abs(Number(v) - Number(b.data[i]))),
      );
      expect(largest).toBeLessThan(1e-5);
    }
  });

  it('leaves nodes that need no change the same objects', () => {
    const graph = graphOf({ opset: 9, op: 'Relu', shape: x4 });
    expect(upgradeGraph(graph, 21).nodes[0]).toBe(graph.nodes[0]);
  });

  it('refuses operator sets that nobody runs', () => {
    expect(() => upgradeGraph(graphOf({ opset: 6, op: 'Relu', shape: x4 }), 21)).toThrow(/operator set 6/);
    expect(() => upgradeGraph(graphOf({ opset: 30, op: 'Relu', shape: x4 }), 21)).toThrow(/operator set 30/);
  });

  it('refuses a body with an op that it would have to rewrite', () => {
    const graph = graphOf({ opset: 11, op: 'If', shape: [] });
    const inner = graphOf({ opset: 11, op: 'Squeeze', shape: [1] });
    // The GraphProto is field 7 of the model.
    const model = encodeGraph(inner, { irVersion: 8 });
    const start = model.indexOf(0x3a);
    const bytes = model.subarray(start + 2, start + 2 + model[start + 1]!);
    graph.nodes = [
      {
        ...graph.nodes[0]!,
        name: 'choose',
        attributes: { then_branch: { kind: 'graph', bytes, captures: [] } },
      },
    ];
    expect(() => upgradeGraph(graph, 21)).toThrow(/"choose" \(If, operator set 11\): its body has a Squeeze/);
  });

  it('refuses an attribute that has no older form', () => {
    const graph = graphOf({
      opset: 24,
      op: 'Cast',
      shape: x4,
      attributes: { to: int(7), round_mode: str('down') },
    });
    expect(() => upgradeGraph(graph, 21)).toThrow(/no attribute round_mode/);
  });
});
