/** What cameras and the web produce, against files whose bytes are written here. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeRaw, type SizeMemory } from '../../core/data/decode.ts';
import { imageBatches, imageSize, loadImage } from '../../core/data/images.ts';
import { resample } from '../../core/data/pixels/resample.ts';
import { placeWhole } from '../../core/data/place.ts';
import type { Preprocess } from '../../core/data/preprocess.ts';
import { oriented, type PngOptions, png, tiff16, words } from './bytes.ts';
import { type Color, expectFailure, painted, put, temporaryFolder } from './folder.ts';
import { ripples, torchvision } from './reference/synthetic.ts';

/** The file's own pixels, 0..255, [height, width, 3]. */
function own(width: number, height: number, setting: Partial<Preprocess> = {}): Preprocess {
  return {
    ...{
      width,
      height,
      layout: 'NHWC',
      channels: 'RGB',
      resize: 'stretch',
      resizeTo: Math.min(width, height),
    },
    ...{ interpolation: 'bilinear', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
    ...setting,
  } as Preprocess;
}

const load = async (bytes: Uint8Array, width: number, height: number): Promise<number[]> => [
  ...(await loadImage(bytes, own(width, height))),
];

describe('samples of other widths than 8 bits', () => {
  it('16-bit RGB keeps the upper byte', async () => {
    const values = [0, 128, 255, 1000, 32768, 40000, 65535, 65280, 300, 12345, 54321, 257];
    const row = (y: number) => words(values.slice(6 * y, 6 * y + 6));
    const image = await load(png({ width: 2, height: 2, bits: 16, kind: 2, row }), 2, 2);
    image.forEach((value, i) => {
      expect(Math.abs(value - values[i]! / 257), `${values[i]}`).toBeLessThanOrEqual(1);
    });
  });

  it.each([1, 2, 4, 8] as const)('%d-bit grey spreads over the whole range', async (bits) => {
    // From black to white in as many steps as there are, packed from the most significant bit on.
    const levels = 2 ** bits;
    const width = Math.min(8, levels);
    const samples = Array.from({ length: width }, (_, i) => Math.round((i * (levels - 1)) / (width - 1)));
    const packed = new Uint8Array(Math.ceil((width * bits) / 8));
    for (const [i, sample] of samples.entries())
      packed[(i * bits) >> 3]! |= sample << (8 - bits - ((i * bits) & 7));
    const image = await load(png({ width, height: 1, bits, kind: 0, row: () => packed }), width, 1);
    const expected = samples.flatMap((sample) => Array(3).fill(Math.round((sample * 255) / (levels - 1))));
    expect(image).toEqual(expected);
  });

  it('16-bit grey with alpha lies over white', async () => {
    const row = () => words([65535 * 0.2, 65535 * 0.5]);
    const image = await load(png({ width: 1, height: 1, bits: 16, kind: 4, row }), 1, 1);
    for (const value of image) expect(Math.abs(value - (51 * 0.5 + 255 * 0.5))).toBeLessThanOrEqual(1);
  });

  it('16-bit TIFF: the first of its pages', async () => {
    const file = tiff16(4, [
      [65535, 32768, 0],
      [0, 0, 65535],
    ]);
    const image = await load(file, 4, 4);
    expect(image.slice(0, 3).map((value, i) => Math.abs(value - [255, 127.5, 0][i]!) <= 1)).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('palettes and alpha', () => {
  const palette = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30];

  it.each([2, 4, 8] as const)('%d-bit palette with transparent entries', async (bits) => {
    const packed = new Uint8Array(Math.ceil((4 * bits) / 8));
    for (let i = 0; i < 4; i++) packed[(i * bits) >> 3]! |= i << (8 - bits - ((i * bits) & 7));
    const options: PngOptions = { width: 4, height: 1, bits, kind: 3, row: () => packed, palette };
    expect(await load(png(options), 4, 1)).toEqual(palette);
    // Entry 1 is clear, entry 2 a quarter there, the others whole.
    const clear = await load(png({ ...options, transparency: [255, 0, 64] }), 4, 1);
    const expected = [255, 0, 0, 255, 255, 255, 191, 191, 255, 10, 20, 30];
    clear.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `${i}`).toBeLessThanOrEqual(1);
    });
  });

  it('RGB with alpha', async () => {
    const row = () => Uint8Array.of(200, 100, 0, 255, 200, 100, 0, 0, 200, 100, 0, 128);
    const image = await load(png({ width: 3, height: 1, bits: 8, kind: 6, row }), 3, 1);
    const expected = [200, 100, 0, 255, 255, 255, 227.4, 177.2, 127];
    image.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1);
    });
  });
});

