import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unregisterAdapter } from '../../adapters/registry.ts';
import { float32, GraphBuilder, int, type Node } from '../../core/graph/index.ts';
import {
  defineAdapter,
  evaluateModel,
  inspectModel,
  loadModel,
  MarnetError,
  predictImages,
  readMergedMetadata,
  registerAdapter,
  unwrap,
  type WrapEvent,
  type WrapOptionsInput,
  wrap,
} from '../../core/index.ts';
import { decodeGraph, encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { colourPlace } from './place.ts';
import { colourFolder, tinyClassifier } from './tiny.ts';

const { root, data, model } = await colourPlace(tinyClassifier({ classes: 5 }));

let runs = 0;
const optionsOf = (extra: WrapOptionsInput = {}): WrapOptionsInput => {
  const number = ++runs;
  return {
    out: join(root, `merged-${number}.onnx`),
    runFolder: join(root, `run-${number}`),
    cacheFolder: join(root, 'cache'),
    compare: false,
    ...extra,
    training: { epochs: 12, batch: 8, learningRate: 0.01, ...extra.training },
  };
};

async function finish(run: ReturnType<typeof wrap>) {
  const events: WrapEvent[] = [];
  for await (const event of run) events.push(event);
  return { events, result: await run.result };
}

const digest = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('wrap', () => {
  it('trains new classes on frozen features and writes a drop-in model', async () => {
    const { events, result } = await finish(wrap(model, data, optionsOf({ compare: true })));
    expect(events.map((e) => e.type)).toEqual(
      expect.arrayContaining([
        'located',
        'preprocess',
        'data',
        'features',
        'labels',
        'stage',
        'epoch',
        'exported',
        'verified',
        'finished',
      ]),
    );
    expect(result.labelPlan).toBe('new');
    expect(result.labels).toEqual(['leaf', 'sky', 'tomato']);
    expect(result.scores.merged.top1).toBeGreaterThan(0.9);
    expect(result.scores.plain?.top1).toBeGreaterThan(0.5);
    expect(result.verification.agreement).toBe(1);

    const merged = await loadModel(result.path);
    const original = await loadModel(model);
    expect(merged.inputs).toEqual(original.inputs);
    expect(merged.outputs.map((o) => [o.name, o.shape])).toEqual([['probabilities', ['N', 3]]]);
    const metadata = readMergedMetadata(merged.metadata)!;
    expect(metadata.baseSha256).toBe(await digest(model));
    expect(metadata.labels).toEqual(['leaf', 'sky', 'tomato']);
    const session = await openSession(result.path);
    const image = {
      dtype: 'float32',
      dims: [4, 3, 16, 16],
      data: new Float32Array(4 * 3 * 256).fill(0.2),
    } as const;
    const rows = (await session.run({ image })).probabilities!;
    await session.close();
    expect(rows.dims).toEqual([4, 3]);
    expect([...(rows.data as Float32Array).slice(0, 3)].reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect((await readdir(result.runFolder)).sort()).toEqual([
      'best.safetensors',
      'last.safetensors',
      'metrics.csv',
      'options.json',
      'plain',
    ]);

    const evaluation = await evaluateModel(result.path, data, { split: 'holdout' });
    expect(evaluation.top1).toBe(result.scores.merged.top1);
    expect(evaluation.images).toBe(result.images.holdout);
    expect(evaluation.top5).toBe(result.scores.merged.top5);
    const predictions = [];
    for await (const p of predictImages(result.path, [join(data, 'leaf-0.png'), join(root, 'missing.png')], {
      top: 2,
    }))
      predictions.push(p);
    expect(predictions[0]).toMatchObject({ top: [{ label: 'leaf' }, {}] });
    expect(predictions[1]).toMatchObject({ error: { code: 'image' } });
  });

  it('keeps the classes that the model knows, and unwraps to the original bytes', async () => {
    const known = join(root, 'known.onnx');
    await writeFile(known, tinyClassifier({ classes: 3 }));
    const options = optionsOf({ labels: ['leaf', 'sky', 'tomato'] });
    const { result } = await finish(wrap(known, data, options));
    expect(result.labelPlan).toBe('kept');
    expect(result.scores.base).toBeDefined();
    expect(result.scores.merged.top1).toBeGreaterThan(result.scores.base!.top1);
    const back = await unwrap(await loadModel(result.path));
    expect(back.exact).toBe(true);
    expect(Buffer.from(back.bytes).equals(await readFile(known))).toBe(true);
  });

  it('reads the scores before an ArgMax, of a model that gives the best class alone', async () => {
    const picking = join(root, 'picking.onnx');
    await writeFile(picking, tinyClassifier({ classes: 3, best: true }));
    const scoring = join(root, 'scoring.onnx');
    await writeFile(scoring, tinyClassifier({ classes: 3 }));
    const labels = ['leaf', 'sky', 'tomato'];
    const [own, same] = await Promise.all(
      [picking, scoring].map((path) => finish(wrap(path, data, optionsOf({ labels })))),
    );
    expect(own!.result.labelPlan).toBe('kept');
    // The preprocessing is measured alike, and the training is that of the model that gives its scores.
    const accuracies = (events: readonly WrapEvent[]) =>
      events
        .filter((e) => e.type === 'preprocess')
        .at(-1)!
        .measured!.candidates.map(({ name, top1 }) => [name, top1]);
    expect(accuracies(own!.events)).toEqual(accuracies(same!.events));
    expect(own!.result.scores).toEqual(same!.result.scores);
    const files = ['leaf-0.png', 'sky-3.png', 'tomato-5.png'].map((name) => join(data, name));
    const predicted = async (path: string) => {
      const all = [];
      for await (const { file, ...prediction } of predictImages(path, files))
        all.push('top' in prediction ? prediction.top.map(({ label }) => label) : prediction.error);
      return all;
    };
    expect(await predicted(own!.result.path)).toEqual(await predicted(same!.result.path));
    expect((await evaluateModel(own!.result.path, data, { split: 'holdout' })).top1).toBe(
      own!.result.scores.merged.top1,
    );
    const fresh = await finish(wrap(picking, data, optionsOf({ classes: 'new', tune: 'full' })));
    expect(fresh.result.labelPlan).toBe('new');
  });

  it('tunes every weight and exports them', async () => {
    const { result, events } = await finish(
      wrap(model, data, optionsOf({ tune: 'full', training: { epochs: 6 } })),
    );
    const losses = events.flatMap((e) => (e.type === 'epoch' ? [e.metrics.loss] : []));
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    const before = (await loadModel(model)).graph.constants.get('conv1.weight')!.read().data as Float32Array;
    const after = (await loadModel(result.path)).graph.constants.get('conv1.weight')!.read()
      .data as Float32Array;
    expect(after).not.toEqual(before);
    expect(result.verification.largestDifference).toBeLessThan(1e-4);
    const back = await unwrap(await loadModel(result.path)).catch((error: unknown) => error);
    expect(back).toBeInstanceOf(MarnetError);
  });

  it('trains a model that fixes its batch at one', async () => {
    const single = join(root, 'single.onnx');
    await writeFile(single, tinyClassifier({ classes: 3, batch: 1 }));
    const { result } = await finish(wrap(single, data, optionsOf({ tune: 'full', training: { epochs: 2 } })));
    expect((await loadModel(result.path)).inputs[0]!.shape).toEqual([1, 3, 16, 16]);
  });

  it('repeats to the byte with one seed, also from the cache', async () => {
    const first = await finish(wrap(model, data, optionsOf({ seed: 5, cacheFolder: join(root, 'cache-a') })));
    const second = await finish(
      wrap(model, data, optionsOf({ seed: 5, cacheFolder: join(root, 'cache-a') })),
    );
    expect(await digest(second.result.path)).toBe(await digest(first.result.path));
    const progress = second.events.filter((e) => e.type === 'features');
    expect(progress.at(-1)).toMatchObject({ cached: 24, total: 24 });
    const other = await finish(wrap(model, data, optionsOf({ seed: 6 })));
    expect(await digest(other.result.path)).not.toBe(await digest(first.result.path));
  });

  it.each(['frozen', 'full'] as const)(
    'goes on after an interruption as if there was none (%s)',
    async (tune) => {
      const options = optionsOf({ tune, training: { epochs: 6 } });
      const whole = await finish(
        wrap(model, data, {
          ...options,
          out: join(root, `whole-${tune}.onnx`),
          runFolder: join(root, `whole-${tune}`),
        }),
      );
      const run = wrap(model, data, options);
      let epochs = 0;
      for (;;) {
        try {
          for await (const event of run) if (event.type === 'epoch' && ++epochs === 2) run.abort();
        } catch (error) {
          expect(error).toMatchObject({ code: 'interrupted' });
          break;
        }
      }
      expect(existsSync(options.out!)).toBe(false);
      const resumed = await finish(wrap(model, data, { ...options, resume: true }));
      expect(resumed.events.filter((e) => e.type === 'epoch').length).toBeLessThan(6);
      expect(await digest(resumed.result.path)).toBe(await digest(whole.result.path));
    },
  );

  it('refuses to start anew over the checkpoint of a stopped run, before anything is written', async () => {
    const options = optionsOf({ training: { epochs: 6 } });
    const folder = options.runFolder!;
    const stopped = wrap(model, data, options);
    const watched = async () => {
      for await (const event of stopped) if (event.type === 'epoch') stopped.abort();
    };
    await expect(watched()).rejects.toMatchObject({ code: 'interrupted' });
    const kept = await Promise.all([`${folder}/last.safetensors`, `${folder}/options.json`].map(digest));
    const again = wrap(model, data, { ...options, seed: 1 });
    await expect(again.result).rejects.toMatchObject({
      code: 'usage',
      message: `the run folder "${folder}" has the checkpoint of a run that is not finished`,
      hint: expect.stringMatching(/--resume .*another folder with --run/),
    });
    expect(await Promise.all([`${folder}/last.safetensors`, `${folder}/options.json`].map(digest))).toEqual(
      kept,
    );
    // It goes on, and a run that came to its end may be repeated in its folder.
    await finish(wrap(model, data, { ...options, resume: true }));
    await finish(wrap(model, data, options));
  });

  it.each(['frozen', 'full'] as const)('does not go on with an image that was changed (%s)', async (tune) => {
    const folder = await colourFolder(join(root, `changed-${tune}`));
    const options = optionsOf({ tune, training: { epochs: 2 } });
    await finish(wrap(model, folder, options));
    const resume = (more: WrapOptionsInput = {}) =>
      wrap(model, folder, { ...options, resume: true, ...more }).result;
    // Features that are computed afresh are those of the cache.
    await resume({ cacheFolder: join(root, `cache-changed-${tune}`) });
    const image = join(folder, 'leaf-0.png');
    const before = await readFile(image);
    await copyFile(join(folder, 'sky-0.png'), image);
    await expect(resume()).rejects.toMatchObject({ code: 'resume' });
    await writeFile(image, before);
    await resume();
    // Nor with the same images otherwise prepared.
    const preprocess = { ...(await inspectModel(model)).preprocess!.preprocess, mean: [0, 0, 0] };
    await expect(resume({ preprocess })).rejects.toMatchObject({ code: 'resume' });
  });

  it('takes nothing that a finished run left in its folder for its own', async () => {
    const options = optionsOf({ compare: true, training: { epochs: 2 } });
    await finish(wrap(model, data, options));
    const other: WrapOptionsInput = { ...options, training: { ...options.training, epochs: 4 } };
    const stopped = wrap(model, data, other);
    const watched = async () => {
      for await (const event of stopped) if (event.type === 'epoch') stopped.abort();
    };
    await expect(watched()).rejects.toMatchObject({ code: 'interrupted' });
    // The plain stage of the finished run belongs to another training.
    const { events } = await finish(wrap(model, data, { ...other, resume: true }));
    expect(events.filter((e) => e.type === 'stopped').map(({ epoch }) => epoch)).toEqual([4, 4]);
  });

  it('skips and counts a corrupt image, or fails when strict', async () => {
    const folder = await colourFolder(join(root, 'corrupt'));
    await writeFile(join(folder, 'broken.png'), 'no picture');
    await appendFile(join(folder, 'metadata.csv'), 'broken.png,sky,"blue"\n');
    const { result } = await finish(wrap(model, folder, optionsOf()));
    expect(result.images.skipped.map((s) => s.id)).toEqual(['broken.png']);
    await expect(wrap(model, folder, optionsOf({ strict: true })).result).rejects.toMatchObject({
      code: 'image',
      message: expect.stringContaining('broken.png'),
    });
  });

  it('refuses data of which one class alone can be read, and names classes that lost all of their images', async () => {
    const folder = await colourFolder(join(root, 'unreadable'));
    const spoil = async (label: string) => {
      for (let i = 0; i < 8; i++) await writeFile(join(folder, `${label}-${i}.png`), 'no picture');
    };
    await spoil('sky');
    const { events } = await finish(wrap(model, folder, optionsOf({ training: { epochs: 1 } })));
    expect(events.flatMap((e) => (e.type === 'notice' ? [e.message] : []))).toContain(
      '1 class has no image left to train on, as none could be decoded: "sky"',
    );
    await spoil('tomato');
    const options = optionsOf();
    await expect(wrap(model, folder, options).result).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(
        /are of one class only, "leaf"; 16 images could not be decoded: .*\.png and 11 more$/,
      ),
      hint: expect.stringContaining('two classes or more'),
    });
    expect(existsSync(options.out!)).toBe(false);
    expect(existsSync(options.runFolder!)).toBe(false);
  });

  it('trains without any text', async () => {
    const folder = await colourFolder(join(root, 'textless'), 8, false);
    const { result, events } = await finish(wrap(model, folder, optionsOf()));
    expect(result.scores.merged.top1).toBeGreaterThan(0.5);
    const dataset = events.find((e) => e.type === 'data')!.dataset;
    expect(dataset.notices.join(' ')).toMatch(/18 .*no text/);
  });

  it('stops when the loss is no number any more, and says what to try', async () => {
    const overflowing = join(root, 'overflowing.onnx');
    await writeFile(overflowing, tinyClassifier({ classes: 3, scale: 1e39 }));
    const options = optionsOf({ labels: ['leaf', 'sky', 'tomato'] });
    const outcome = wrap(overflowing, data, options).result;
    await expect(outcome).rejects.toMatchObject({
      code: 'non-finite',
      hint: expect.stringContaining('learning rate'),
    });
    expect(existsSync(options.out!)).toBe(false);
  });

  it('refuses a model that onnxruntime has no kernels of on CPUs, where what is merged is verified', async () => {
    const graph = decodeGraph(await readFile(model));
    graph.opsets.set('com.microsoft', 1);
    const [output] = graph.nodes.find(({ op }) => op === 'Conv')!.outputs as [string];
    const b = new GraphBuilder(graph);
    const scale = b.weight('group.scale', float32(new Float32Array(8).fill(1)));
    graph.nodes = graph.nodes.flatMap((node): Node[] => {
      if (!node.outputs.includes(output)) return [node];
      const attributes = { groups: int(2), activation: int(0), channels_last: int(0) };
      const inputs = ['group.input', scale.name, scale.name];
      const group = { op: 'GroupNorm', domain: 'com.microsoft', name: 'group', inputs, attributes };
      return [
        { ...node, outputs: ['group.input'] },
        { ...group, outputs: [output] },
      ];
    });
    const grouped = join(root, 'grouped.onnx');
    await writeFile(grouped, encodeGraph(graph));
    await expect(wrap(grouped, data, optionsOf()).result).rejects.toMatchObject({
      code: 'unsupported-model',
      message:
        'onnxruntime has no kernel on CPUs of GroupNorm of domain "com.microsoft" (node "group"), so that the merged model could not be verified',
      hint: expect.stringContaining('enable_group_norm'),
    });
    await expect(openSession(grouped)).rejects.toMatchObject({
      code: 'runtime',
      message: expect.stringContaining('GroupNorm'),
      hint: expect.stringContaining('enable_group_norm'),
    });
  });

  it('refuses what cannot be done before it begins', async () => {
    await expect(wrap(model, data, optionsOf({ out: model })).result).rejects.toMatchObject({
      code: 'output',
    });
    await expect(
      wrap(model, data, optionsOf({ out: join(root, 'no', 'such', 'x.onnx') })).result,
    ).rejects.toMatchObject({ code: 'output' });
    await expect(wrap(model, join(root, 'nowhere'), optionsOf()).result).rejects.toMatchObject({
      code: 'data',
    });
    expect(() => wrap(model, data, { holdout: 3 })).toThrow(/holdout/);
    await expect(wrap(model, data, optionsOf({ labels: ['leaf', 'sky'] })).result).rejects.toMatchObject({
      code: 'usage',
      message: '2 class names are given for the model, which has 5',
      hint: expect.stringContaining('--labels'),
    });
  });
});

describe('a backbone adapter', () => {
  it('names the feature layer and keeps weights as they are', async () => {
    const adapter = defineAdapter({
      name: 'tiny-test',
      matches: (graph) => graph.constants.has('conv1.weight'),
      features: (graph) => graph.nodes.find((node) => node.op === 'GlobalAveragePool')!.inputs[0]!,
      freeze: () => ['conv1.weight'],
    });
    registerAdapter(adapter);
    try {
      const { events, result } = await finish(
        wrap(model, data, optionsOf({ tune: 'full', training: { epochs: 2 } })),
      );
      expect(events.find((e) => e.type === 'located')!.site.pooling).toBe('mean-spatial');
      const [before, after] = [await loadModel(model), await loadModel(result.path)];
      const weight = (m: typeof before, name: string) => m.graph.constants.get(name)!.read().data;
      expect(weight(after, 'conv1.weight')).toEqual(weight(before, 'conv1.weight'));
      expect(weight(after, 'conv2.weight')).not.toEqual(weight(before, 'conv2.weight'));
    } finally {
      unregisterAdapter(adapter.name);
    }
  });
});
