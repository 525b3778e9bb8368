import { expect, it } from 'vitest';
import type { RawImage } from '../../../core/data/decode.ts';
import type { Preprocess } from '../../../core/data/index.ts';
import { MarnetError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/graph/index.ts';
import { openImageModel } from '../../../core/runtime/images/image-model.ts';

const SIDE = 2;
const preprocess: Preprocess = {
  width: SIDE,
  height: SIDE,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'stretch',
  resizeTo: SIDE,
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const images: RawImage[] = Array.from({ length: 7 }, (_, i) => ({
  data: new Uint8Array(SIDE * SIDE * 3).fill(10 * i),
  width: SIDE,
  height: SIDE,
  flip: false,
}));

/** A model on a device with room for so many images, that gives the first number of each; and the sizes of its runs. */
async function modelWithRoom(most: number, batch?: number) {
  const runs: number[] = [];
  const input = {
    name: 'image',
    dtype: 'float32',
    layout: 'NCHW',
    channels: 3,
    height: SIDE,
    width: SIDE,
    batch,
  } as const;
  const model = await openImageModel(
    { source: 'model.onnx', input, preprocess, batch: 64, session: {} },
    async () => ({
      async run(feeds: Readonly<Record<string, Tensor>>) {
        const { dims, data } = feeds.image!;
        const rows = dims[0]!;
        runs.push(rows);
        if (rows > most) throw new MarnetError('device-memory', 'too little memory');
        const first = Float32Array.from({ length: rows }, (_, row) => Number(data[row * 3 * SIDE * SIDE]));
        return { first: { dtype: 'float32', dims: [rows, 1], data: first } };
      },
      close: async () => {},
    }),
  );
  return { model, runs };
}

it('runs images in parts that fit the memory, from the first failure on', async () => {
  const { model, runs } = await modelWithRoom(2);
  for (const expected of [
    [7, 4, 2, 2, 2, 1],
    [2, 2, 2, 1],
  ]) {
    runs.length = 0;
    const { first } = await model.run(images);
    expect(first!.dims).toEqual([7, 1]);
    expect(Array.from(first!.data as Float32Array, (v) => Math.round(255 * v))).toEqual([
      0, 10, 20, 30, 40, 50, 60,
    ]);
    expect(runs).toEqual(expected);
  }
});

it('cannot make a batch smaller that the model fixes, nor one image', async () => {
  await expect((await modelWithRoom(2, 8)).model.run(images)).rejects.toMatchObject({
    code: 'device-memory',
  });
  await expect((await modelWithRoom(0)).model.run(images)).rejects.toMatchObject({ code: 'device-memory' });
});
