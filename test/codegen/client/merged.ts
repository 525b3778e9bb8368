/** Merged models, their clients and pictures, for the tests of clients. */
import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import type { Image } from '../../../codegen/client/parts/image.node.ts';
import { type NamedClass, predictImages, type WrapOptionsInput, wrap } from '../../../core/index.ts';
import { ROOT } from '../../docs/markdown.ts';
import { colourFolder } from '../../wrap/tiny.ts';

type Parts = typeof import('../../../codegen/client/parts/classifier.ts');

/** What a client exports. */
export interface Client {
  readonly labels: readonly string[];
  createClassifier(...words: Parameters<Parts['createClassifier']>): Promise<ClassifierOfAny>;
  topClasses(said: SaidOfAny, count: number): { readonly label: string; readonly probability: number }[];
}

interface ClassifierOfAny {
  classify(image: Image): Promise<SaidOfAny>;
  classifyAll(images: Iterable<Image>): Promise<SaidOfAny[]>;
  dispose(): Promise<void>;
}

/** Of a model whose classes are not known to the compiler. */
interface SaidOfAny {
  readonly label: string;
  readonly probability: number;
  readonly scores: Readonly<Record<string, number>>;
}

export interface Merged {
  readonly path: string;
  readonly labels: readonly string[];
}

/** A folder in which a program finds this project's packages. */
export function clientFolder(): Promise<string> {
  return mkdtemp(join(ROOT, 'node_modules/.client-'));
}

/** A classifier of three colours, merged in `folder` under `name`. */
export async function mergedModel(
  folder: string,
  name: string,
  classifier: Uint8Array,
  options: Partial<WrapOptionsInput> = {},
): Promise<Merged> {
  const home = join(folder, `made-${name}`);
  await mkdir(home);
  const original = join(home, 'original.onnx');
  await writeFile(original, classifier);
  const run = wrap(original, await colourFolder(join(home, 'colours')), {
    out: join(folder, options.to === 'tfjs' ? name : `${name}.onnx`),
    seed: 5,
    compare: false,
    device: 'cpu',
    runFolder: join(home, 'run'),
    cacheFolder: join(home, 'cache'),
    training: { epochs: 2, batch: 8, learningRate: 0.003 },
    ...options,
  });
  const { path, labels } = await run.result;
  return { path, labels };
}

/** A compiled client. */
export function openClient(file: string): Promise<Client> {
  return import(pathToFileURL(file.replace(/ts$/, 'js')).href);
}

/** What this project says of images: all classes of each, the best first. */
export async function predicted(model: string, files: readonly string[]): Promise<(readonly NamedClass[])[]> {
  const all: (readonly NamedClass[])[] = [];
  for await (const prediction of predictImages(model, files, { top: 1000, device: 'cpu' })) {
    if ('error' in prediction) throw prediction.error;
    all.push(prediction.top);
  }
  return all;
}

/** The largest difference of a probability; throws where a best class is another, or a class is missing. */
export function largestDifference(
  classified: readonly SaidOfAny[],
  expected: readonly (readonly NamedClass[])[],
): number {
  if (classified.length !== expected.length)
    throw new Error(`${classified.length} results for ${expected.length} images`);
  let largest = 0;
  for (const [i, top] of expected.entries()) {
    const { label, scores } = classified[i]!;
    if (label !== top[0]!.label) throw new Error(`image ${i}: ${label}, not ${top[0]!.label}`);
    for (const each of top) largest = Math.max(largest, Math.abs(scores[each.label]! - each.probability));
  }
  if (!Number.isFinite(largest)) throw new Error('a class has no score');
  return largest;
}

/** The pixels of an image file, upright, with transparency. */
export async function rgbaOf(file: string) {
  const { data, info } = await sharp(file, { autoOrient: true, ignoreIcc: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

/** A photograph of 1280 x 1158 pixels, in a package of the development dependencies. */
const PHOTO = join(ROOT, 'node_modules/@vladmandic/human/assets/samples.jpg');

/** Pictures as people have them: parts of a photograph, of many sizes, formats and ways to be decoded. */
export async function pictures(folder: string): Promise<string[]> {
  await mkdir(folder);
  const file = (name: string): string => join(folder, name);
  const part = (left: number, top: number, width: number, height: number) =>
    sharp(PHOTO).extract({ left, top, width, height });
  await copyFile(PHOTO, file('photo.jpg'));
  await part(0, 0, 640, 480).jpeg({ progressive: true }).toFile(file('progressive.jpg'));
  await part(640, 0, 600, 400).withMetadata({ orientation: 6 }).jpeg().toFile(file('turned.jpg'));
  await part(0, 600, 500, 333).greyscale().jpeg().toFile(file('grey.jpg'));
  await part(500, 500, 300, 500).webp({ quality: 90 }).toFile(file('tall.webp'));
  await part(100, 700, 400, 100).png().toFile(file('wide.png'));
  await part(300, 300, 200, 200)
    .composite([
      {
        input: Buffer.from([0, 0, 0, 90]),
        raw: { width: 1, height: 1, channels: 4 },
        tile: true,
        blend: 'dest-in',
      },
    ])
    .png()
    .toFile(file('transparent.png'));
  await part(200, 100, 200, 160).resize(11, 9).png().toFile(file('tiny.png'));
  return [
    'photo.jpg',
    'progressive.jpg',
    'turned.jpg',
    'grey.jpg',
    'tall.webp',
    'wide.png',
    'transparent.png',
    'tiny.png',
  ].map(file);
}
