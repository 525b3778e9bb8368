/**
 * Up to which size an image is better decoded whole and resized here than resized by libvips while it is read:
 * `WHOLE_PIXELS` of core/data/decode.ts.
 *
 *   npx tsx test/bench/resize.ts PHOTO
 *
 * The photograph is written at several sizes, with noise so that there is something to decode, and made 224 x 224 of 256 x 256:
 * milliseconds an image, eight at a time, the best of three rounds in turns.
 */
import sharp from 'sharp';
import { resample } from '../../core/data/pixels/resample.ts';
import { placeWhole } from '../../core/data/place.ts';
import type { Preprocess } from '../../core/data/preprocess.ts';

const ROUNDS = 3;
const AT_A_TIME = 8;
/** Pixels decoded in a round, about. */
const PIXELS = 3e7;
const SIZES = [
  [320, 320],
  [500, 375],
  [640, 480],
  [800, 600],
  [1024, 768],
  [1280, 960],
  [1600, 1200],
  [4000, 3000],
] as const;

const [photo] = process.argv.slice(2);
if (!photo) {
  console.error('usage: resize.ts PHOTO');
  process.exit(2);
}
sharp.cache(false);
const setting: Preprocess = {
  ...{ width: 224, height: 224, layout: 'NHWC', channels: 'RGB', resize: 'crop', resizeTo: 256 },
  ...{ interpolation: 'bilinear', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
};
const open = (bytes: Uint8Array) =>
  sharp(bytes, { autoOrient: true, failOn: 'error', ignoreIcc: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');

async function millisecondsOf(run: () => Promise<unknown>, count: number): Promise<number> {
  let next = 0;
  const began = performance.now();
  const work = async () => {
    while (next++ < count) await run();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return (performance.now() - began) / count;
}

for (const [width, height] of SIZES)
  for (const format of ['jpeg', 'png'] as const) {
    const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const;
    const grain = sharp({ create: { width, height, channels: 3, background: '#888', noise } });
    const bytes = await sharp(photo)
      .resize(width, height)
      .composite([{ input: await grain.png().toBuffer(), blend: 'soft-light' }])
      [format]()
      .toBuffer();
    const place = placeWhole({ width, height }, setting);
    const part = { left: place.left, top: place.top, width: setting.width, height: setting.height };
    const ways = {
      whole: async () => {
        const data = await open(bytes).raw().toBuffer();
        return resample({ data, width, height }, place, part, 'bilinear');
      },
      libvips: () =>
        open(bytes)
          .resize(place.width, place.height, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
          .extract(part)
          .raw()
          .toBuffer(),
    };
    const count = Math.max(2 * AT_A_TIME, Math.min(300, Math.round(PIXELS / width / height)));
    const best = { whole: Number.POSITIVE_INFINITY, libvips: Number.POSITIVE_INFINITY };
    for (let round = 0; round < ROUNDS; round++)
      for (const way of ['whole', 'libvips'] as const)
        best[way] = Math.min(best[way], await millisecondsOf(ways[way], count));
    console.log(
      `${`${width} x ${height}`.padEnd(12)} ${format.padEnd(5)} whole ${best.whole.toFixed(2).padStart(6)}, libvips ${best.libvips.toFixed(2).padStart(6)}`,
    );
  }
