import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findDuplicates } from '../../../core/data/check/duplicates.ts';
import { namesLabel } from '../../../core/data/check/label-in-text.ts';
import { hashDistance } from '../../../core/data/check/perceptual-hash.ts';
import { type DataReport, inspectData } from '../../../core/data/check/report.ts';
import type { ScannedImage } from '../../../core/data/check/scan.ts';
import { randomStream } from '../../../core/data/random.ts';
import { command } from '../../cli/io.ts';
import { painted, put, putImages, temporaryFolder } from '../folder.ts';

/** Soft blobs of colour, other ones for each number: a picture with an inside, not noise. */
function scene(number: number, width = 96, height = 72) {
  const draw = randomStream(9, 'scene', number);
  const blobs = Array.from({ length: 6 }, () => ({
    at: [draw.uniform(), draw.uniform()] as const,
    size: 0.05 + 0.2 * draw.uniform(),
    colour: [draw.int(256), draw.int(256), draw.int(256)] as const,
  }));
  return painted(width, height, (x, y) => {
    const out: [number, number, number] = [40, 60, 80];
    for (const { at, size, colour } of blobs)
      if (Math.hypot(x / width - at[0], y / height - at[1]) < size)
        colour.forEach((value, c) => {
          out[c] = value;
        });
    return out;
  });
}

/** Photos of two classes, with every kind of trouble once. */
async function troubled(root: string): Promise<void> {
  const bytes: Buffer[] = [];
  for (let i = 0; i < 12; i++) bytes.push(await scene(i).png().toBuffer());
  for (let i = 0; i < 4; i++) put(root, `train/soup/${i}.png`, bytes[i]!);
  for (let i = 4; i < 8; i++) put(root, `train/egg rice/${i}.png`, bytes[i]!);
  put(root, 'val/soup/8.png', bytes[8]!);
  put(root, 'val/egg rice/same.png', bytes[5]!); // the same file as in training
  put(root, 'test/soup/9.png', bytes[9]!);
  // Scaled, recompressed and brighter: nearly the same as one in training.
  const near = await sharp(bytes[2]!).resize(150, 110).linear(0.9, 12).jpeg({ quality: 70 }).toBuffer();
  put(root, 'test/soup/near.jpg', near);
  put(root, 'test/egg rice/10.png', bytes[0]!); // a soup elsewhere
  put(root, 'train/soup/broken.png', bytes[11]!.subarray(0, 90));
  put(root, 'train/soup/0.txt', 'A hot soup with noodles');
  put(root, 'train/soup/1.txt', 'noodles, pork');
  put(root, 'classes.json', JSON.stringify({ 'egg rice': ['egg', 'rice'] }));
}

