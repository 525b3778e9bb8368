/**
 * A network with new BatchNormalizations, as exporters write it that merge equal constants: biases and means are one vector of
 * zeros, scales and variances one of ones. It is trained as the same network with constants of their own is.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  constantOf,
  float32,
  type Graph,
  type Node,
  sourceOf,
  type Tensor,
  usesOf,
} from '../../core/graph/index.ts';
import {
  gradientModel,
  inspectModel,
  loadModel,
  unwrap,
  type WrapOptionsInput,
  wrap,
} from '../../core/index.ts';
import { decodeGraph, encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { CLASSES, pixelsOf, residualNetwork, SIZE } from '../train/residual.ts';
import { colourPlace } from './place.ts';

const FORMS = ['identities', 'merged', 'statistics'] as const;
type Form = 'apart' | (typeof FORMS)[number];

const NORMS = ['stem', 'a1', 'a2', 'b1', 'b2', 'gate', 'top'];

/** Names that are one constant after the exporter: the first stays, the others stand for it. */
const EQUAL: Readonly<Record<string, readonly string[]>> = {
  'stem.scale': ['variance', 'scale'].flatMap((part) => NORMS.map((norm) => `${norm}.${part}`)),
  'stem.bias': ['mean', 'bias'].flatMap((part) => NORMS.map((norm) => `${norm}.${part}`)),
};
const FIRST = new Map(
  Object.entries(EQUAL).flatMap(([first, names]) =>
    names.flatMap((name) => (name === first ? [] : [[name, first] as const])),
  ),
);

/** The same of statistics alone. */
const STATISTICS = new Map(
  NORMS.slice(1).flatMap((norm) =>
    ['mean', 'variance'].map((part) => [`${norm}.${part}`, `stem.${part}`] as const),
  ),
);

function fresh(): Graph {
  const graph = residualNetwork();
  for (const [first, names] of Object.entries(EQUAL))
    for (const name of names) {
      const { dims } = graph.constants.get(name)!;
      const values = new Float32Array(dims[0]!).fill(first === 'stem.scale' ? 1 : 0);
      graph.constants.set(name, constantOf(float32(values, dims)));
    }
  return graph;
}

/** As torch.onnx writes it: an Identity of each name. */
function throughIdentities(graph: Graph): Graph {
  const identity = ([name, first]: readonly [string, string]): Node => ({
    op: 'Identity',
    domain: '',
    name: `Identity of ${name}`,
    inputs: [first],
    outputs: [name],
    attributes: {},
  });
  for (const name of FIRST.keys()) graph.constants.delete(name);
  graph.nodes = [...[...FIRST].map(identity), ...graph.nodes];
  return graph;
}

/** As simplifiers leave that. @param first for each name that goes, what stands for it. */
function merged(graph: Graph, first: ReadonlyMap<string, string>): Graph {
  for (const name of first.keys()) graph.constants.delete(name);
  graph.nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => first.get(name) ?? name),
  }));
  return graph;
}

/** What the nodes of a graph read that is constant, in order, by the place that reads it. */
function readConstants(graph: Graph): Map<string, Tensor> {
  const uses = usesOf(graph);
  const places = graph.nodes.flatMap((node) =>
    node.op === 'Identity' ? [] : node.inputs.map((name, i) => [`${node.outputs[0]} ${i}`, name] as const),
  );
  return new Map(
    places.flatMap(([place, name]) => {
      const constant = graph.constants.get(sourceOf(uses, name).source);
      return constant?.dtype === 'float32' ? [[place, constant.read()] as const] : [];
    }),
  );
}

const done = new Map<string, Promise<string>>();

const { root, data } = await colourPlace(encodeGraph(fresh()));
const pathOf = (form: Form): string => join(root, `${form}.onnx`);
beforeAll(async () => {
  await writeFile(pathOf('apart'), encodeGraph(fresh()));
  await writeFile(pathOf('identities'), encodeGraph(throughIdentities(fresh())));
  await writeFile(pathOf('merged'), encodeGraph(merged(fresh(), FIRST)));
  await writeFile(pathOf('statistics'), encodeGraph(merged(fresh(), STATISTICS)));
});

