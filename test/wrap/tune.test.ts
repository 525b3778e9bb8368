import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unregisterAdapter } from '../../adapters/registry.ts';
import {
  defineAdapter,
  inspectModel,
  loadModel,
  locateFeatures,
  registerAdapter,
  usualPreprocess,
  type WrapEvent,
  type WrapOptionsInput,
  wrap,
} from '../../core/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { parseSafetensors } from '../../core/train/safetensors.ts';
import { parseWrapOptions } from '../../core/wrap/options.ts';
import type { Prepared } from '../../core/wrap/stage.ts';
import { nearestTune, parseTune } from '../../core/wrap/tuning/mode.ts';
import { openSource } from '../../core/wrap/tuning/source.ts';
import { command } from '../cli/io.ts';
import { residualNetwork } from '../train/residual.ts';
import { colourPlace } from './place.ts';
import { tinyClassifier } from './tiny.ts';

const { root, data, model } = await colourPlace(tinyClassifier({ classes: 3 }));

let runs = 0;
async function train(extra: WrapOptionsInput, from = model) {
  const number = ++runs;
  const run = wrap(from, data, {
    out: join(root, `merged-${number}.onnx`),
    runFolder: join(root, `run-${number}`),
    cacheFolder: join(root, 'cache'),
    compare: false,
    classes: 'keep',
    ...extra,
    training: { epochs: 4, batch: 8, learningRate: 0.01, ...extra.training },
  });
  const events: WrapEvent[] = [];
  for await (const event of run) events.push(event);
  return { events, result: await run.result };
}

const notices = (events: readonly WrapEvent[]): string =>
  events.flatMap((e) => (e.type === 'notice' ? [e.message] : [])).join('\n');

async function changedBy(path: string, from = model): Promise<string[]> {
  const [before, after] = [await loadModel(from), await loadModel(path)];
  return [...before.graph.constants]
    .filter(([name]) => after.graph.constants.has(name))
    .filter(([name, constant]) => {
      const [a, b] = [constant.read().data, after.graph.constants.get(name)!.read().data];
      return (a as Float32Array).some((v, i) => v !== (b as Float32Array)[i]);
    })
    .map(([name]) => name)
    .sort();
}

describe('last:N', () => {
  it('trains the last layer and the classifier on activations that a later run finds', async () => {
    const first = await train({ tune: 'last:1', cacheFolder: join(root, 'cache-last') });
    expect(await changedBy(first.result.path)).toEqual([
      'conv2.bias',
      'conv2.weight',
      'fc.bias',
      'fc.weight',
    ]);
    expect(notices(first.events)).toMatch(
      /the heads, the classifier and the last 1 of 2 layers.*conv2\.weight.*8x8x8 an image\) are computed once/,
    );
    const second = await train({ tune: 'last:1', cacheFolder: join(root, 'cache-last') });
    const cached = second.events.flatMap((e) => (e.type === 'features' ? [e.cached] : []));
    expect(cached).toEqual([24, 24]);
    expect(second.result.best).toEqual(first.result.best);
    expect(second.result.verification.largestDifference).toBeLessThan(1e-4);
  });

  it('trains all layers, from the pixels on', async () => {
    const { events, result } = await train({ tune: 'last:2' });
    expect((await changedBy(result.path)).length).toBe(6);
    expect(notices(events)).toContain('Nothing below it is frozen');
  });

  it('computes activations at each step where images are augmented, and learns then too', async () => {
    const { events, result } = await train({ tune: 'last:1', augment: true });
    expect(notices(events)).toContain('computed at each step, as images are augmented');
    const losses = events.flatMap((e) => (e.type === 'epoch' ? [e.metrics.loss] : []));
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(await changedBy(result.path)).not.toContain('conv1.weight');
  });

  it('moves the lower layers less with a layer-wise decay', async () => {
    const moved = async (layerDecay: number): Promise<number> => {
      const { result } = await train({
        tune: 'last:2',
        training: { layerDecay, backboneLearningRate: 0.01 },
      });
      const [before, after] = [await loadModel(model), await loadModel(result.path)];
      const weight = (m: typeof before) => m.graph.constants.get('conv1.weight')!.read().data as Float32Array;
      const [a, b] = [weight(before), weight(after)];
      return Math.hypot(...a.map((v, i) => v - b[i]!));
    };
    expect(await moved(0.1)).toBeLessThan(0.1 * (await moved(1)));
  });

  it('counts the stages that an adapter names', async () => {
    const adapter = defineAdapter({
      name: 'staged',
      matches: (graph) => graph.constants.has('conv1.weight'),
      features: (graph) => graph.nodes.find((node) => node.op === 'GlobalAveragePool')!.inputs[0]!,
      stages: () => [['conv1.weight'], ['conv1.bias', 'conv2.weight']],
    });
    registerAdapter(adapter);
    try {
      const { events, result } = await train({ tune: 'last:1' });
      expect(await changedBy(result.path)).toEqual(['conv1.bias', 'conv2.weight', 'fc.bias', 'fc.weight']);
      expect(notices(events)).toContain('last 1 of 2 stages');
    } finally {
      unregisterAdapter(adapter.name);
    }
  });

  it('says how many layers there are where more are asked for', async () => {
    await expect(train({ tune: 'last:9' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('2 layers with weights'),
      hint: expect.stringContaining('last:2'),
    });
  });
});