describe('the report on data', () => {
  let report: DataReport;
  let root: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'marnet-report-'));
    await troubled(root);
    report = await inspectData(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const ids = (groups: readonly (readonly { readonly id: string }[])[]) =>
    groups.map((group) => group.map(({ id }) => id));

  it('counts splits, classes and texts', () => {
    expect(report.splits).toEqual({
      train: { images: 9, withText: 6, classes: 2 },
      holdout: { images: 2, withText: 1, classes: 2 },
      test: { images: 3, withText: 1, classes: 2 },
    });
    expect(report.classes).toEqual([
      { label: 'soup', train: 5, holdout: 1, test: 2 },
      { label: 'egg rice', train: 4, holdout: 1, test: 1 },
    ]);
    expect(report.texts).toEqual({ withText: 8, different: 3, namingLabel: 7, tellingClass: 1 });
    expect(report.holdout).toBe('given');
  });

  it('finds what cannot be read, what is there twice, and what leaks', () => {
    const { images } = report;
    expect(images!.readable).toBe(13);
    expect(images!.unreadable.map(({ id }) => id)).toEqual(['train/soup/broken.png']);
    expect(images!.smallest).toMatchObject({ width: 96, height: 72 });
    expect(images!.largest).toEqual({ id: 'test/soup/near.jpg', width: 150, height: 110 });
    expect(ids(images!.exactDuplicates)).toEqual([
      ['train/egg rice/5.png', 'val/egg rice/same.png'],
      ['train/soup/0.png', 'test/egg rice/10.png'],
    ]);
    expect(ids(images!.nearDuplicates)).toEqual([['train/soup/2.png', 'test/soup/near.jpg']]);
    expect(ids(images!.leakage)).toEqual([
      ['train/egg rice/5.png', 'val/egg rice/same.png'],
      ['train/soup/0.png', 'test/egg rice/10.png'],
      ['train/soup/2.png', 'test/soup/near.jpg'],
    ]);
    expect(ids(images!.contradictions)).toEqual([['train/soup/0.png', 'test/egg rice/10.png']]);
  });

  it('is printed, or is one JSON object', async () => {
    const { code, stdout } = await command('data', root);
    expect(code).toBe(0);
    for (const part of [
      'Layout:     class folders in split folders',
      'by images in folders',
      'Classes:    2, from 6 images ("egg rice")',
      '7 images have a text with the words of the label in it',
      '1 image unreadable',
      'train/soup/2.png (soup, train) = test/soup/near.jpg (soup, test)',
      '3 pictures are in more than one split: a leak',
      '1 file has several labels',
      'holdout (validation)',
    ])
      expect(stdout).toContain(part);
    const json = JSON.parse((await command('data', root, '--json')).stdout);
    // libvips keeps one text of errors for all threads: which words a file's own error has is chance.
    const told = (of: unknown) => JSON.parse(JSON.stringify(of).replace(/(cannot be decoded): [^"]*/g, '$1'));
    expect(told(json)).toEqual(told(report));
    const quick = JSON.parse((await command('data', root, '--no-images', '--json')).stdout);
    expect(quick.images).toBeUndefined();
    expect(quick.splits).toEqual(report.splits);
  });

  it('tells mistyped options and folders that are none', async () => {
    expect((await command('data', join(root, 'nowhere'))).stderr).toContain('does not exist');
    const { code, stderr } = await command('data', root, '--columns', 'lable=x');
    expect(code).toBe(2);
    expect(stderr).toContain('"lable"; did you mean label?');
    expect((await command('data', root, '--ingredients', 'simpl')).stderr).toContain(
      'did you mean simplified?',
    );
  });
});

describe('near duplicates', () => {
  const image = (hash: readonly [number, number], seed = 1): ScannedImage => ({
    sample: { id: 'x', file: 'x', label: 0, text: undefined, split: 'train' },
    sha256: `${hash}${seed}`,
    width: 8,
    height: 8,
    hash,
    thumbnail: Uint8Array.from({ length: 192 }, (_, i) => (i * 37 * seed) % 251),
  });

  it('are all pairs of few bits, as comparing all with all finds', () => {
    const draw = randomStream(3, 'hashes');
    const flip = ([high, low]: readonly [number, number], bits: number): [number, number] => {
      const out: [number, number] = [high, low];
      for (let k = 0; k < bits; k++) out[draw.int(2)]! ^= 1 << draw.int(32);
      return [out[0] >>> 0, out[1] >>> 0];
    };
    const images = Array.from({ length: 60 }, () => image([draw.bits(), draw.bits()])).flatMap((one, i) => [
      one,
      image(flip(one.hash, i % 10)),
    ]);
    const close = (a: number, b: number) => hashDistance(images[a]!.hash, images[b]!.hash) <= 6;
    const expected = images.flatMap((_, i) =>
      i % 2 === 0 && close(i, i + 1) && images[i]!.sha256 !== images[i + 1]!.sha256 ? [[i, i + 1]] : [],
    );
    expect(expected.length).toBeGreaterThan(30);
    expect(expected.length).toBeLessThan(60);
    expect(findDuplicates(images).near).toEqual(expected);
  });

  it('need more than a hash: other colours are another picture', () => {
    expect(findDuplicates([image([1, 2]), image([1, 3], 3)]).near).toEqual([]);
    expect(findDuplicates([image([1, 2]), image([1, 3])]).near).toEqual([[0, 1]]);
  });
});

describe('a text that names the label', () => {
  it.each([
    ['A bowl of Egg-Rice', 'egg rice', true],
    ['["fried egg", "rice"]', 'egg rice', true],
    ['rice with egg', 'egg rice', false],
    ['two frogs', 'animals/frogs', true],
    ['a begging dog', 'egg', false],
    ['一碗蛋炒饭', '炒饭', true],
  ])('%s, %s: %s', (text, label, expected) => expect(namesLabel(text, label)).toBe(expected));
});

it('goes through many images without reading any twice', async () => {
  const root = temporaryFolder();
  await putImages(root, ...Array.from({ length: 40 }, (_, i) => `${i % 2}/${i}.png`));
  const steps: number[] = [];
  await inspectData(root, { onProgress: (done) => steps.push(done) });
  expect(steps).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  writeFileSync(join(root, '0/0.png'), 'no image');
  const stopped = inspectData(root, {
    signal: abort.signal,
    onProgress: () => abort.abort(new Error('enough')),
  });
  await expect(stopped).rejects.toThrow('enough');
});