/** The path of the merged model; each is made once. */
function wrapped(form: Form, options: WrapOptionsInput): Promise<string> {
  const out = join(root, `${form}-${options.tune}-${options.batchNorm}-out.onnx`);
  const run = async (): Promise<string> => {
    await wrap(pathOf(form), data, {
      out,
      runFolder: `${out}-run`,
      cacheFolder: join(root, 'cache'),
      compare: false,
      classes: 'keep',
      ...options,
      training: { epochs: 1, batch: 8, learningRate: 0.01 },
    }).result;
    return out;
  };
  const made = done.get(out) ?? run();
  done.set(out, made);
  return made;
}

describe.each(FORMS)('constants that a file has once for several weights and statistics (%s)', (form) => {
  it('count as several', async () => {
    const [apart, shared] = await Promise.all(
      [pathOf('apart'), pathOf(form)].map((path) => inspectModel(path)),
    );
    expect(shared!.weights).toEqual(apart!.weights);
    expect(shared!.tuning).toEqual(apart!.tuning);
  });

  it('are written as they were', async () => {
    const model = await loadModel(pathOf(form));
    expect(Buffer.from(model.encode(model.graph)).equals(await readFile(pathOf(form)))).toBe(true);
    const { exact, changedWeights } = await unwrap(await loadModel(await wrapped(form, { tune: 'frozen' })));
    expect({ exact, changedWeights }).toEqual({ exact: true, changedWeights: [] });
  });

  it('have gradients of their own', async () => {
    const gradientsOf = async (path: string) => {
      const made = await gradientModel(await loadModel(path), {
        batch: 6,
        loss: 'cross-entropy',
        logits: 'logits',
      });
      const session = await openSession(made.bytes);
      const labels = new Float32Array(6 * CLASSES);
      for (let row = 0; row < 6; row++) labels[row * CLASSES + (row % CLASSES)] = 1;
      const parameters = Object.entries(made.parameters);
      const results = await session.run({
        ...Object.fromEntries(
          parameters.map(([name, value]) => [name, { dtype: 'float32', ...value } as Tensor]),
        ),
        [made.inputs.image]: float32(pixelsOf([0, 1, 2, 3, 4, 5]), [6, 3, SIZE, SIZE]),
        [made.inputs.labels]: float32(labels, [6, CLASSES]),
      });
      await session.close();
      const gradients = new Map(
        Object.entries(made.outputs.gradients).map(([name, output]) => [name, results[output]!]),
      );
      return { loss: results[made.outputs.loss], gradients };
    };
    const apart = await gradientsOf(pathOf('apart'));
    const shared = await gradientsOf(pathOf(form));
    expect(shared.loss).toEqual(apart.loss);
    const graph = decodeGraph(await readFile(pathOf('apart')));
    const own = (await loadModel(pathOf(form))).graph;
    const inputsOf = (all: Graph) =>
      all.nodes.filter((node) => node.op !== 'Identity').map(({ inputs }) => inputs);
    inputsOf(graph).forEach((inputs, i) => {
      inputs.forEach((name, slot) => {
        const same = inputsOf(own)[i]![slot]!;
        expect(shared.gradients.get(same), `${same} for ${name}`).toEqual(apart.gradients.get(name));
      });
    });
    expect([...shared.gradients.keys()]).toHaveLength(23);
    expect(shared.gradients.has(form === 'merged' ? 'stem.bias/BatchNormalization/2' : 'stem.bias')).toBe(
      true,
    );
  });

  it.each(['frozen', 'train'] as const)(
    'are trained each, with statistics that are %s',
    async (batchNorm) => {
      const [apart, shared] = [
        await wrapped('apart', { tune: 'full', batchNorm }),
        await wrapped(form, { tune: 'full', batchNorm }),
      ];
      const [expected, file] = await Promise.all(
        [apart, shared].map(async (path) => decodeGraph(await readFile(path))),
      );
      const values = readConstants(file!);
      for (const [place, tensor] of readConstants(expected!))
        expect(values.get(place), place).toEqual(tensor);
      const { exact, changedWeights, bytes } = await unwrap(await loadModel(shared));
      expect(exact).toBe(false);
      expect(changedWeights).toHaveLength(batchNorm === 'train' ? 37 : 23);
      const plain = decodeGraph(bytes);
      expect(plain.nodes.filter(({ op }) => op !== 'Identity')).toHaveLength(residualNetwork().nodes.length);
    },
  );
});
