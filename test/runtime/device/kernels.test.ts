/** The table of kernels beside what onnxruntime itself does: a session of each node alone that may not use the CPU. */
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/grad/index.ts';
import { Graph, GraphBuilder, int, type Node } from '../../../core/graph/index.ts';
import { lower, toHalf } from '../../../core/lower/index.ts';
import { encodeGraph } from '../../../core/onnx/index.ts';
import { checkKernels, nodesWithoutKernel } from '../../../core/runtime/device/kernels.ts';
import { onnxruntimeOn } from '../../../core/runtime/graph-engine.ts';
import { initialHeads } from '../../../core/train/setup.ts';
import { buildStepGraph, featureTrunk } from '../../../core/train/step-graph.ts';
import { CASES } from '../../grad/cases/index.ts';
import { problemOf } from '../../grad/check.ts';
import { syntheticJob } from '../../train/support.ts';
import { useSoftwareVulkan } from './vulkan.ts';

const missing = useSoftwareVulkan();
if (missing) console.log(`skipped: the table of WebGPU's kernels, ${missing}`);

/** Every node of every operator's forward and backward pass, alone; one of each kind. */
function nodesAlone(): Map<string, Graph> {
  const found = new Map<string, Graph>();
  for (const test of CASES) {
    if ((test.opset ?? 21) > 21) continue;
    const { graph, loss, wrt } = problemOf(test, 1);
    const forward = graph.clone();
    const b = new GraphBuilder(graph);
    for (const name of new Set(Object.values(differentiate(graph, loss, wrt)))) b.output(b.value(name));
    const lowered = lower(graph, 'portable');
    for (const whole of [lowered, forward, toHalf(lowered)])
      for (const node of whole.nodes) {
        if (node.domain !== '' || node.inputs.every((name) => name === '' || whole.constants.has(name)))
          continue;
        const type = (name: string) =>
          `${whole.typeOf(name)?.dtype}${whole.constants.has(name) ? ' constant' : ''}`;
        const key = `${node.op}(${node.inputs.map(type)}) ${Object.keys(node.attributes)}`;
        if (!found.has(key)) found.set(key, alone(whole, node));
      }
  }
  return found;
}

function alone(whole: Graph, node: Node): Graph {
  const graph = new Graph();
  graph.opsets.set('', whole.opset);
  graph.nodes = [node];
  const infoOf = (name: string) => ({ name, ...whole.typeOf(name)! });
  for (const name of new Set(node.inputs)) {
    const constant = whole.constants.get(name);
    if (constant) graph.constants.set(name, constant);
    else if (name !== '') graph.inputs.push(infoOf(name));
  }
  graph.outputs = node.outputs.filter((name) => name !== '').map(infoOf);
  return graph;
}

async function runsThere(graph: Graph): Promise<boolean> {
  try {
    const session = await ort.InferenceSession.create(encodeGraph(graph), {
      executionProviders: ['webgpu'],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    });
    await session.release();
    return true;
  } catch (error) {
    if (String(error).includes('fallback to CPU EP')) return false;
    throw error;
  }
}

describe('the table of kernels', () => {
  it.skipIf(missing)('says of no node that it runs on WebGPU where it does not', async () => {
    const wrong: string[] = [];
    const graphs = nodesAlone();
    expect(graphs.size).toBeGreaterThan(100);
    let there = 0;
    for (const [key, graph] of graphs) {
      const expected = nodesWithoutKernel(graph, 'webgpu').length === 0;
      const actual = await runsThere(graph);
      if (actual) there++;
      if (expected !== actual) wrong.push(`${key}: ${actual ? 'has a kernel' : 'has none'}`);
    }
    expect(there).toBeGreaterThan(80);
    expect(wrong).toEqual([]);
  });

  const graphOf = (op: string, attributes = {}): Graph => {
    const graph = new Graph();
    graph.opsets.set('', 21);
    new GraphBuilder(graph).input('x', 'float32', [1, 2, 4, 4]);
    // What else the op takes is of no concern here.
    for (const [input, output] of [
      ['x', 'y'],
      ['y', 'z'],
    ] as const) {
      graph.nodes.push({ op, domain: '', name: output, inputs: [input], outputs: [output], attributes });
      graph.types.set(output, { dtype: 'float32', shape: [1, 2, 4, 4] });
    }
    graph.outputs.push({ name: 'z', dtype: 'float32', shape: [1, 2, 4, 4] });
    return graph;
  };

  it('names the ops that run on the CPU', () => {
    expect(checkKernels(graphOf('Selu'), 'webgpu', 'the training step')).toBe(
      'WebGPU has no kernel for some ops of the training step, which run on the CPU, with copies there and back: Selu (2 times).',
    );
    expect(checkKernels(graphOf('Relu'), 'webgpu', 'the training step')).toBeUndefined();
    expect(checkKernels(graphOf('Selu'), 'cpu', 'the training step')).toBeUndefined();
  });

  it('finds one for every op of a training step of the heads', () => {
    const job = syntheticJob({ job: { engine: onnxruntimeOn('webgpu') } });
    const { graph } = buildStepGraph(job, featureTrunk(job, 16), initialHeads(job), 16, []);
    expect(graph.opset).toBe(21);
    expect(checkKernels(graph, 'webgpu', 'the training step')).toBeUndefined();
    // Blocked convolutions are for the CPU alone.
    expect(graph.nodes.filter(({ domain }) => domain !== '')).toEqual([]);
  });

  it('refuses what would fail in a run', () => {
    const graph = new Graph();
    graph.opsets.set('', 21);
    const b = new GraphBuilder(graph);
    const shape = [1, 2, 2, 2];
    const types = [
      { dtype: 'float32', shape },
      { dtype: 'int64', shape },
    ] as const;
    const x = b.input('x', 'float32', [1, 2, 4, 4]);
    const kernel = { kind: 'ints', value: [2, 2] } as const;
    const pooled = b.ops('MaxPool', [x], { kernel_shape: kernel, strides: kernel }, { outputs: 2, types });
    b.output(pooled[1]!);
    expect(() => checkKernels(graph, 'webgpu', 'the training step')).toThrow(
      /^the training step cannot run on WebGPU: MaxPool with its second output/,
    );
    const trained = graphOf('BatchNormalization', { training_mode: int(1) });
    expect(() => checkKernels(trained, 'webgpu', 'the step')).toThrow('BatchNormalization in training mode');
  });
});