describe('EXIF orientation, as the standard has it', () => {
  /** Where in the stored picture of w x h the displayed pixel (x, y) is (EXIF 2.32, tag 0x0112). */
  const stored: Record<number, (x: number, y: number, w: number, h: number) => readonly [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y, w) => [w - 1 - x, y],
    3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
    4: (x, y, _, h) => [x, h - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y, _, h) => [y, h - 1 - x],
    7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
    8: (x, y, w) => [w - 1 - y, x],
  };
  const colour = (x: number, y: number): [number, number, number] => [40 + x * 3, 40 + y * 6, 128];

  it.each([1, 2, 3, 4, 5, 6, 7, 8].flatMap((o) => [[o, true] as const, [o, false] as const]))(
    '%d, little endian: %s',
    async (orientation, littleEndian) => {
      const jpeg = await painted(48, 32, colour)
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer();
      const file = oriented(jpeg, orientation, littleEndian);
      const [width, height] = orientation > 4 ? [32, 48] : [48, 32];
      expect(await imageSize(file)).toEqual({ width, height });
      const image = await load(file, width, height);
      let worst = 0;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const expected = colour(...stored[orientation]!(x, y, 48, 32));
          for (let c = 0; c < 3; c++)
            worst = Math.max(worst, Math.abs(image[(y * width + x) * 3 + c]! - expected[c]!));
        }
      expect(worst).toBeLessThanOrEqual(4);
    },
  );
});

describe('a JPEG that shrinks while it is decoded', () => {
  /** Ripples of several lengths, so that a shift of half a pixel shows. */
  const ripple = (x: number, y: number): [number, number, number] => [
    128 + 100 * Math.sin(x / 5) * Math.cos(y / 7),
    128 + 100 * Math.sin((x + y) / 9),
    128 + 100 * Math.cos((x - 2 * y) / 11),
  ];

  it.each([
    [512, 512, 1],
    [505, 507, 1],
    [509, 510, 1],
    [505, 507, 6],
  ])('%d x %d, orientation %d, is not shifted', async (width, height, orientation) => {
    const jpeg = await painted(width, height, ripple).jpeg({ quality: 95 }).toBuffer();
    const whole = await sharp(jpeg).png().toBuffer();
    const shrunk = await load(oriented(jpeg, orientation, true), 96, 96);
    // The same pixels, turned, in a format that does not shrink.
    const turned = await sharp(whole)
      .rotate(orientation === 6 ? 90 : 0)
      .png()
      .toBuffer();
    const exact = await load(turned, 96, 96);
    const mean = shrunk.reduce((sum, value, i) => sum + Math.abs(value - exact[i]!), 0) / exact.length;
    expect(mean).toBeLessThan(1.5);
  });
});

