/** A classifier of colours with a preprocessing that is known: which one it is has to be found. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf } from '../../../core/cli/output/lines.ts';
import { randomStream } from '../../../core/data/index.ts';
import { float32, Graph, GraphBuilder, int, ints } from '../../../core/graph/index.ts';
import {
  evaluateModel,
  loadDataset,
  loadModel,
  locateFeatures,
  parsePreprocess,
  readMergedMetadata,
  usualPreprocess,
  type WrapEvent,
  type WrapOptionsInput,
  wrap,
} from '../../../core/index.ts';
import { encodeGraph } from '../../../core/onnx/index.ts';
import { measurePreprocess } from '../../../core/wrap/preprocess/measure.ts';

type Colour = readonly [number, number, number];

const COLOURS: Readonly<Record<string, Colour>> = {
  'bright blue': [70, 80, 210],
  'bright red': [210, 80, 70],
  'dark blue': [30, 35, 110],
  'dark red': [110, 35, 30],
  'dim grey': [95, 95, 95],
  'light grey': [160, 160, 160],
  teal: [40, 150, 140],
  white: [215, 215, 215],
  yellow: [205, 190, 50],
};
const NAMES = Object.keys(COLOURS);

/**
 * Nearest centroid: logits 2 m.c - c.c, for the mean m of the preprocessed pixels and each colour's own preprocessed c.
 * The mean comes from relu(x) and relu(-x), so that there is a feature layer.
 */
function nearestColour(
  numbersOf: (colour: Colour) => readonly number[],
  layout: 'NCHW' | 'NHWC' = 'NCHW',
  dtype: 'float32' | 'uint8' = 'float32',
): Uint8Array {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  const given = b.input('image', dtype, layout === 'NCHW' ? ['N', 3, 16, 16] : ['N', 16, 16, 3]);
  const float = b.cast(given, 'float32');
  const image = layout === 'NCHW' ? float : b.op('Transpose', [float], { perm: ints([0, 3, 1, 2]) });
  const signs = Float32Array.from({ length: 18 }, (_, i) =>
    Math.floor(i / 3) % 3 === i % 3 ? (i < 9 ? 1 : -1) : 0,
  );
  const both = b.relu(
    b.op('Conv', [image, b.weight('conv.weight', float32(signs, [6, 3, 1, 1]))], {
      kernel_shape: ints([1, 1]),
    }),
  );
  const features = b.op('Flatten', [b.op('GlobalAveragePool', [both])], { axis: int(1) });
  const centroids = NAMES.map((name) => numbersOf(COLOURS[name]!));
  const sharpness = 40 / Math.max(...centroids.flat().map((v) => v * v));
  const weight = centroids.flatMap((c) => [...c, ...c.map((v) => -v)].map((v) => 2 * v * sharpness));
  const bias = centroids.map((c) => -sharpness * c.reduce((sum, v) => sum + v * v, 0));
  const logits = b.op(
    'Gemm',
    [
      features,
      b.weight('fc.weight', float32(Float32Array.from(weight), [NAMES.length, 6])),
      b.weight('fc.bias', float32(Float32Array.from(bias), [NAMES.length])),
    ],
    { transB: int(1) },
  );
  b.output(b.op('Softmax', [logits], { axis: int(1) }), 'probabilities');
  return encodeGraph(graph);
}

/** A colour in the numbers of a preset, in the order of its channels; written out, not computed by the code under test. */
const TRUTHS: Readonly<Record<string, (colour: Colour) => readonly number[]>> = {
  imagenet: ([r, g, b]) => [(r / 255 - 0.485) / 0.229, (g / 255 - 0.456) / 0.224, (b / 255 - 0.406) / 0.225],
  unit: (colour) => colour.map((v) => v / 255),
  signed: (colour) => colour.map((v) => v / 127.5 - 1),
  raw: (colour) => colour,
  caffe: ([r, g, b]) => [b - 103.939, g - 116.779, r - 123.68],
  'unit,channels=BGR': ([r, g, b]) => [b / 255, g / 255, r / 255],
  'raw,channels=BGR': ([r, g, b]) => [b, g, r],
};

