/** Clients of merged models: they compile, and say in Node what `predict` says. */
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientPlatform, clientFile } from '../../../codegen/client/client-file.ts';
import { SHIPPED_CLASSIFIER } from '../../../core/cli/demo/classifier.ts';
import { generateClient, loadModel } from '../../../core/index.ts';
import { command } from '../../cli/io.ts';
import { compileFolder } from '../../docs/compile.ts';
import { ROOT } from '../../docs/markdown.ts';
import { tinyClassifier } from '../../wrap/tiny.ts';
import { madeUpFacts } from './facts.ts';
import {
  clientFolder,
  largestDifference,
  type Merged,
  mergedModel,
  openClient,
  pictures,
  predicted,
  rgbaOf,
} from './merged.ts';

let folder = '';
let images: string[] = [];
const models: Record<string, Merged> = {};

beforeAll(async () => {
  folder = await clientFolder();
  images = await pictures(join(folder, 'pictures'));
  const bgr = {
    width: 16,
    height: 16,
    layout: 'NCHW',
    channels: 'BGR',
    resize: 'crop',
    resizeTo: 21,
    interpolation: 'bicubic',
    scale: 1,
    mean: [104, 117, 123],
    std: [60, 61, 62],
  } as const;
  models.demo = await mergedModel(folder, 'demo', await readFile(SHIPPED_CLASSIFIER));
  models.logits = await mergedModel(folder, 'logits', tinyClassifier({ logits: true }), { preprocess: bgr });
  models.half = await mergedModel(folder, 'half', tinyClassifier({ dtype: 'float16' }));
  models.single = await mergedModel(folder, 'single', tinyClassifier({ batch: 1 }), { externalData: true });
  models.web = await mergedModel(folder, 'web', await readFile(SHIPPED_CLASSIFIER), { to: 'tfjs' });
  for (const [name, { path }] of Object.entries(models)) {
    const { code, stderr } = await command('client', path, '-o', join(folder, `${name}.ts`), '--for', 'node');
    expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
  }
  const unused = { noUnusedLocals: true, noUnusedParameters: true, noImplicitReturns: true };
  expect(await compileFolder(folder, { noEmit: false, ...unused })).toBe('');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a client in Node', () => {
  it.each(['demo', 'logits', 'half', 'single', 'web'])('says what predict says (%s)', async (name) => {
    const { path, labels } = models[name]!;
    const client = await openClient(join(folder, `${name}.ts`));
    expect(client.labels).toEqual(labels);
    const classifier = await client.createClassifier(path, { batch: 3 });
    const classified = await classifier.classifyAll(images);
    const expected = await predicted(path, images);
    const difference = largestDifference(classified, expected);
    console.log(`${name}: ${images.length} images, largest difference ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(1e-4);
    const [first] = classified;
    expect(first!.probability).toBe(Math.max(...Object.values(first!.scores)));
    expect(client.topClasses(first!, 2).map(({ label }) => label)).toEqual(
      expected[0]!.slice(0, 2).map(({ label }) => label),
    );
    // Images do not look alike to it: a client that mixes them up would be seen.
    const scores = expected.map((top) =>
      top.map(({ label, probability }) => `${label} ${probability}`).join(),
    );
    expect(new Set(scores).size).toBe(images.length);
    await classifier.dispose();
    await expect(classifier.classify(images[0]!)).rejects.toThrow('this classifier was disposed');
  });

  it('takes paths, URLs, bytes and pixels', async () => {
    const { path } = models.demo!;
    const { createClassifier } = await openClient(join(folder, 'demo.ts'));
    const bytes = await readFile(path);
    const classifier = await createClassifier(new Uint8Array(bytes), { session: { intraOpNumThreads: 1 } });
    const fromUrl = await createClassifier(pathToFileURL(path));
    const photo = await readFile(images[0]!);
    const same = [images[0]!, pathToFileURL(images[0]!), photo, new Uint8Array(photo).buffer];
    const results = await classifier.classifyAll(same);
    results.push(await fromUrl.classify(images[0]!));
    for (const { scores } of results) expect(scores).toEqual(results[0]!.scores);
    await Promise.all([classifier.dispose(), fromUrl.dispose()]);
  });

  it('resizes pixels as files are resized', async () => {
    const { path } = models.demo!;
    const { createClassifier } = await openClient(join(folder, 'demo.ts'));
    const classifier = await createClassifier(path);
    const pixels = await Promise.all(images.map(rgbaOf));
    const expected = await predicted(path, images);
    const differences = (await classifier.classifyAll(pixels)).map((each, i) =>
      largestDifference([each], [expected[i]!]),
    );
    console.log(`pixels against files: ${differences.map((each) => each.toExponential(1)).join(', ')}`);
    // The first photo is so large that libvips resizes it, beginning with JPEG's own reduction: 2.2e-2 was measured.
    const [large, ...others] = differences;
    expect(large).toBeLessThan(0.04);
    expect(Math.max(...others)).toBeLessThan(1e-5);
    await expect(classifier.classify({ ...pixels[0]!, width: 7 })).rejects.toThrow(
      /bytes are no image of 7x/,
    );
    await classifier.dispose();
  });

  it('refuses another model, unless it is told not to look', async () => {
    const { createClassifier } = await openClient(join(folder, 'demo.ts'));
    await expect(createClassifier(models.half!.path)).rejects.toThrow(
      /half\.onnx is not the model that this client was made of \(demo\.onnx\): its SHA-256 is [0-9a-f]{64}, not/,
    );
    const web = await openClient(join(folder, 'web.ts'));
    await expect(web.createClassifier(join(folder, 'made-web', 'none.json'))).rejects.toThrow(/none\.json/);
    const bytes = await readFile(models.demo!.path);
    // A model with the same inputs and outputs but other bytes.
    const other = Buffer.concat([bytes, Buffer.from([0x32, 1, 0x78])]);
    await expect(createClassifier(other)).rejects.toThrow('the model that was given is not the model');
    const classifier = await createClassifier(other, { verify: false });
    const { label } = await classifier.classify(images[0]!);
    expect(models.demo!.labels).toContain(label);
    await classifier.dispose();
  });

  it('says what is wrong with an image, and goes on', async () => {
    const { createClassifier } = await openClient(join(folder, 'logits.ts'));
    const classifier = await createClassifier(models.logits!.path);
    const noImage = join(folder, 'logits.ts');
    await expect(classifier.classifyAll([images[0]!, noImage])).rejects.toThrow(
      /logits\.ts cannot be decoded/,
    );
    await expect(classifier.classify('gone.jpg')).rejects.toThrow(/gone\.jpg/);
    expect((await classifier.classify(images[0]!)).probability).toBeGreaterThan(0);
    await classifier.dispose();
    await expect(createClassifier(models.logits!.path, { batch: 0 })).rejects.toThrow('batch is 0');
  });
});

const VARIANTS = (['node', 'browser'] as const).flatMap((platform) =>
  [
    ...(['float32', 'float16', 'float64', 'uint8'] as const).map((dtype) =>
      madeUpFacts({ input: { name: 'i', dtype, batch: 2 } }),
    ),
    madeUpFacts({ output: { name: 'o', dtype: 'float16' }, weightFiles: ['merged.onnx.data'] }),
    madeUpFacts({ format: 'tfjs', file: 'web/model.json' }),
  ].map((each) => [platform, each] as const),
);

describe('the source of a client', () => {
  const DOM = { lib: ['es2020', 'dom', 'dom.iterable'], target: 'es2020', types: [] };
  const PLAIN = { noUnusedLocals: true, noUnusedParameters: true, noPropertyAccessFromIndexSignature: true };

  it.each<[ClientPlatform, object]>([
    ['node', { lib: ['es2020'], target: 'es2020' }],
    ['browser', DOM],
  ])('compiles under strict for %s, for every type of tensor', async (platform, settings) => {
    const place = await clientFolder();
    try {
      for (const [i, [of, each]] of VARIANTS.entries())
        if (of === platform) await writeFile(join(place, `client-${i}.ts`), clientFile(each, platform).text);
      expect(await compileFolder(place, { ...PLAIN, ...settings })).toBe('');
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });

  it('has labels of any characters as types, a thousand of them', async () => {
    const odd = [
      "it's",
      '"quoted"',
      `\`\${x}\``,
      'back\\slash',
      'two\nlines',
      '*/ end',
      '//',
      '',
      '__proto__',
      'constructor',
      '\u2028',
      '\ud800',
      '猫 🍜',
      '0',
    ];
    const labels = [...odd, ...Array.from({ length: 1000 - odd.length }, (_, i) => `class ${i}`)];
    const place = await clientFolder();
    try {
      const name = "*/ it's `odd`.onnx";
      await writeFile(join(place, 'client.ts'), clientFile(madeUpFacts({ labels, file: name }), 'node').text);
      const uses = labels.slice(0, odd.length).map((label) => `  ${JSON.stringify(label)},`);
      await writeFile(
        join(place, 'use.ts'),
        `import { type Classification, type Label, labels } from './client.ts';
export const known: readonly Label[] = [
${uses.join('\n')}
];
// @ts-expect-error no class has this name
export const unknown: Label = 'nothing';
export const all: 1000 = labels.length;
export const score = (said: Classification): number => said.scores['class 7'];
`,
      );
      expect(await compileFolder(place, { noEmit: false })).toBe('');
      expect((await openClient(join(place, 'client.ts'))).labels).toEqual(labels);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });

  it('is made of files that the package has', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
    const packed = (file: string): boolean =>
      files.some(
        (entry) => entry === file || (entry.endsWith('/*.ts') && file.startsWith(entry.slice(0, -4))),
      );
    const used = new Set(VARIANTS.flatMap(([platform, each]) => [...clientFile(each, platform).modules]));
    const paths = [...used].map((file) => relative(ROOT, file).replaceAll('\\', '/'));
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((file) => !packed(file))).toEqual([]);
    expect(files.filter((file) => /^core\//.test(file)).filter((file) => !paths.includes(file))).toEqual([]);
  });
});

describe('marnet-wrap client', () => {
  it('chooses by the format, and says so', async () => {
    const out = join(folder, 'chosen.ts');
    const onnx = await command('client', models.demo!.path, '-o', out);
    expect(onnx.stdout).toMatch(/^Written: .*chosen\.ts, 3 classes\nFor Node, as the model is an ONNX file/);
    expect(onnx.stdout).toContain('npm install onnxruntime-node sharp');
    const again = await command('client', models.web!.path, '-o', out);
    expect(again.stdout).toMatch(/^Written anew: .*\nFor browsers, as the model is one of TensorFlow\.js/);
    expect(await readFile(out, 'utf8')).toContain("from '@tensorflow/tfjs'");
    const told = await command('client', models.demo!.path, '-o', out, '--for', 'browser');
    expect(told.stdout).toMatch(/\nFor browsers\nIt needs: npm install onnxruntime-web\n$/);
    await rm(out);
  });

  it('is a function too', async () => {
    const out = join(folder, 'function.ts');
    expect(await generateClient(models.half!.path, out, { for: 'browser' })).toEqual({
      client: out,
      for: 'browser',
      format: 'onnx',
      packages: ['onnxruntime-web'],
      labels: models.half!.labels,
      updated: false,
    });
    await rm(out);
  });

  it('tells classes of one name apart by their numbers', async () => {
    const { clientFacts } = await import('../../../codegen/client/facts.ts');
    const model = await loadModel(models.demo!.path);
    const metadata = new Map(model.metadata).set(
      'marnet.labels',
      JSON.stringify(['crane', 'crane (2)', 'crane']),
    );
    expect((await clientFacts({ ...model, metadata }, models.demo!.path)).labels).toEqual([
      'crane (0)',
      'crane (2)',
      "crane (2)'",
    ]);
  });

  it.each<[string, () => string[], RegExp, number]>([
    [
      'a model that was not merged',
      () => [join(folder, 'made-demo/original.onnx'), '-o', join(folder, 'x.ts')],
      /original\.onnx is no merged model: its metadata lacks marnet\.site, .*marnet\.version \(it has marnet\.labels, marnet\.preprocess\)\nMerge it first/,
      1,
    ],
    [
      'a file that is no client',
      () => [models.demo!.path, '-o', join(folder, 'use.ts')],
      /use\.ts is there already, and is no client/,
      2,
    ],
    [
      'no TypeScript file',
      () => [models.demo!.path, '-o', 'classifier.js'],
      /--out takes a TypeScript file, not "classifier\.js"/,
      2,
    ],
    [
      'a folder that is not there',
      () => [models.demo!.path, '-o', join(folder, 'no/x.ts')],
      /cannot write .*x\.ts: its folder does not exist/,
      1,
    ],
    [
      'another place',
      () => [models.demo!.path, '-o', 'x.ts', '--for', 'deno'],
      /'deno' is invalid\. Allowed choices are node, browser/,
      2,
    ],
    [
      'a mistyped option',
      () => [models.demo!.path, '--fro', 'node'],
      /no option --fro; did you mean --for\?/,
      2,
    ],
    ['no file', () => [models.demo!.path], /the option --out <file> is missing/, 2],
  ])('refuses %s', async (_, words, message, exitCode) => {
    await writeFile(join(folder, 'use.ts'), 'export const a = 1;\n');
    const { code, stderr } = await command('client', ...words());
    expect(stderr).toMatch(message);
    expect(code).toBe(exitCode);
    expect(await readFile(join(folder, 'use.ts'), 'utf8')).toBe('export const a = 1;\n');
  });
});