it("CMYK JPEG with Adobe's inverted inks", async () => {
  // Written by Pillow: quarters of no ink, full cyan, half black, and magenta over yellow.
  const bytes = Buffer.from(
    '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5NcXlwZHhcZWdj/8AAFAgAIAAgBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAAIB//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAOBEMATQBZAEsAAD8A0BoDQGgACfwABQAAAn8AAUADPgAT+n9oIAKAUAz4AE/p/aCAP//Z',
    'base64',
  );
  expect((await sharp(bytes).metadata()).space).toBe('cmyk');
  const image = await load(bytes, 32, 32);
  const at = (x: number, y: number) =>
    image.slice((y * 32 + x) * 3, (y * 32 + x) * 3 + 3) as [number, number, number];
  for (const value of at(4, 4)) expect(value).toBeGreaterThan(245);
  const [cyanRed, cyanGreen, cyanBlue] = at(28, 4);
  expect([cyanRed < 60, cyanGreen > 130, cyanBlue > 190]).toEqual([true, true, true]);
  for (const value of at(4, 28)) expect(Math.abs(value - 145)).toBeLessThan(30);
  const [red, green, blue] = at(28, 28);
  expect([red > 200, green < 80, blue < 80]).toEqual([true, true, true]);
});

it('the first frame of an animated WebP and of an animated GIF with clear parts', async () => {
  const frame = (colour: readonly number[]) => Buffer.from(Array.from({ length: 256 }, () => colour).flat());
  const frames = Buffer.concat([frame([200, 0, 0, 255]), frame([0, 0, 200, 255])]);
  const animation = () => sharp(frames, { raw: { width: 16, height: 32, channels: 4, pageHeight: 16 } });
  for (const bytes of [
    await animation().webp({ lossless: true }).toBuffer(),
    await animation().gif().toBuffer(),
  ]) {
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    expect(await imageSize(bytes)).toEqual({ width: 16, height: 16 });
    const [red, green, blue] = await load(bytes, 16, 16);
    expect([red! > 190, green! < 10, blue! < 10]).toEqual([true, true, true]);
  }
  const clear = Buffer.concat([frame([200, 0, 0, 0]), frame([0, 0, 200, 255])]);
  const gif = await sharp(clear, { raw: { width: 16, height: 32, channels: 4, pageHeight: 16 } })
    .gif()
    .toBuffer();
  expect((await load(gif, 16, 16)).every((value) => value === 255)).toBe(true);
});

describe('huge images', () => {
  const stripes = (width: number, height: number): Buffer => {
    const [black, white] = [new Uint8Array(width / 8), new Uint8Array(width / 8).fill(255)];
    return png({ width, height, bits: 1, kind: 0, row: (y) => (y < height / 2 ? white : black) });
  };

  it('are read by lines', async () => {
    const file = stripes(12000, 12000);
    const before = process.memoryUsage().rss;
    const image = await load(file, 32, 32);
    expect([image[0], image.at(-1)]).toEqual([255, 0]);
    // All of it would be 144 MB in grey and 432 MB in colours.
    expect(process.memoryUsage().rss - before).toBeLessThan(144e6);
  });

  it('beyond the bound are refused by their header', async () => {
    const folder = temporaryFolder();
    const file = put(folder, 'wall.png', stripes(20000, 16000));
    await expectFailure(loadImage(file, own(8, 8)), 'image', 'wall.png', 'more than 268402689 pixels');
    const photo = await painted(16, 16, () => [1, 2, 3])
      .png()
      .toBuffer();
    const claims = Buffer.from(photo);
    claims.writeUInt32BE(400000, 16);
    await expectFailure(loadImage(put(folder, 'claim.png', claims), own(8, 8)), 'image', 'claim.png');
  });
});