let root: string;
let data: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'marnet-measure-'));
  data = join(root, 'colours');
  for (const name of NAMES) {
    await mkdir(join(data, name), { recursive: true });
    for (let i = 0; i < 9; i++) {
      const { int: below } = randomStream(1, name, i);
      const shift = below(25) - 12;
      const pixels = Buffer.from(
        Array.from({ length: 20 * 20 * 3 }, (_, k) => COLOURS[name]![k % 3]! + shift + below(31) - 15),
      );
      await sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } })
        .png()
        .toFile(join(data, name, `${i}.png`));
    }
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('measuring', () => {
  it.each(Object.keys(TRUTHS))('finds %s', async (name) => {
    const model = await loadModel(nearestColour(TRUTHS[name]!));
    const usual = usualPreprocess(model);
    const dataset = await loadDataset(data);
    const measured = (await measurePreprocess({
      model,
      site: locateFeatures(model)[0]!,
      usual,
      samples: dataset.samples.filter((sample) => sample.split === 'train'),
      positionOf: (label) => label,
      seed: 0,
      signal: new AbortController().signal,
    }))!;
    expect(measured.chosen).toBe(name);
    expect(measured.candidates[0]!.name).toBe('imagenet');
    const own = measured.candidates.find((candidate) => candidate.name === name)!;
    expect(own.top1).toBe(1);
    const { resize, resizeTo } = usual;
    expect(measured.preprocess).toEqual({ ...parsePreprocess(name, usual), resize, resizeTo });
    // Images of one colour look the same however they are resized, and that is told.
    if (measured.decided) expect(measured.reason).toContain('resize');
  });
});

async function train(model: string | Uint8Array, options: WrapOptionsInput = {}) {
  const loaded = typeof model === 'string' ? model : await loadModel(model);
  const run = wrap(loaded, data, {
    out: join(root, `merged-${Math.random()}.onnx`),
    runFolder: join(root, `run-${Math.random()}`),
    cacheFolder: join(root, 'cache'),
    compare: false,
    heads: { ema: false, cdr: false },
    training: { epochs: 1 },
    ...options,
  });
  const events: WrapEvent[] = [];
  for await (const event of run) events.push(event);
  const event = events.findLast((each) => each.type === 'preprocess')!;
  return { event, lines: linesOf(event).join('\n'), result: await run.result };
}

describe('a wrap', () => {
  it('measures what nobody says, prints it, and writes it into the merged model', async () => {
    const path = join(root, 'caffe.onnx');
    await writeFile(path, nearestColour(TRUTHS.caffe!, 'NHWC'));
    const { event, lines, result } = await train(path, { labels: NAMES });
    expect(event.origin).toBe('measured');
    expect(event.measured!.images).toBe(63);
    expect(lines).toMatch(/caffe +100\.0 % +-?0\.\d\d +taken/);
    expect(lines).toMatch(/imagenet +\d+\.\d %/);
    expect(result.scores.base!.top1).toBe(1);
    const merged = await loadModel(result.path);
    expect(readMergedMetadata(merged.metadata)!.preprocess).toEqual(event.preprocess);
    expect(event.preprocess).toMatchObject({ channels: 'BGR', layout: 'NHWC', scale: 1 });
    // A later comparison does to the base model what the merged one does.
    const { base } = await evaluateModel(result.path, data, { base: path });
    expect(base!.top1).toBe(1);
  });

  it.each(['frozen', 'full'] as const)(
    'tries what an input of uint8 can hold alone, and trains on that (%s)',
    async (tune) => {
      const model = nearestColour(([red, green, blue]) => [blue, green, red], 'NCHW', 'uint8');
      const { event, result } = await train(model, { labels: NAMES, tune });
      const names = event.measured!.candidates.map(({ name }) => name.replace(/,resize.*/, ''));
      expect([...new Set(names)]).toEqual(['raw', 'raw,channels=BGR']);
      expect(event.preprocess).toMatchObject({ channels: 'BGR', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] });
      expect(result.scores.base!.top1).toBe(1);
      const merged = await loadModel(result.path);
      expect(readMergedMetadata(merged.metadata)!.preprocess).toEqual(event.preprocess);
      expect((await evaluateModel(result.path, data)).preprocess).toEqual(event.preprocess);
    },
  );

  it('takes the classes by number where the model has no names', async () => {
    const { event, result } = await train(nearestColour(TRUTHS.signed!));
    expect([event.origin, event.measured!.chosen]).toEqual(['measured', 'signed']);
    expect(result.labelPlan).toBe('kept');
  });

  it('assumes the usual where nothing tells, and says so', async () => {
    const constant = await train(nearestColour(() => [0.001, 0.001, 0.001]));
    expect(constant.event.origin).toBe('assumed');
    expect(constant.event.preprocess).toEqual(usualPreprocess(await loadModel(nearestColour(TRUTHS.unit!))));
    expect(constant.lines).toContain('none of them is clearly better than chance');
  });

  it('measures nothing where it is told, or the labels are others', async () => {
    const model = await loadModel(nearestColour(TRUTHS.raw!));
    const preprocess = { ...parsePreprocess('raw', usualPreprocess(model)) };
    const told = await train(nearestColour(TRUTHS.raw!), { preprocess });
    expect([told.event.origin, told.event.measured]).toEqual(['option', undefined]);
    const labels = NAMES.map((name) => `not ${name}`);
    const others = await train(nearestColour(TRUTHS.raw!), { labels });
    expect([others.event.origin, others.event.measured]).toEqual(['assumed', undefined]);
  });
});
