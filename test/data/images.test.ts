import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cropWindow, drawAugmentation } from '../../core/data/augment/index.ts';
import { imageSize, loadImage, writeImage } from '../../core/data/images.ts';
import type { Preprocess } from '../../core/data/preprocess.ts';
import { type Color, expectFailure, painted, put, temporaryFolder } from './folder.ts';

/** Raw pixels of a 48 x 32 input: values 0..255 as they are. */
const raw: Preprocess = {
  width: 48,
  height: 32,
  layout: 'NHWC',
  channels: 'RGB',
  resize: 'stretch',
  resizeTo: 32,
  interpolation: 'bilinear',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** Four quarters of different colours, so that turning and mirroring show. */
const quarters = (width: number, height: number, x: number, y: number): Color =>
  y < height / 2
    ? x < width / 2
      ? [220, 30, 30]
      : [30, 200, 40]
    : x < width / 2
      ? [40, 40, 210]
      : [200, 200, 190];

const picture = (width = 96, height = 64) => painted(width, height, (x, y) => quarters(width, height, x, y));

/** The colour at a share of width and height of an NHWC image. */
function at(image: Float32Array, p: Preprocess, fx: number, fy: number): number[] {
  const offset = (Math.floor(fy * p.height) * p.width + Math.floor(fx * p.width)) * 3;
  return [...image.subarray(offset, offset + 3)];
}

function expectColor(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  const difference = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)));
  expect(difference, `${actual} instead of ${expected}`).toBeLessThanOrEqual(tolerance);
}

function expectQuarters(image: Float32Array, p: Preprocess, tolerance: number): void {
  for (const [fx, fy] of [
    [0.2, 0.2],
    [0.8, 0.2],
    [0.2, 0.8],
    [0.8, 0.8],
  ] as const)
    expectColor(at(image, p, fx, fy), quarters(1, 1, fx, fy), tolerance);
}

describe('formats', () => {
  it.each([
    ['JPEG', 'a.jpg', () => picture().jpeg({ quality: 95 }), 6],
    ['progressive JPEG', 'a.jpg', () => picture().jpeg({ quality: 95, progressive: true }), 6],
    ['PNG', 'a.png', () => picture().png(), 0],
    ['palette PNG', 'a.png', () => picture().png({ palette: true }), 2],
    ['WebP', 'a.webp', () => picture().webp({ lossless: true }), 0],
    ['TIFF', 'a.tiff', () => picture().tiff({ compression: 'lzw' }), 0],
    ['GIF', 'a.gif', () => picture().gif(), 8],
    ['AVIF', 'a.avif', () => picture().avif({ lossless: true, chromaSubsampling: '4:4:4' }), 3],
    ['16-bit PNG', 'a.png', () => picture().toColourspace('rgb16').png(), 1],
    ['16-bit TIFF', 'a.tif', () => picture().toColourspace('rgb16').tiff(), 1],
    // The round trip through inks is not exact: strong colours lie outside what they can print.
    ['CMYK JPEG', 'a.jpg', () => picture().toColourspace('cmyk').jpeg({ quality: 95 }), 90],
    ['JPEG with another name', 'a.png', () => picture().jpeg({ quality: 95 }), 6],
  ] as const)('%s', async (_, name, encode, tolerance) => {
    const file = put(temporaryFolder(), name, await encode().toBuffer());
    expectQuarters(await loadImage(file, raw), raw, tolerance);
    // Bytes are read as the file is.
    expect(await loadImage(readFileSync(file), raw)).toEqual(await loadImage(file, raw));
  });

  it('CMYK keeps a colour that inks can print', async () => {
    const bytes = await painted(32, 32, () => [150, 120, 90])
      .withIccProfile('cmyk')
      .jpeg({ quality: 98 })
      .toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    expectColor(at(await loadImage(bytes, raw), raw, 0.5, 0.5), [150, 120, 90], 20);
  });

  it.each([
    ['8-bit', 'b-w'],
    ['16-bit', 'grey16'],
  ] as const)('%s grey is the same in all channels', async (_, space) => {
    const bytes = await painted(20, 20, () => [77, 77, 77])
      .toColourspace(space)
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(1);
    expectColor(at(await loadImage(bytes, raw), raw, 0.5, 0.5), [77, 77, 77], 1);
  });

  it('alpha lies over white', async () => {
    const half = await picture().ensureAlpha(0.5).png().toBuffer();
    expectColor(at(await loadImage(half, raw), raw, 0.2, 0.2), [238, 143, 143], 2); // 255 - (255 - c) * 0.5
    const clear = await picture().ensureAlpha(0).webp({ lossless: true, exact: true }).toBuffer();
    expectColor(at(await loadImage(clear, raw), raw, 0.2, 0.2), [255, 255, 255], 0);
    const grey = await picture().toColourspace('b-w').ensureAlpha(0).png().toBuffer();
    expectColor(at(await loadImage(grey, raw), raw, 0.2, 0.2), [255, 255, 255], 0);
  });

  it('the first frame of an animation counts', async () => {
    const frames = Buffer.concat([
      await painted(16, 16, () => [200, 0, 0])
        .raw()
        .toBuffer(),
      await painted(16, 16, () => [0, 0, 200])
        .raw()
        .toBuffer(),
    ]);
    const bytes = await sharp(frames, { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } })
      .gif()
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    expectColor(at(await loadImage(bytes, raw), raw, 0.5, 0.5), [200, 0, 0], 8);
  });

  it('RGB profiles are ignored, as training pipelines do', async () => {
    const tagged = await picture().withIccProfile('p3').png().toBuffer();
    const { data } = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    expectColor(at(await loadImage(tagged, raw), raw, 0.1, 0.1), [...data.subarray(0, 3)], 0);
  });
});

