/** Every graph that this project reads or makes, node by node beside ONNX's own schemas of the ops. */
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { differentiate } from '../../core/grad/index.ts';
import {
  float,
  Graph,
  GraphBuilder,
  int,
  ints,
  type Node,
  operatorProblems,
  operatorVersions,
} from '../../core/graph/index.ts';
import { lower } from '../../core/lower/index.ts';
import { decodeGraph } from '../../core/onnx/index.ts';
import { gradientModel } from '../../core/train/gradient-model.ts';
import { initialHeads } from '../../core/train/setup.ts';
import { buildEvaluationGraph, buildStepGraph, featureTrunk } from '../../core/train/step-graph.ts';
import { allArchitectures, allFixtures } from '../../fixtures/index.ts';
import { graftNoise, smallClassifier } from '../export/merged.ts';
import { CASES } from '../grad/cases/index.ts';
import { problemOf } from '../grad/check.ts';
import { syntheticJob } from '../train/support.ts';

const named = (name: string, graph: Graph): string[] =>
  operatorProblems(graph).map((problem) => `${name}: ${problem}`);

describe('nodes are what the schemas say', () => {
  it('in what exporters wrote', async () => {
    const problems: string[] = [];
    let nodes = 0;
    for (const fixtures of [await allFixtures(), await allArchitectures()])
      for (const [name, fixture] of fixtures) {
        const bytes = fixture.build()['model.onnx'];
        if (!bytes) continue;
        const graph = decodeGraph(bytes);
        nodes += graph.nodes.length;
        problems.push(...named(name, graph));
      }
    expect(problems).toEqual([]);
    expect(nodes).toBeGreaterThan(5000);
  });

  it.each([7, 9, 10, 11, 13, 17, 18, 21, 22, 24])(
    'in the heads on a model of operator set %i',
    async (opset) => {
      const model = await loadModel(smallClassifier(opset));
      for (const base of ['corrected', 'new'] as const) {
        const { graph } = graftNoise(model, base, base === 'new' ? 3 : undefined);
        expect(graph.opset).toBe(opset);
        expect(graph.nodes.length).toBeGreaterThan(40);
        expect(named(base, graph)).toEqual([]);
      }
    },
  );

  it('in a training step of the heads', () => {
    const job = syntheticJob();
    const step = buildStepGraph(job, featureTrunk(job, 16), initialHeads(job), 16, []);
    expect(step.graph.nodes.length).toBeGreaterThan(100);
    expect(named('step', step.graph)).toEqual([]);
    const evaluation = buildEvaluationGraph(job, featureTrunk(job, 'batch'), initialHeads(job));
    expect(named('evaluation', evaluation.graph)).toEqual([]);
  });

  it('in a gradient model', async () => {
    const model = await loadModel(smallClassifier());
    const { bytes } = await gradientModel(model, { batch: 2, loss: 'cross-entropy', wrt: 'all' });
    expect(named('gradient model', decodeGraph(bytes))).toEqual([]);
  });

  it.each([
    ['portable', 1],
    ['cpu', 1],
    ['cpu', 2],
  ] as const)('in every gradient, lowered to %s in blocks of %i', (target, block) => {
    const problems: string[] = [];
    let blocked = 0;
    for (const operator of CASES) {
      const { graph, loss, wrt } = problemOf(operator, 1);
      const b = new GraphBuilder(graph);
      for (const name of new Set(Object.values(differentiate(graph, loss, wrt)))) b.output(b.value(name));
      const lowered = lower(graph, target, { block });
      blocked += lowered.nodes.filter(({ domain }) => domain === 'com.microsoft.nchwc').length;
      problems.push(...named(operator.label, lowered));
    }
    expect(problems).toEqual([]);
    expect(blocked > 20).toBe(block > 1);
  });
});

