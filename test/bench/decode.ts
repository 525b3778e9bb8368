/**
 * Decoding beside sharp's own, and beside a model's run.
 *
 *   npx tsx test/bench/decode.ts MODEL PHOTO...
 *
 * `sharp` is sharp alone, resizing to the same size, with the concurrency of 4, 8 and 16 that was best; `batches` is this
 * project's decoding of the same photographs, in batches of 16. Then the model: on pixels that are there (`run`), and
 * on photographs as they are decoded (`both`). With everything overlapped, `both` is no longer than the work of the two
 * divided among the cores, or the longer of the two where the other hides behind it. Medians of five rounds, the ways
 * in turn.
 */
import { cpus } from 'node:os';
import sharp from 'sharp';
import { loadModel } from '../../adapters/load.ts';
import { rawBatches } from '../../core/data/batches.ts';
import type { RawImage } from '../../core/data/decode.ts';
import { openEditedLanes, runImages } from '../../core/runtime/images/index.ts';
import { usualPreprocess } from '../../core/wrap/preprocess/resolve.ts';

const ROUNDS = 5;
/** Photographs a round: the given ones again and again. */
const IMAGES = 384;

const [path, ...photos] = process.argv.slice(2);
if (!path || photos.length === 0) {
  console.error('usage: decode.ts MODEL PHOTO...');
  process.exit(2);
}
const files = Array.from({ length: IMAGES }, (_, i) => photos[i % photos.length]!);
const model = await loadModel(path);
const preprocess = usualPreprocess(model);

/** As plain code with sharp would do it: the shorter side, then the centre. */
async function decodeOne(file: string): Promise<void> {
  const { resizeTo, width, height } = preprocess;
  const image = sharp(file, { autoOrient: true, ignoreIcc: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  const resized = image.resize(resizeTo, resizeTo, { fit: 'cover', kernel: 'linear' });
  const [left, top] = [(resizeTo - width) >> 1, (resizeTo - height) >> 1];
  await resized.extract({ left, top, width, height }).raw().toBuffer();
}

async function sharpAlone(concurrency: number): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < files.length) await decodeOne(files[next++]!);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

async function batchesAlone(): Promise<RawImage[]> {
  const all: RawImage[] = [];
  for await (const { images } of rawBatches(files, preprocess, { batch: 16 })) all.push(...images);
  return all;
}

const lanes = await openEditedLanes(model, model.graph, { preprocess, images: IMAGES });
const decoded = await batchesAlone();

async function runAlone(): Promise<void> {
  const parts = Array.from({ length: Math.ceil(decoded.length / lanes.batch) }, (_, i) =>
    decoded.slice(i * lanes.batch, (i + 1) * lanes.batch),
  );
  let next = 0;
  const work = async () => {
    while (next < parts.length) await lanes.run(parts[next++]!);
  };
  await Promise.all(Array.from({ length: lanes.lanes + 1 }, work));
}

async function both(): Promise<void> {
  for await (const _ of runImages(lanes, files, { strict: true }));
}

const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  'sharp, 4 at a time': () => sharpAlone(4),
  'sharp, 8 at a time': () => sharpAlone(8),
  'sharp, 16 at a time': () => sharpAlone(16),
  batches: batchesAlone,
  run: runAlone,
  both,
};
const measured = Object.keys(ways).map((name) => ({ name, times: [] as number[], work: [] as number[] }));
for (let round = 0; round < ROUNDS; round++)
  for (const { name, times, work } of measured) {
    const before = process.cpuUsage();
    const began = performance.now();
    await ways[name]!();
    times.push(performance.now() - began);
    const { user, system } = process.cpuUsage(before);
    work.push((user + system) / 1000);
  }
await lanes.close();

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
console.log(`${cpus()[0]!.model}, ${cpus().length} threads; ${IMAGES} photographs a round, ${ROUNDS} rounds`);
for (const { name, times, work } of measured) {
  const [time, cpu] = [median(times), median(work)];
  console.log(
    `${name.padEnd(20)} ${((1000 * IMAGES) / time).toFixed(0)} images/s, ${(cpu / time).toFixed(2)} cores busy`,
  );
}
const timeOf = (wanted: string): number =>
  Math.min(...measured.flatMap(({ name, times }) => (name.startsWith(wanted) ? [median(times)] : [])));
console.log(
  `batches against sharp: ${((100 * timeOf('sharp')) / timeOf('batches')).toFixed(1)} % of its throughput`,
);
const apart = timeOf('batches') + timeOf('run');
console.log(`both together take ${((100 * timeOf('both')) / apart).toFixed(1)} % of one after the other`);
