/**
 * A frozen wrap against the least that it could take: decoding the images with sharp alone, plus the model's forward
 * pass in onnxruntime alone, all in one run; several rounds, because a machine's speed changes within minutes. The wrap is
 * that of the built package, as it is installed: sources that are translated while they are loaded start later, and run with
 * that tool's own calls in them.
 *
 * usage: npm run build && tsx test/bench/frozen-wrap.ts MODEL.onnx [--images 2000] [--size 224] [--rounds 3]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { loadModel } from '../../adapters/load.ts';
import { NEW_DISHES, paintPlate } from '../../core/cli/demo/plates.ts';
import { randomStream } from '../../core/data/index.ts';
import { imageInput } from '../../core/runtime/image-input.ts';
import { openSession } from '../../core/runtime/session.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '2000' },
    size: { type: 'string', default: '224' },
    rounds: { type: 'string', default: '3' },
  },
});
const { wrap }: typeof import('../../core/index.ts') = await import(
  new URL('../../dist/core/index.js', import.meta.url).href
);
const path = positionals[0];
if (!path) throw new Error('usage: frozen-wrap.ts MODEL.onnx [--images 2000] [--size 224] [--rounds 3]');
const count = Number(values.images);
const size = Number(values.size);
const BATCH = 16;

/** JPEGs of 320 x 320, each another cut of a painted plate. */
async function makePhotos(folder: string): Promise<string[]> {
  const plates = await Promise.all(
    Array.from({ length: 96 }, (_, i) => paintPlate(NEW_DISHES[i % NEW_DISHES.length]!, i, { size: 400 })),
  );
  const files: string[] = [];
  const rows = ['file_name,label,text'];
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const dish = NEW_DISHES[(i % plates.length) % NEW_DISHES.length]!;
    const draw = randomStream(1, 'cut', i);
    const image = sharp(plates[i % plates.length]!)
      .extract({ left: draw.int(80), top: draw.int(80), width: 320, height: 320 })
      .flop(draw.uniform() < 0.5);
    const name = `${i}.jpg`;
    await image.jpeg({ quality: 88 }).toFile(join(folder, name));
    files.push(join(folder, name));
    rows.push(`${name},${dish.name},"${dish.ingredients.join(', ')}"`);
  }
  await writeFile(join(folder, 'metadata.csv'), `${rows.join('\n')}\n`);
  return files;
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return (performance.now() - began) / 1000;
}

async function decodeAll(files: readonly string[]): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) await sharp(files[next++]!).resize(size, size).removeAlpha().raw().toBuffer();
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function forwardAll(): Promise<void> {
  const input = imageInput((await loadModel(path!)).graph);
  const session = await openSession(path!);
  const dims = [BATCH, input.channels, size, size];
  const data = new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.1);
  for (let i = 0; i < count; i += BATCH)
    await session.run({ [input.name]: { dtype: 'float32', dims, data } });
  await session.close();
}

const folder = await mkdtemp(join(tmpdir(), 'marnet-bench-'));
try {
  const files = await makePhotos(join(folder, 'photos'));
  const wrapAll = async (round: number): Promise<Record<string, number>> => {
    const began = performance.now();
    const stages: Record<string, number> = {};
    const run = wrap(path!, join(folder, 'photos'), {
      out: join(folder, 'merged.onnx'),
      runFolder: join(folder, `run-${round}`),
      cacheFolder: join(folder, `cache-${round}`),
      compare: false,
    });
    for await (const { type } of run) stages[type] ??= (performance.now() - began) / 1000;
    return stages;
  };
  await decodeAll(files.slice(0, 200)); // warms the file cache
  const format = (value: number): string => value.toFixed(1).padStart(6);
  const ratios: number[] = [];
  console.log(`${count} images at ${size}x${size}, ${path.split('/').at(-1)}; seconds`);
  console.log('decode  forward   wrap   (features done, trained, exported)   ratio');
  for (let round = 0; round < Number(values.rounds); round++) {
    const decode = await seconds(() => decodeAll(files));
    const forward = await seconds(forwardAll);
    let stages: Record<string, number> = {};
    const whole = await seconds(async () => {
      stages = await wrapAll(round);
    });
    ratios.push(whole / (decode + forward));
    const { labels = 0, stopped = 0, exported = 0 } = stages;
    console.log(
      `${format(decode)} ${format(forward)}  ${format(whole)}   (${format(labels)} ${format(stopped)} ${format(exported)})              ${ratios.at(-1)!.toFixed(2)}`,
    );
  }
  ratios.sort((a, b) => a - b);
  console.log(`median ratio ${ratios[Math.floor(ratios.length / 2)]!.toFixed(2)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
