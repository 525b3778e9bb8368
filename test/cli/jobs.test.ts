import { existsSync } from 'node:fs';
import { appendFile, readFile, stat } from 'node:fs/promises';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corruptImage, type Place, place } from './data.ts';
import { command } from './io.ts';
import { type Ended, runCommand } from './process.ts';

let here: Place;
/** What every job below is given, so that nothing is left outside its folder. */
let job: string[];
beforeAll(async () => {
  here = await place();
  job = [here.model, '--data', here.data, '--cache', here.in('cache'), '--epochs', '3', '--batch', '8'];
});
afterAll(() => here.remove());

const whole = v.pipe(v.number(), v.integer());
const images = v.pipe(whole, v.minValue(0));
const losses = v.object({ loss: v.number(), classification: v.number(), ema: v.optional(v.number()) });
/** As docs/commands.md has them. */
const eventSchema = v.variant('type', [
  v.strictObject({ type: v.literal('device'), device: v.string(), title: v.string(), reason: v.string() }),
  v.object({
    type: v.literal('located'),
    site: v.object({ value: v.string(), width: whole, reason: v.string(), shape: v.array(v.unknown()) }),
    others: v.array(v.object({ value: v.string() })),
  }),
  v.object({
    type: v.literal('preprocess'),
    preprocess: v.object({ width: whole, mean: v.array(v.number()) }),
    origin: v.picklist(['option', 'model', 'adapter', 'measured', 'input', 'graph', 'assumed']),
  }),
  v.strictObject({
    type: v.literal('data'),
    root: v.string(),
    layout: v.string(),
    why: v.string(),
    classes: v.array(v.string()),
    train: images,
    holdout: images,
    test: images,
    holdoutFrom: v.picklist(['given', 'drawn', 'none']),
    withoutText: images,
    notices: v.array(v.string()),
  }),
  v.strictObject({ type: v.literal('features'), done: images, total: images, cached: images }),
  v.strictObject({ type: v.literal('labels'), plan: v.picklist(['kept', 'new']), reason: v.string() }),
  v.strictObject({ type: v.literal('notice'), message: v.string() }),
  v.strictObject({ type: v.literal('stage'), stage: v.picklist(['marnet', 'plain']), folder: v.string() }),
  v.object({
    type: v.literal('step'),
    epoch: whole,
    epochs: whole,
    step: whole,
    stepsPerEpoch: whole,
    images,
    learningRate: v.number(),
    gradientNorm: v.number(),
    losses,
    milliseconds: v.number(),
  }),
  v.object({
    type: v.literal('epoch'),
    metrics: v.object({
      ...losses.entries,
      epoch: whole,
      trainAccuracy: v.number(),
      holdoutAccuracy: v.number(),
    }),
    best: v.boolean(),
    milliseconds: v.number(),
  }),
  v.object({ type: v.literal('checkpoint'), path: v.string(), kind: v.picklist(['last', 'best']) }),
  v.object({
    type: v.literal('stopped'),
    reason: v.picklist(['finished', 'no-improvement', 'interrupted']),
    epoch: whole,
  }),
  v.strictObject({ type: v.literal('exported'), path: v.string(), size: v.pipe(whole, v.minValue(1)) }),
  v.strictObject({
    type: v.literal('verified'),
    images,
    largestDifference: v.number(),
    agreement: v.number(),
    tolerance: v.number(),
  }),
  v.object({
    type: v.literal('finished'),
    result: v.object({ path: v.string(), runFolder: v.string(), scores: v.object({ merged: v.unknown() }) }),
  }),
]);