describe('cut short', () => {
  it('is skipped and counted, or an error where strict', async () => {
    const folder = temporaryFolder();
    const noisy = () => painted(200, 150, (x, y) => [(x * 7) % 256, (y * 5) % 256, (x * y) % 256]);
    const whole = {
      jpg: await noisy().jpeg().toBuffer(),
      'progressive.jpg': await noisy().jpeg({ progressive: true }).toBuffer(),
      png: await noisy().png().toBuffer(),
      webp: await noisy().webp().toBuffer(),
      gif: await noisy().gif().toBuffer(),
      tif: await noisy().tiff({ compression: 'none' }).toBuffer(),
    };
    const files = Object.entries(whole).flatMap(([end, bytes]) => [
      put(folder, `whole.${end}`, bytes),
      put(folder, `cut.${end}`, bytes.subarray(0, Math.floor(bytes.length / 2))),
    ]);
    const batches = imageBatches(files, own(16, 16), { batch: 4 });
    const read: string[] = [];
    for await (const { indices } of batches) read.push(...indices.map((i) => files[i]!));
    expect(read).toEqual(files.filter((file) => file.includes('whole.')));
    expect(batches.skipped.map(({ id }) => id)).toEqual(files.filter((file) => file.includes('cut.')));
    for (const { reason } of batches.skipped) expect(reason).toContain('cannot be decoded');
    const strict = async () => {
      for await (const _ of imageBatches(files, own(16, 16), { batch: 4, strict: true }));
    };
    await expectFailure(strict(), 'image', 'cut.jpg');
  });
});

describe('resizing and cropping', () => {
  it.each(['bilinear', 'bicubic'] as const)("enlarges on Pillow's grid: %s", async (interpolation) => {
    const { data, width, height } = ripples(21, 13);
    const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const image = await loadImage(bytes, own(28, 28, { resize: 'crop', resizeTo: 32, interpolation }));
    expect(Uint8Array.from(image)).toEqual(torchvision(`enlarge ${interpolation}`));
  });

  it.each(['bilinear', 'bicubic'] as const)("is torchvision's: %s", async (interpolation) => {
    const { data, width, height } = ripples(150, 110);
    const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const image = await loadImage(bytes, own(28, 28, { resize: 'crop', resizeTo: 32, interpolation }));
    const expected = torchvision(`crop ${interpolation}`);
    expect(Uint8Array.from(image)).toEqual(expected);
    const plain = await loadImage(bytes, own(28, 28, { resize: 'stretch', interpolation }));
    const other = plain.reduce((sum, value, i) => sum + Math.abs(value - expected[i]!), 0) / plain.length;
    expect(other).toBeGreaterThan(5);
  });

  it('of a large image is libvips’, line by line, and nearly the same', async () => {
    const [width, height] = [1200, 900];
    const colour = (x: number, y: number): Color => [
      128 + 100 * Math.sin(x / 31) * Math.cos(y / 17),
      128 + 100 * Math.sin((x + y) / 23),
      (x + y) % 256,
    ];
    const bytes = await painted(width, height, colour).png().toBuffer();
    const image = { data: await sharp(bytes).raw().toBuffer(), width, height };
    const setting = own(96, 96, { resize: 'crop', resizeTo: 110 });
    const sizes: SizeMemory = new Map();
    const file = put(temporaryFolder(), 'large.png', bytes);
    const { data: pixels } = await decodeRaw(file, setting, undefined, { sizes });
    expect(await sizes.get(file)).toEqual({ width, height });
    expect(await decodeRaw(file, setting, undefined, { sizes })).toEqual({
      ...{ data: pixels, width: 96, height: 96, flip: false },
    });
    const { width: wide, height: high, left, top } = placeWhole(image, setting);
    const exact = resample(
      image,
      { width: wide, height: high },
      { left, top, width: 96, height: 96 },
      'bilinear',
    );
    const mean = pixels.reduce((sum, v, i) => sum + Math.abs(v - exact.data[i]!), 0) / pixels.length;
    expect(mean).toBeLessThan(1);
  });

  it('asks for no header of an image that is decoded whole', async () => {
    const bytes = await painted(40, 30, () => [9, 8, 7])
      .png()
      .toBuffer();
    const sizes: SizeMemory = new Map();
    await decodeRaw(put(temporaryFolder(), 'small.png', bytes), own(8, 8), undefined, { sizes });
    expect(sizes.size).toBe(0);
  });
});
