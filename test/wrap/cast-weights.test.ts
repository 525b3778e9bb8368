/**
 * Weights in float16 or float64 behind a Cast are trained as the same numbers in float32 are: a model of each form is wrapped in
 * the same way, and what comes out differs by the rounding of the weights alone.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  constantOf,
  DTYPE_NUMBER,
  float32,
  fromFloat32,
  type Graph,
  int,
  type Node,
  type Tensor,
  toFloat32,
} from '../../core/graph/index.ts';
import { inspectModel, loadModel, type WrapOptionsInput, wrap } from '../../core/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { normalsFor } from '../train/normals.ts';
import { residualNetwork, SIZE } from '../train/residual.ts';
import { colourPlace } from './place.ts';

/** Its own preprocessing, a slope that is a single number, and a residual network; with weights that float16 holds. */
function network(): Graph {
  const graph = residualNetwork();
  const floats = (name: string, dims: number[], values: number[]): void =>
    void graph.constants.set(name, constantOf(float32(Float32Array.from(values), dims)));
  floats('pixel.mean', [1, 3, 1, 1], [0.45, 0.5, 0.4]);
  floats('pixel.deviation', [1, 3, 1, 1], [0.25, 0.3, 0.2]);
  floats('slope', [1], [0.25]);
  const [first, ...others] = graph.nodes;
  const begin = [
    node('Sub', ['image', 'pixel.mean'], 'centred'),
    node('Div', ['centred', 'pixel.deviation'], 'scaled'),
    node('PRelu', ['scaled', 'slope'], 'bent'),
  ];
  graph.nodes = [...begin, { ...first!, inputs: ['bent', ...first!.inputs.slice(1)] }, ...others];
  return rounded(graph);
}

const node = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  op,
  domain: '',
  name: '',
  inputs,
  outputs: [output],
  attributes,
});

const isFloat = ({ dtype }: { readonly dtype: string }): boolean => dtype === 'float32';

/** The graph with weights that float16 holds. */
function rounded(graph: Graph): Graph {
  for (const [name, constant] of graph.constants)
    if (isFloat(constant)) {
      const half = fromFloat32(toFloat32(constant.read()), constant.dims, 'float16');
      graph.constants.set(name, constantOf(fromFloat32(toFloat32(half), constant.dims, 'float32')));
    }
  return graph;
}

/** The graph with each weight in `dtype` under its own name, read through a Cast, and that through an Identity. */
function behindCasts(graph: Graph, dtype: 'float16' | 'float64'): Graph {
  const weights = [...graph.constants].filter(([, constant]) => isFloat(constant));
  const read = new Map(weights.map(([name]) => [name, `${name}/same`]));
  graph.nodes = [
    ...weights.flatMap(([name]) => [
      node('Cast', [name], `${name}/cast`, { to: int(DTYPE_NUMBER.float32) }),
      node('Identity', [`${name}/cast`], `${name}/same`),
    ]),
    ...graph.nodes.map((each) => ({ ...each, inputs: each.inputs.map((name) => read.get(name) ?? name) })),
  ];
  for (const [name, { dims, read: values }] of weights) {
    graph.constants.set(name, constantOf(fromFloat32(toFloat32(values()), dims, dtype)));
    graph.types.delete(name);
  }
  return graph;
}

const { root, data } = await colourPlace(encodeGraph(network()));
beforeAll(async () => {
  await writeFile(join(root, 'float32.onnx'), encodeGraph(network()));
  await writeFile(join(root, 'float16.onnx'), encodeGraph(behindCasts(network(), 'float16')));
  await writeFile(join(root, 'float64.onnx'), encodeGraph(behindCasts(network(), 'float64')));
});

async function wrapped(form: 'float32' | 'float16' | 'float64', options: WrapOptionsInput) {
  const model = join(root, `${form}.onnx`);
  const out = join(root, `${form}-${String(options.tune).replace(':', '-')}-${options.batchNorm}.onnx`);
  const { training, ...rest } = options;
  const run = wrap(model, data, {
    out,
    runFolder: `${out}-run`,
    cacheFolder: join(root, 'cache'),
    compare: false,
    classes: 'keep',
    ...rest,
    training: { epochs: 2, batch: 8, learningRate: 0.01, ...training },
  });
  const notices: string[] = [];
  for await (const event of run) if (event.type === 'notice') notices.push(event.message);
  const { verification } = await run.result;
  return {
    verification,
    notices: notices.join('\n'),
    before: await loadModel(model),
    after: await loadModel(out),
    out,
  };
}