describe('the main job', () => {
  it('tells what it works with, compares, proves, and says what to run next', async () => {
    const out = here.in('merged.onnx');
    const { code, stdout, stderr } = await command(...job, '--out', out, '--run', here.in('run'));
    expect([code, existsSync(out)]).toEqual([0, true]);
    for (const text of [
      'Device: CPU',
      'Feature layer: ',
      '  because ',
      'Preprocessing: 96x96 RGB NCHW',
      '(from the model)',
      '4 classes; 24 images to train on, 12 images of its validation split held out; all with text',
      'Features: 36 images done',
      'Classes: a new classifier layer, because',
      `MARNet (run folder ${here.in('run')})`,
      'Plain fine-tuning',
    ])
      expect(stderr).toContain(text);
    // Told where the decision is made, and not by the reading of the data as well.
    expect(stderr.match(/the model does not know|the model's labels|replace/g)).toEqual([
      'the model does not know',
    ]);
    expect(stdout).toMatch(/plain fine-tuning +\d+\.\d %/);
    expect(stdout).toMatch(/MARNet +\d+\.\d %/);
    expect(stdout).toMatch(
      /Verified on 12 holdout images: largest difference \S+, same best class on 100\.0 %/,
    );
    expect(stdout).toContain(`marnet-wrap eval ${out} --data ${here.data}`);
    expect(stdout).toContain(`marnet-wrap predict ${out} IMAGE`);

    const evaluated = await command('eval', out, '--data', here.data, '--split', 'holdout', '--json');
    const { images: measured, top1, preprocess, preprocessOrigin } = JSON.parse(evaluated.stdout);
    expect(measured).toBe(12);
    expect([preprocess.width, preprocessOrigin]).toEqual([96, 'model']);
    // The table and a fresh evaluation of the file say the same.
    expect(stdout).toMatch(new RegExp(`MARNet +${(100 * top1).toFixed(1).replace('.', '\\.')} %`));

    const picture = `${here.data}/holdout/tomato-egg-rice-0000.jpg`;
    const predicted = await command('predict', out, picture, '--top', '2');
    expect(predicted.stdout).toMatch(/tomato-egg-rice-0000\.jpg: .+ \d+\.\d %, .+ \d+\.\d %\n$/);
    expect(predicted.stderr).toMatch(/^Preprocessing: 96x96 RGB NCHW, .+ \(from the model\)\n$/);
    const told = await command('eval', out, '--data', here.data, '--preprocess', 'unit');
    expect(told.stdout).toMatch(/^Preprocessing: 96x96 RGB NCHW, .+ \(from --preprocess\)\n/);
    const inspected = await command('inspect', out);
    expect(inspected.stdout).toMatch(/Merged: +by marnet-wrap/);
    expect(inspected.stdout).toContain('4: ');
  });

  it('with --json writes one valid event a line, in order, and nothing else', async () => {
    const out = here.in('json.onnx');
    const { code, stdout, stderr } = await command(...job, '--out', out, '--run', here.in('json'), '--json');
    expect([code, stderr]).toEqual([0, '']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => v.parse(eventSchema, JSON.parse(line)));
    const kinds = [...new Set(events.map((event) => event.type))];
    expect(kinds.slice(0, 4)).toEqual(['device', 'located', 'preprocess', 'data']);
    expect(kinds.slice(-3)).toEqual(['exported', 'verified', 'finished']);
    expect(events.filter((event) => event.type === 'step').length).toBe(2 * 3 * 3);
  });

  it('with --quiet prints the results alone', async () => {
    const argv = ['--out', here.in('quiet.onnx'), '--run', here.in('quiet'), '--quiet', '--no-compare'];
    const { code, stdout, stderr } = await command(...job, ...argv);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Merged model: ');
    expect(stdout).not.toContain('plain fine-tuning');
  });

  it('hands every option on', async () => {
    const argv = [
      '--no-cdr',
      '--no-compare',
      '--set',
      'latent=32',
      '--lr',
      '0.002',
      '--seed',
      '4',
      '--balanced',
    ];
    const folder = here.in('options');
    const { code } = await command(
      ...job,
      ...argv,
      '--out',
      here.in('options.onnx'),
      '--run',
      folder,
      '--quiet',
    );
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(`${folder}/options.json`, 'utf8'))).toMatchObject({
      seed: 4,
      compare: false,
      heads: { ema: true, cdr: false, latent: 32 },
      training: { learningRate: 0.002, epochs: 3, batch: 8, balanced: true },
    });
  });

  it('counts a corrupt image and names it; with --strict it fails', async () => {
    const spoilt = await place();
    try {
      await corruptImage(`${spoilt.data}/train/broken.jpg`);
      await appendFile(`${spoilt.data}/metadata.csv`, 'train/broken.jpg,tomato egg rice,,train\n');
      const argv = [
        spoilt.model,
        '--data',
        spoilt.data,
        '--cache',
        spoilt.in('cache'),
        '--epochs',
        '1',
        '--no-compare',
      ];
      const lenient = await command(...argv, '--out', spoilt.in('a.onnx'), '--run', spoilt.in('a'));
      expect(lenient.code).toBe(0);
      expect(lenient.stderr).toContain('1 without text');
      expect(lenient.stdout).toContain('1 image left out because they could not be decoded:');
      expect(lenient.stdout).toContain('train/broken.jpg: ');
      const strict = await command(
        ...argv,
        '--strict',
        '--out',
        spoilt.in('b.onnx'),
        '--run',
        spoilt.in('b'),
      );
      expect(strict.code).toBe(1);
      expect(strict.stderr).toContain('broken.jpg');
      expect(existsSync(spoilt.in('b.onnx'))).toBe(false);
    } finally {
      await spoilt.remove();
    }
  });
});

describe('Ctrl-C in the middle of training', () => {
  /** Starts the command as a process and interrupts it after some steps. */
  function interrupted(argv: string[]): Promise<Ended> {
    let sent = false;
    return runCommand([...argv, '--json'], {
      watch: (stdout, kill) => {
        if (sent || stdout.split('"type":"step"').length <= 5) return;
        sent = true;
        kill('SIGINT');
      },
    });
  }

  it('keeps a checkpoint, prints the command that goes on, and that ends as an unbroken run does', async () => {
    const small = ['latent', 'visualHidden', 'denoiserWidth', 'fusionHidden'].flatMap((key) => [
      '--set',
      `${key}=32`,
    ]);
    const long = [...job, '--epochs', '40', '--patience', '0', '--no-compare', ...small];
    const [broken, whole] = [here.in('broken'), here.in('whole')];
    const stopped = await interrupted([...long, '--out', here.in('broken.onnx'), '--run', broken]);
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('press Ctrl-C again to stop at once');
    expect(existsSync(here.in('broken.onnx'))).toBe(false);
    const line = stopped.stderr.split('\n').find((text) => text.trim().startsWith('marnet-wrap '))!;
    expect(line).toContain(`--resume ${broken}`);

    const resumed = await command(...line.trim().split(' ').slice(1));
    expect(resumed.code).toBe(0);
    const unbroken = await command(...long, '--out', here.in('whole.onnx'), '--run', whole, '--quiet');
    expect(unbroken.code).toBe(0);
    const metrics = await Promise.all([broken, whole].map((run) => readFile(`${run}/metrics.csv`, 'utf8')));
    expect(metrics[0]!.trim().split('\n').length).toBe(41);
    expect(metrics[0]).toBe(metrics[1]);
    expect((await stat(here.in('broken.onnx'))).size).toBeGreaterThan(100_000);
  });
});
