/**
 * A frozen wrap against the least that it could take: decoding the images with sharp alone, plus the model's forward
 * pass in onnxruntime alone, all in one run. A machine's speed changes within minutes: each wrap is set against the mean of
 * the decoding and forward pass just before it and those just after it, in several rounds. The wrap is that of the built
 * package in a process of Node's own, as it is installed: here, sources are translated while they are loaded, in each of
 * its threads too.
 *
 * usage: npm run build && tsx test/bench/frozen-wrap.ts MODEL.onnx [--images 2000] [--size 224] [--rounds 3]
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import sharp from 'sharp';
import { loadModel } from '../../adapters/load.ts';
import { NEW_DISHES, paintPlate } from '../../core/cli/demo/plates.ts';
import { randomStream } from '../../core/data/index.ts';
import type { wrap } from '../../core/index.ts';
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
const BUILT = new URL('../../dist/core/index.js', import.meta.url).href;
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

/** Seconds from the call until each kind of event came first. */
async function wrapAll(call: Parameters<typeof wrap>): Promise<Record<string, number>> {
  const code = `
    const { wrap } = await import(${JSON.stringify(BUILT)});
    const began = performance.now();
    const stages = {};
    for await (const { type } of wrap(...${JSON.stringify(call)}))
      stages[type] ??= (performance.now() - began) / 1000;
    console.log(JSON.stringify(stages));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(stdout) as Record<string, number>;
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
  await decodeAll(files.slice(0, 200)); // warms the file cache
  const format = (value: number): string => value.toFixed(1).padStart(6);
  const least = async (): Promise<{ decode: number; forward: number }> => ({
    decode: await seconds(() => decodeAll(files)),
    forward: await seconds(forwardAll),
  });
  const ratios: number[] = [];
  console.log(`${count} images at ${size}x${size}, ${path.split('/').at(-1)}; seconds`);
  console.log('decode  forward   wrap   (features done, trained, exported)   ratio');
  let before = await least();
  for (let round = 0; round < Number(values.rounds); round++) {
    const stages = await wrapAll([
      path,
      join(folder, 'photos'),
      {
        out: join(folder, 'merged.onnx'),
        runFolder: join(folder, `run-${round}`),
        cacheFolder: join(folder, `cache-${round}`),
        compare: false,
      },
    ]);
    const whole = stages.finished!;
    const after = await least();
    const decode = (before.decode + after.decode) / 2;
    const forward = (before.forward + after.forward) / 2;
    before = after;
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