type Wrapped = Awaited<ReturnType<typeof wrapped>>;

const valuesOf = (graph: Graph, name: string): Tensor => graph.constants.get(name)!.read();

const changedIn = ({ before, after }: Wrapped): string[] =>
  [...before.graph.constants.keys()]
    .filter((name) => !Buffer.from(bytesOf(before.graph, name)).equals(bytesOf(after.graph, name)))
    .sort();

function bytesOf(graph: Graph, name: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = valuesOf(graph, name).data as Float32Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Scores of noise, by onnxruntime. */
async function scoresOf(path: string): Promise<Float32Array> {
  const image = new Float32Array(4 * 3 * SIZE * SIZE);
  normalsFor(5, 'noise')(image);
  const session = await openSession(path);
  const { logits } = await session.run({
    image: { dtype: 'float32', dims: [4, 3, SIZE, SIZE], data: image },
  });
  await session.close();
  return toFloat32(logits!);
}

const largest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('weights in float16 behind a Cast', () => {
  it('are those of a linear classifier, and count as many as in float32', async () => {
    const [half, full] = await Promise.all(
      ['float16', 'float32'].map((form) => inspectModel(join(root, `${form}.onnx`))),
    );
    expect(half!.sites[0]).toMatchObject({
      width: full!.sites[0]!.width,
      reason: full!.sites[0]!.reason,
      classifier: { kind: 'linear', weight: 'fc.weight', bias: 'fc.bias', classes: 3 },
    });
    expect(half!.weights).toEqual(full!.weights);
    expect(half!.tuning.map(({ tune, parameters }) => [tune, parameters])).toEqual(
      full!.tuning.map(({ tune, parameters }) => [tune, parameters]),
    );
    expect(half!.fullTuningProblem).toBeUndefined();
  });

  it.each([
    ['frozen', { tune: 'frozen' }, 0],
    ['last:1', { tune: 'last:1' }, 5],
    ['lora:2', { tune: 'lora:2' }, 3],
    ['full', { tune: 'full' }, 24],
    ['full, with the statistics of batches', { tune: 'full', batchNorm: 'train' }, 38],
  ] as const)('%s: are trained as in float32, and rounded in the file', async (_, options, trained) => {
    const full = await wrapped('float32', options);
    const half = await wrapped('float16', options);
    expect(changedIn(half)).toEqual(changedIn(full));
    expect(changedIn(half)).toHaveLength(trained);
    for (const name of changedIn(full)) {
      const { dims } = valuesOf(full.after.graph, name);
      const nearest = fromFloat32(toFloat32(valuesOf(full.after.graph, name)), dims, 'float16');
      expect(valuesOf(half.after.graph, name), name).toEqual(nearest);
    }
    expect(full.notices).not.toContain('rounded');
    if (trained === 0) expect(half.notices).not.toContain('rounded');
    else expect(half.notices).toContain(`Of the trained weights, ${trained} are float16 in the model`);
    // The original's nodes are there as they were, their Casts among them.
    const made = new Map(half.after.graph.nodes.map((node) => [node.outputs[0], node]));
    for (const { op, inputs, outputs, attributes } of half.before.graph.nodes)
      if (outputs[0] !== 'logits') expect(made.get(outputs[0])).toMatchObject({ op, inputs, attributes });
    const [a, b, original] = await Promise.all(
      [full.out, half.out, join(root, 'float16.onnx')].map(scoresOf),
    );
    const scale = Math.max(...a!.map(Math.abs));
    expect(largest(a!, b!)).toBeLessThan(5e-3 * scale);
    expect(largest(original!, b!)).toBeGreaterThan(2e-2 * scale);
    expect(half.verification.largestDifference).toBeLessThan(5e-3 * scale);
  });
});

describe('weights in float64 behind a Cast', () => {
  it.each([
    ['last:1', { tune: 'last:1' }, 5],
    ['full, with the statistics of batches', { tune: 'full', batchNorm: 'train' }, 38],
  ] as const)('%s: are trained as in float32, and keep their type', async (_, options, trained) => {
    const full = await wrapped('float32', options);
    const wide = await wrapped('float64', options);
    expect(changedIn(wide)).toEqual(changedIn(full));
    expect(changedIn(wide)).toHaveLength(trained);
    for (const name of changedIn(full)) {
      const { dims } = valuesOf(full.after.graph, name);
      const same = fromFloat32(toFloat32(valuesOf(full.after.graph, name)), dims, 'float64');
      expect(valuesOf(wide.after.graph, name), name).toEqual(same);
    }
    expect(wide.notices).not.toContain('rounded');
  });
});