describe('EXIF orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i', async (orientation) => {
    const upright = await picture().png().toBuffer();
    // The stored picture is the upright one turned against the orientation, then mirrored where the standard mirrors.
    const angle = [0, 0, 0, 180, 0, 90, 270, 90, 90][orientation]!;
    const turned = sharp(await sharp(upright).rotate(angle).png().toBuffer());
    const mirrored = [2, 5].includes(orientation)
      ? turned.flop()
      : [4, 7].includes(orientation)
        ? turned.flip()
        : turned;
    const bytes = await mirrored.withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(bytes).metadata()).orientation).toBe(orientation);
    expect(await imageSize(bytes)).toEqual({ width: 96, height: 64 });
    for (const p of [raw, { ...raw, resize: 'crop' } as const])
      expectQuarters(await loadImage(bytes, p), p, 8);
  });
});

describe('the numbers', () => {
  it('are (pixel * scale - mean) / std, in every layout and channel order', async () => {
    const bytes = await painted(48, 32, (x, y) => [x * 5, y * 7, (x + y) * 3])
      .png()
      .toBuffer();
    const p = { ...raw, scale: 1 / 255, mean: [0.1, 0.2, 0.3], std: [0.5, 0.6, 0.7] };
    const pixel = (x: number, y: number) => [x * 5, y * 7, (x + y) * 3] as const;
    for (const layout of ['NCHW', 'NHWC'] as const)
      for (const channels of ['RGB', 'BGR'] as const) {
        const image = await loadImage(bytes, { ...p, layout, channels });
        let worst = 0;
        for (let y = 0; y < 32; y++)
          for (let x = 0; x < 48; x++)
            for (let c = 0; c < 3; c++) {
              const value = pixel(x, y)[channels === 'RGB' ? c : 2 - c]!;
              const index = layout === 'NCHW' ? (c * 32 + y) * 48 + x : (y * 48 + x) * 3 + c;
              worst = Math.max(worst, Math.abs(image[index]! - (value / 255 - p.mean[c]!) / p.std[c]!));
            }
        expect(worst).toBeLessThan(1e-6);
      }
  });

  it('grey is the weighted sum of ITU-R BT.601', async () => {
    const bytes = await painted(48, 32, () => [200, 100, 50])
      .png()
      .toBuffer();
    const p = { ...raw, channels: 'gray', scale: 1 / 255, mean: [0.4], std: [0.2] } as const;
    const image = await loadImage(bytes, p);
    expect(image).toHaveLength(48 * 32);
    for (const value of image)
      expect(value).toBeCloseTo(((0.299 * 200 + 0.587 * 100 + 0.114 * 50) / 255 - 0.4) / 0.2, 5);
  });

  it('are written at an offset, and nowhere else', async () => {
    const bytes = await picture().png().toBuffer();
    const one = await loadImage(bytes, raw);
    const out = new Float32Array(one.length * 3).fill(-1);
    await writeImage(bytes, raw, out, one.length);
    expect(out.subarray(one.length, 2 * one.length)).toEqual(one);
    expect(out.subarray(0, one.length).every((value) => value === -1)).toBe(true);
    expect(out.subarray(2 * one.length).every((value) => value === -1)).toBe(true);
    await expect(writeImage(bytes, raw, out, 2 * one.length + 1)).rejects.toThrow('no room');
  });
});