describe('lora:R', () => {
  it('merges its updates into the weights of a file that is otherwise as full tuning writes it', async () => {
    const { events, result } = await train({ tune: 'lora:2' });
    // Of the tiny model, only the classifier is a matrix: 2 x (3 + 12) numbers.
    expect(notices(events)).toContain('updates of rank 2 to 1 matrix, 30 numbers');
    expect(await changedBy(result.path)).toEqual(['fc.weight']);
    expect(result.verification.largestDifference).toBeLessThan(1e-4);
    const full = await train({ tune: 'full', training: { epochs: 1 } });
    const [graph, other] = [await loadModel(result.path), await loadModel(full.result.path)].map(
      (m) => m.graph,
    );
    const shape = (g: typeof graph) => [
      g!.nodes.map(({ op, inputs, outputs }) => [op, inputs, outputs]),
      [...g!.constants].map(([name, { dtype, dims }]) => [name, dtype, dims]),
    ];
    expect(shape(graph)).toEqual(shape(other));
  });
});

describe('lora:R with an adapter that names matrices', () => {
  const adapter = defineAdapter({
    name: 'narrow',
    matches: (graph) => graph.constants.has('gate.weight'),
    loraTargets: () => ['gate.weight'],
  });
  let gated: string;
  beforeAll(async () => {
    registerAdapter(adapter);
    gated = join(root, 'gated.onnx');
    await writeFile(gated, encodeGraph(residualNetwork()));
  });
  afterAll(() => unregisterAdapter(adapter.name));

  it('updates those and the classifier that is kept, and says so', async () => {
    const { events, result } = await train({ tune: 'lora:2', training: { epochs: 2 } }, gated);
    expect(notices(events)).toContain('to 2 of 3 matrices, as the adapter says');
    expect(await changedBy(result.path, gated)).toEqual(['fc.weight', 'gate.weight']);
  });

  it('says the ranks that the sizes of the matrices leave', async () => {
    const { events } = await train({ tune: 'lora:1000', training: { epochs: 1 } }, gated);
    // The gate's is [16, 16], the classifier [16, 3].
    expect(notices(events)).toContain('updates of rank up to 16 to 2 of 3 matrices');
    const { events: others } = await train({ tune: 'lora:1000', training: { epochs: 1 } });
    expect(notices(others)).toContain('updates of rank 3 to 1 matrix,');
  });

  it('updates the same ones where memory asks for smaller parts', async () => {
    const loaded = await loadModel(gated);
    const prepared = {
      model: loaded,
      site: locateFeatures(loaded)[0]!,
      preprocess: usualPreprocess(loaded),
      plan: 'kept',
      frozen: [],
      loraTargets: ['gate.weight'],
      options: parseWrapOptions({ tune: 'lora:2' }),
      dataset: { samples: [] },
    } as unknown as Prepared;
    const opening = openSource(prepared, [], new AbortController().signal);
    let opened = await opening.next();
    while (!opened.done) opened = await opening.next();
    const { source } = opened.value;
    if (source.kind !== 'images') throw new Error('images expected');
    const smaller = await source.resized!(4);
    expect([...smaller.parameters.keys()]).toEqual([...source.backbone.parameters.keys()]);
  });

  it('updates those alone where the classes are new', async () => {
    const options = { tune: 'lora:2', classes: 'new', training: { epochs: 2 } } as const;
    const { events, result } = await train(options, gated);
    expect(notices(events)).toContain('to 1 of 2 matrices, as the adapter says');
    expect(await changedBy(result.path, gated)).toContain('gate.weight');
    expect(await changedBy(result.path, gated)).not.toContain('top.weight');
  });
});

describe('float16', () => {
  it('leaves the merged model in float32, as the other precision writes it', async () => {
    const options = { tune: 'full', device: 'cpu', training: { epochs: 1 } } as const;
    const half = await train({ ...options, precision: 'float16' });
    expect(notices(half.events)).toContain('On the CPU, float16 is for trying it out');
    expect(half.result.verification.largestDifference).toBeLessThan(1e-4);
    const full = await train(options);
    expect(notices(full.events)).not.toContain('float16');
    const shapeOf = async (path: string) => {
      const { graph } = await loadModel(path);
      return [
        graph.nodes.map(({ op, inputs, outputs, attributes }) => [op, inputs, outputs, attributes]),
        [...graph.constants].map(([name, { dtype, dims }]) => [name, dtype, dims]),
        [graph.inputs, graph.outputs, graph.opsets],
      ];
    };
    expect(await shapeOf(half.result.path)).toEqual(await shapeOf(full.result.path));
  });

  it('is refused with an engine that has none', () => {
    expect(() => wrap(model, data, { engine: 'tfjs', precision: 'float16' })).toThrow(
      /the tfjs engine has no training in float16/,
    );
  });
});

