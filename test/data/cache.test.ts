import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FeatureCacheOptions, openFeatureCache } from '../../core/data/cache.ts';
import { cacheFolder } from '../../core/data/cache-folder.ts';
import type { Preprocess } from '../../core/data/preprocess.ts';
import { put, temporaryFolder } from './folder.ts';

const preprocess: Preprocess = {
  width: 8,
  height: 8,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'stretch',
  resizeTo: 8,
  interpolation: 'bilinear',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

function setUp(count: number) {
  const images = temporaryFolder();
  const folder = join(temporaryFolder(), 'cache');
  const files = Array.from({ length: count }, (_, i) => put(images, `${i}.png`, `image ${i}`));
  const options: FeatureCacheOptions = {
    model: 'ab12',
    site: 'pool',
    preprocess,
    widths: { logits: 2, features: 3 },
    folder,
  };
  return { images, folder, files, options };
}

/** Stands for the backbone: rows that follow from the file's bytes. */
function rowsOf(file: string) {
  const n = Number(readFileSync(file, 'utf8').replace(/\D/g, ''));
  return { features: Float32Array.of(n, n + 0.5, -n), logits: Float32Array.of(n * 10, 1 / (n + 1)) };
}

/** Fills what is missing and saves; returns the positions that had to be computed. */
async function compute(options: FeatureCacheOptions, files: readonly string[]) {
  const table = await openFeatureCache(options, files);
  for (const position of table.missing) table.set(position, rowsOf(files[position]!));
  await table.save();
  for (const [i, file] of files.entries()) {
    const { features, logits } = rowsOf(file);
    expect(table.arrays.features!.subarray(i * 3, i * 3 + 3)).toEqual(features);
    expect(table.arrays.logits!.subarray(i * 2, i * 2 + 2)).toEqual(logits);
  }
  return { missing: table.missing, notices: table.notices };
}

function segments(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

describe('the feature cache', () => {
  it('gives back what was stored, to the byte', async () => {
    const { files, options, folder } = setUp(5);
    expect((await compute(options, files)).missing).toEqual([0, 1, 2, 3, 4]);
    expect(await compute(options, files)).toEqual({ missing: [], notices: [] });
    expect(segments(folder, '.tmp')).toEqual([]);
    expect(segments(folder, '.f32')).toHaveLength(1);
  });

  it('computes only what is new, whatever the order', async () => {
    const { images, files, options } = setUp(5);
    await compute(options, files);
    const more = [
      put(images, 'new.png', 'image 77'),
      ...[...files].reverse(),
      put(images, 'newer.png', 'image 78'),
    ];
    expect((await compute(options, more)).missing).toEqual([0, 6]);
    expect((await compute(options, more)).missing).toEqual([]);
    expect((await compute(options, files.slice(2, 4))).missing).toEqual([]);
  });

  it('a changed file is computed again, even with its old size and time', async () => {
    const { files, options } = setUp(3);
    await compute(options, files);
    const { atime, mtime, size } = statSync(files[1]!);
    writeFileSync(files[1]!, 'image 9');
    utimesSync(files[1]!, atime, mtime);
    expect(statSync(files[1]!).size).toBe(size);
    expect((await compute(options, files)).missing).toEqual([1]);
  });

  it('a moved, copied or touched file is not', async () => {
    const { images, files, options } = setUp(3);
    await compute(options, files);
    utimesSync(files[0]!, 1, 1);
    cpSync(files[1]!, join(images, 'copy.png'));
    expect((await compute(options, [files[0]!, join(images, 'copy.png'), files[1]!])).missing).toEqual([]);
  });

  it('equal images are stored once', async () => {
    const { images, files, options, folder } = setUp(1);
    await compute(options, [files[0]!, put(images, 'same.png', 'image 0')]);
    expect(statSync(segments(folder, '.f32')[0]!).size).toBe(5 * 4);
  });

  it.each([
    ['model', { model: 'cd34' }],
    ['site', { site: 'flatten' }],
    ['preprocessing', { preprocess: { ...preprocess, interpolation: 'bicubic' } }],
    ['variant', { variant: 'half' }],
  ] as const)('another %s has rows of its own', async (_, change) => {
    const { files, options } = setUp(2);
    await compute(options, files);
    expect((await compute({ ...options, ...change }, files)).missing).toEqual([0, 1]);
    expect((await compute(options, files)).missing).toEqual([]);
  });

  it('another width, too; the order of names does not matter', async () => {
    const { files, options } = setUp(2);
    await compute(options, files);
    expect(
      (await openFeatureCache({ ...options, widths: { features: 2, logits: 3 } }, files)).missing,
    ).toEqual([0, 1]);
    expect(
      (await openFeatureCache({ ...options, widths: { features: 3, logits: 2 } }, files)).missing,
    ).toEqual([]);
  });

  it.each([
    ['cut short', (f32: string) => writeFileSync(f32, readFileSync(f32).subarray(0, 7))],
    ['too long', (f32: string) => appendFileSync(f32, 'more')],
    [
      'changed',
      (f32: string) => {
        const bytes = readFileSync(f32);
        bytes[5]! ^= 1;
        writeFileSync(f32, bytes);
      },
    ],
  ])('rows that are %s are passed over and computed again', async (_, damage) => {
    const { files, options, folder } = setUp(3);
    await compute(options, files);
    const f32 = segments(folder, '.f32')[0]!;
    damage(f32);
    const { missing, notices } = await compute(options, files);
    expect(missing).toEqual([0, 1, 2]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(JSON.stringify(f32));
    expect((await compute(options, files)).missing).toEqual([]);
  });

  it('an index that is no JSON is passed over', async () => {
    const { files, options, folder } = setUp(2);
    await compute(options, files);
    writeFileSync(segments(folder, '.json')[0]!, '{"rowLength": 5,');
    expect((await compute(options, files)).missing).toEqual([0, 1]);
  });

  it('saves in pieces, so that a long job that is cut off keeps what it had', async () => {
    const { files, options } = setUp(4);
    const table = await openFeatureCache(options, files);
    for (const position of [0, 1]) table.set(position, rowsOf(files[position]!));
    await table.save();
    table.set(2, rowsOf(files[2]!));
    expect((await compute(options, files)).missing).toEqual([2, 3]);
  });

  it('skipped images stay missing, unreadable files are not hashed', async () => {
    const { files, options, images } = setUp(2);
    const table = await openFeatureCache(options, [...files, join(images, 'none.png')]);
    expect(table.missing).toEqual([0, 1, 2]);
    table.set(0, rowsOf(files[0]!));
    await table.save();
    expect((await openFeatureCache(options, files)).missing).toEqual([1]);
  });

  it('a place that cannot be written or read costs a notice', async () => {
    const { files, options, images } = setUp(2);
    const table = await openFeatureCache(
      { ...options, folder: join(put(images, 'file', 'x'), 'below') },
      files,
    );
    for (const position of table.missing) table.set(position, rowsOf(files[position]!));
    await table.save();
    table.set(0, rowsOf(files[0]!));
    await table.save();
    expect(table.notices.filter((notice) => notice.includes('cannot be written'))).toHaveLength(1);
    expect(table.arrays.features![3]).toBe(1);
  });

  it('may be done without', async () => {
    const { files, options } = setUp(2);
    const without = { ...options, folder: false } as const;
    expect((await compute(without, files)).missing).toEqual([0, 1]);
    expect((await compute(without, files)).missing).toEqual([0, 1]);
  });

  it('refuses rows of the wrong width, and stops on request', async () => {
    const { files, options } = setUp(1);
    const table = await openFeatureCache(options, files);
    expect(() => table.set(0, { features: new Float32Array(3) })).toThrow('logits');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(openFeatureCache({ ...options, signal }, files)).rejects.toThrow('enough');
  });

  it('lies where caches lie', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe(join('/x', 'marnet-wrap'));
    expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'marnet-wrap'));
  });
});