describe('the crop', () => {
  it('resizes the shorter side and takes the centre', async () => {
    // 300 x 100 in three equal parts: the centre of it is the middle part alone.
    const part = (x: number): Color => (x < 100 ? [255, 0, 0] : x < 200 ? [0, 255, 0] : [0, 0, 255]);
    const square = { ...raw, width: 40, height: 40, resize: 'crop', resizeTo: 50 } as const;
    for (const image of [painted(300, 100, (x) => part(x)), painted(100, 300, (_, y) => part(y))]) {
      const values = await loadImage(await image.png().toBuffer(), square);
      for (const [fx, fy] of [
        [0, 0],
        [0.99, 0],
        [0, 0.99],
        [0.99, 0.99],
      ] as const)
        expectColor(at(values, square, fx, fy), [0, 255, 0], 0);
    }
  });

  it('enlarges small images and bounds strips', async () => {
    const square = { ...raw, width: 40, height: 40, resize: 'crop', resizeTo: 46 } as const;
    const tiny = await painted(1, 1, () => [9, 8, 7])
      .png()
      .toBuffer();
    expectColor(at(await loadImage(tiny, square), square, 0.5, 0.5), [9, 8, 7], 0);
    const strip = await painted(4000, 2, () => [9, 8, 7])
      .png()
      .toBuffer();
    expectColor(at(await loadImage(strip, square), square, 0.5, 0.5), [9, 8, 7], 0);
  });
});

describe('augmentation', () => {
  it('mirrors', async () => {
    const bytes = await picture().png().toBuffer();
    const plain = await loadImage(bytes, raw);
    const flip = drawAugmentation({ flip: 1, scale: undefined, ratio: [1, 1] }, 0, 0, 0);
    const mirrored = await loadImage(bytes, raw, flip);
    for (const fx of [0.05, 0.3, 0.95])
      expect(at(mirrored, raw, fx, 0.2)).toEqual(at(plain, raw, 0.999 - fx, 0.2));
    for (const layout of ['NCHW', 'NHWC'] as const) {
      const twice = await loadImage(await sharp(bytes).flop().png().toBuffer(), { ...raw, layout });
      expect(await loadImage(bytes, { ...raw, layout }, flip)).toEqual(twice);
    }
  });

  it('crops the window that was drawn, whatever the resize', async () => {
    // A ramp: the colour tells the place. Left and right end of a crop say which window it was.
    const bytes = await painted(200, 200, (x, y) => [x, y, 0])
      .png()
      .toBuffer();
    for (const resize of ['crop', 'stretch'] as const)
      for (let i = 0; i < 10; i++) {
        const p = { ...raw, width: 50, height: 50, resize, resizeTo: 57 } as const;
        const drawn = drawAugmentation({ flip: 0, scale: [0.3, 0.9], ratio: [0.75, 1.33] }, 1, 0, i);
        const image = await loadImage(bytes, p, drawn);
        const window = cropWindow(drawn, 200, 200, 1)!;
        // The corner pixels are the colours of the window's corners, to within a pixel of the input (at most 4 here).
        expectColor(at(image, p, 0, 0), [window.left, window.top], 4);
        expectColor(at(image, p, 0.999, 0.999), [window.left + window.width, window.top + window.height], 5);
        expect(await loadImage(bytes, p, drawn)).toEqual(image);
      }
  });
});

describe('damage', () => {
  it('names the file', async () => {
    const folder = temporaryFolder();
    const photo = await painted(300, 200, (x, y) => [(x * 7) % 256, (y * 5) % 256, (x * y) % 256])
      .jpeg()
      .toBuffer();
    const png = await picture(300, 200).png({ compressionLevel: 0 }).toBuffer();
    const files = [
      put(folder, 'text.jpg', 'this is no picture'),
      put(folder, 'empty.png', ''),
      put(folder, 'cut.jpg', photo.subarray(0, photo.length * 0.6)),
      put(folder, 'cut.png', png.subarray(0, png.length * 0.6)),
      put(folder, 'head.jpg', photo.subarray(0, 30)),
    ];
    for (const file of files)
      for (const p of [raw, { ...raw, resize: 'crop' } as const])
        await expectFailure(loadImage(file, p), 'image', JSON.stringify(file), 'cannot be decoded');
    await expectFailure(loadImage(`${folder}/none.jpg`, raw), 'image', 'none.jpg', 'does not exist');
    await expectFailure(imageSize(files[0]!), 'image', 'text.jpg');
  });

  it('refuses sizes beyond the bound before decoding', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"/>');
    await expectFailure(loadImage(svg, raw), 'image', 'more than 268402689 pixels');
  });
});