describe('statistics of batches', () => {
  it('are refused where nothing that has them is trained', () => {
    for (const tune of ['frozen', 'lora:4'] as const)
      expect(() => wrap(model, data, { tune, batchNorm: 'train' })).toThrow(/batch statistics/);
  });

  it('are said to be none where there are none', async () => {
    const { events } = await train({ tune: 'full', batchNorm: 'train', training: { epochs: 1 } });
    expect(notices(events)).toContain('no BatchNormalization');
  });

  it('end in the exported file as running averages', async () => {
    const normalized = join(root, 'normalized.onnx');
    await writeFile(normalized, encodeGraph(residualNetwork()));
    const run = wrap(normalized, data, {
      out: join(root, 'normalized-merged.onnx'),
      runFolder: join(root, 'normalized-run'),
      cacheFolder: join(root, 'cache'),
      compare: false,
      tune: 'full',
      batchNorm: 'train',
      training: { epochs: 3, batch: 8 },
    });
    const { path, verification } = await run.result;
    expect(verification.largestDifference).toBeLessThan(1e-3);
    const [before, after] = [await loadModel(normalized), await loadModel(path)];
    for (const name of ['stem.mean', 'b2.variance', 'gate.mean', 'stem.scale']) {
      const [a, b] = [before, after].map((m) => m.graph.constants.get(name)!.read().data);
      expect(a, name).not.toEqual(b);
    }
    expect(after.graph.nodes.filter(({ op }) => op === 'BatchNormalization').length).toBe(7);
  });
});

describe('the numbers that inspect lists', () => {
  it('are those that a training keeps in its checkpoint, the vectors of words apart', async () => {
    const { tuning } = await inspectModel(model);
    expect(tuning.map(({ tune }) => tune)).toEqual(['frozen', 'last:1', 'lora:8', 'full']);
    for (const { tune, parameters } of tuning) {
      const { result } = await train({ tune, training: { epochs: 1 } });
      const file = parseSafetensors(await readFile(join(result.runFolder, 'last.safetensors')));
      const kept = [...file.tensors].filter(
        ([name]) => name.startsWith('values:') && !name.endsWith('text/table'),
      );
      expect([tune, parameters]).toEqual([tune, kept.reduce((sum, [, { data }]) => sum + data.length, 0)]);
    }
  });
});

describe('a run that goes on', () => {
  it.each([
    [{ tune: 'full' }, { flip: false }],
    [{ tune: 'full' }, { augment: false }],
    [{ tune: 'full' }, { augment: 'flip,crop=0.3' }],
    [{ tune: 'full', augment: false }, { engine: 'tfjs' }],
    [{ tune: 'last:1' }, { augment: true }],
    [{ tune: 'frozen', views: 2 }, { flip: false }],
    [{ tune: 'lora:1' }, { tune: 'lora:2' }],
  ] as const satisfies readonly (readonly WrapOptionsInput[])[])(
    'of %o is refused with %o',
    async (first, more) => {
      const options = { ...first, runFolder: join(root, `resumed-${++runs}`), training: { epochs: 1 } };
      await train(options);
      const written = () => readFile(join(options.runFolder, 'options.json'), 'utf8');
      const before = await written();
      await expect(train({ ...options, resume: true, ...more })).rejects.toMatchObject({
        code: 'resume',
        message: expect.stringContaining('belongs to a run with other options, model or data'),
      });
      expect(await written()).toBe(before);
      await train({ ...options, resume: true });
    },
  );

  it('does not mind other words for the same augmentation', async () => {
    const runFolder = join(root, 'resumed-alike');
    const options = { tune: 'full', runFolder, training: { epochs: 1 } } as const;
    await train({ ...options, augment: 'default,jitter,rotate' });
    await train({ ...options, augment: 'rotate,flip,jitter,crop', resume: true });
  });
});

describe('the name of a mode', () => {
  it('is read', () => {
    expect(parseTune('last:12')).toEqual({ kind: 'last', count: 12 });
    expect(parseTune('lora:8')).toEqual({ kind: 'lora', rank: 8 });
    expect(parseTune('full')).toEqual({ kind: 'full' });
    for (const wrong of ['last', 'last:0', 'last:-1', 'last:1.5', 'last:x', 'Full', '', 3, undefined])
      expect(parseTune(wrong), String(wrong)).toBeUndefined();
  });

  it('is answered with the nearest one where it is none', () => {
    expect(
      ['last', 'last:0', 'lst:3', 'last 4', 'LAST=2', 'ful', 'frozn', 'froze', 'lora', 'lroa:4', 'xyz'].map(
        nearestTune,
      ),
    ).toEqual([
      'last:2',
      'last:1',
      'last:3',
      'last:4',
      'last:2',
      'full',
      'frozen',
      'frozen',
      'lora:8',
      'lora:4',
      undefined,
    ]);
  });

  it('is refused with that by the command line and by the program', async () => {
    const { code, stderr } = await command(model, '--data', data, '--tune', 'lst:3');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--tune takes frozen, full.*not "lst:3"; did you mean last:3\?/);
    expect(() => wrap(model, data, { tune: 'last:0' as 'full' })).toThrow(/tune: .*did you mean last:1\?/);
  });
});
