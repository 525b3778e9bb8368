import { describe, expect, it } from 'vitest';
import { DEFAULT_AUGMENT, drawAugmentation } from '../../core/data/augment/index.ts';
import { imageLength } from '../../core/data/image-length.ts';
import { imageBatches, loadImage, type SizeMemory } from '../../core/data/images.ts';
import type { Preprocess } from '../../core/data/preprocess.ts';
import { expectFailure, painted, put, temporaryFolder } from './folder.ts';

const p: Preprocess = {
  width: 24,
  height: 24,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'crop',
  resizeTo: 28,
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
};

async function photos(count: number) {
  const folder = temporaryFolder();
  const images: { id: string; file: string }[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = await painted(40 + i, 60 - i, (x, y) => [(x * 5) % 256, (y * 4) % 256, i * 9])
      .png()
      .toBuffer();
    images.push({ id: `${i}.png`, file: put(folder, `${i}.png`, bytes) });
  }
  return { folder, images };
}

const row = (data: Float32Array, i: number) => data.slice(i * imageLength(p), (i + 1) * imageLength(p));

describe('batches', () => {
  it('equal single loads, in order, whatever the batch and the look-ahead', async () => {
    const { images } = await photos(11);
    const single = await Promise.all(images.map((image) => loadImage(image.file, p)));
    for (const [batch, concurrency] of [
      [1, 1],
      [4, undefined],
      [4, 2],
      [11, undefined],
      [16, 100],
    ] as const) {
      const seen: number[] = [];
      const counts: number[] = [];
      for await (const { data, indices, count } of imageBatches(images, p, {
        batch,
        ...(concurrency ? { concurrency } : {}),
      })) {
        expect(data).toHaveLength(batch * imageLength(p));
        for (const [i, position] of indices.entries()) expect(row(data, i)).toEqual(single[position]);
        for (let i = count; i < batch; i++) expect(row(data, i).every((value) => value === 0)).toBe(true);
        seen.push(...indices);
        counts.push(count);
      }
      expect(seen).toEqual(images.map((_, i) => i));
      expect(counts.slice(0, -1).every((count) => count === batch)).toBe(true);
    }
  });

  it('a batch stays as it is while the next one is read', async () => {
    const { images } = await photos(9);
    let before: { data: Float32Array; copy: Float32Array } | undefined;
    for await (const { data } of imageBatches(images, p, { batch: 2 })) {
      if (before) expect(before.data).toEqual(before.copy);
      before = { data, copy: data.slice() };
    }
  });

  it('decodes on while the consumer blocks the thread', async () => {
    const { images } = await photos(20);
    let decoded = 0;
    const watched = images.map((image) => ({
      id: image.id,
      get file() {
        decoded++;
        return image.file;
      },
    }));
    const iterator = imageBatches(watched, p, { batch: 4 })[Symbol.asyncIterator]();
    await iterator.next();
    // All images of the two batches to come are with the decoder already.
    expect(decoded).toBeGreaterThanOrEqual(12);
    await iterator.return?.();
  });

  it('leaves out what cannot be decoded, says so, and fills up with the next', async () => {
    const { folder, images } = await photos(6);
    put(folder, '1.png', 'broken');
    put(folder, '5.png', 'broken');
    const batches = imageBatches([...images, { id: 'gone', file: `${folder}/gone.png` }], p, { batch: 2 });
    const seen: number[][] = [];
    for await (const batch of batches) seen.push([...batch.indices]);
    expect(seen).toEqual([
      [0, 2],
      [3, 4],
    ]);
    expect(batches.skipped.map(({ id, position }) => [id, position])).toEqual([
      ['1.png', 1],
      ['5.png', 5],
      ['gone', 6],
    ]);
    expect(batches.skipped[0]!.reason).toContain('1.png');
  });

  it('strict fails with the first such file', async () => {
    const { folder, images } = await photos(4);
    put(folder, '2.png', 'broken');
    const read = async () => {
      for await (const _ of imageBatches(images, p, { batch: 2, strict: true }));
    };
    await expectFailure(read(), 'image', '2.png');
  });

  it('stops with the reason of the signal', async () => {
    const { images } = await photos(6);
    const controller = new AbortController();
    const seen: number[] = [];
    const read = async () => {
      for await (const batch of imageBatches(images, p, { batch: 2, signal: controller.signal })) {
        seen.push(...batch.indices);
        controller.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow('enough');
    expect(seen).toEqual([0, 1]);
  });

  it('augments by position', async () => {
    const { images } = await photos(5);
    const augment = (position: number) => drawAugmentation(DEFAULT_AUGMENT, 1, 2, position);
    for (let pass = 0; pass < 2; pass++)
      for await (const { data, indices } of imageBatches(images, p, { batch: 5, augment }))
        for (const i of indices)
          expect(row(data, i)).toEqual(await loadImage(images[i]!.file, p, augment(i)));
  });

  it('reads headers ahead from the first large image on, and remembers sizes', async () => {
    const { folder, images } = await photos(7);
    put(
      folder,
      '1.png',
      await painted(1200, 800, (x, y) => [x % 256, y % 256, 9])
        .png()
        .toBuffer(),
    );
    const sizes: SizeMemory = new Map();
    const read = async (): Promise<Float32Array[]> => {
      const rows: Float32Array[] = [];
      for await (const { data, indices } of imageBatches(images, p, { batch: 1, concurrency: 1, sizes }))
        rows.push(...indices.map((_, i) => row(data, i).slice()));
      return rows;
    };
    const first = await read();
    expect(await sizes.get(images[1]!.file)).toEqual({ width: 1200, height: 800 });
    expect(sizes.has(images[0]!.file)).toBe(false);
    expect(sizes.has(images[6]!.file)).toBe(true);
    expect(await read()).toEqual(first);
    expect(first).toEqual(await Promise.all(images.map(({ file }) => loadImage(file, p))));
  });

  it('of nothing are none', async () => {
    for await (const _ of imageBatches([], p, { batch: 3 })) expect.unreachable();
  });
});