describe('a wrong node', () => {
  const graphOf = (opset: number, node: Partial<Node>): Graph => {
    const graph = new Graph();
    graph.opsets.set('', opset);
    graph.inputs.push(
      { name: 'x', dtype: 'float32', shape: [1, 2, 4, 4] },
      { name: 'w', dtype: 'float32', shape: [2, 2, 3, 3] },
      { name: 'i', dtype: 'int64', shape: [2] },
    );
    const whole = { op: 'Conv', domain: '', name: 'n', inputs: ['x', 'w'], outputs: ['y'], attributes: {} };
    graph.nodes.push({ ...whole, ...node });
    return graph;
  };

  it('is none where nothing is wrong', () => {
    expect(operatorProblems(graphOf(21, { attributes: { strides: ints([2, 2]) } }))).toEqual([]);
    expect(operatorProblems(graphOf(21, { op: 'Clip', inputs: ['x', '', 'x'] }))).toEqual([]);
    const group = { op: 'GroupNormalization', inputs: ['x', 'w', 'w'] };
    const attributes = { num_groups: int(2) };
    expect(operatorProblems(graphOf(18, { ...group, attributes }))).toEqual([]);
    expect(operatorProblems(graphOf(21, { op: 'Sum', inputs: ['x', 'x', 'w'] }))).toEqual([]);
  });

  it.each<[string, number, Partial<Node>]>([
    ['Convv is no op that its domain has', 21, { op: 'Convv' }],
    ['Gelu is of operator set 20, and the graph has 17', 17, { op: 'Gelu', inputs: ['x'] }],
    ['Upsample is no op any more since operator set 10', 21, { op: 'Upsample', inputs: ['x', 'w'] }],
    ['Conv has no attribute "stride"', 21, { attributes: { stride: ints([2, 2]) } }],
    ['Conv has attribute "strides" of kind ints, not int', 21, { attributes: { strides: int(2) } }],
    ['Concat needs attribute "axis"', 21, { op: 'Concat' }],
    ['Conv has 2 to 3 inputs, not 1', 21, { inputs: ['x'] }],
    ['Relu has 1 inputs, not 2', 21, { op: 'Relu' }],
    ['Sum has 1 or more inputs, not 0', 21, { op: 'Sum', inputs: [] }],
    ['Conv needs input "W"', 21, { inputs: ['x', '', 'w'] }],
    ['Relu has 1 outputs, not 2', 21, { op: 'Relu', inputs: ['x'], outputs: ['y', 'z'] }],
    ['Exp takes no int64 as input "input" in operator set 13', 21, { op: 'Exp', inputs: ['i'] }],
    ['Reshape takes no float32 as input "shape"', 21, { op: 'Reshape' }],
    ['Add has input "B" of type int64 beside float32', 21, { op: 'Add', inputs: ['x', 'i'] }],
    ['Max takes no int64 as input "data_0" in operator set 8', 9, { op: 'Max', inputs: ['i'] }],
    // Axes became an input in operator set 13, and were an attribute before.
    [
      'Squeeze has no attribute "axes"',
      13,
      { op: 'Squeeze', inputs: ['x'], attributes: { axes: ints([0]) } },
    ],
    ['Squeeze has 1 inputs, not 2', 12, { op: 'Squeeze', inputs: ['x', 'i'] }],
  ])('%s', (message, opset, node) => {
    const [problem, ...others] = operatorProblems(graphOf(opset, node));
    expect(problem).toContain(`node "n": ${message}`);
    expect(others).toEqual([]);
  });

  it('is refused by the builder', () => {
    const graph = graphOf(17, {});
    const b = new GraphBuilder(graph);
    const x = b.value('x');
    expect(() => b.op('Gelu', [x])).toThrow('Gelu is of operator set 20, and the graph has 17');
    // @ts-expect-error no such attribute
    expect(() => b.op('Elu', [x], { alfa: float(1) })).toThrow('Elu has no attribute "alfa"');
    // @ts-expect-error one input too many
    expect(() => b.op('Relu', [x, x])).toThrow('Relu has 1 inputs, not 2');
    // @ts-expect-error an attribute is missing
    expect(() => b.op('Cast', [x])).toThrow('Cast to an unknown type');
    // @ts-expect-error no such op
    expect(() => b.op('Convv', [x, x])).toThrow('no type inference for op Convv');
    expect(graph.nodes.length).toBe(1);
  });
});

describe('the table', () => {
  it('gives what an operator set has', () => {
    const [old, ...rest] = operatorVersions('Softmax');
    expect(old!.attributes.axis).toEqual({ kind: 'int', required: false, default: 1 });
    expect(rest.at(-1)!.attributes.axis!.default).toBe(-1);
    expect(operatorVersions('Conv', 'com.microsoft.nchwc')[0]!.inputs.map(({ name }) => name)).toEqual([
      'X',
      'W',
      'B',
      'Sum',
    ]);
    expect(operatorVersions('toString')).toEqual([]);
  });
});
