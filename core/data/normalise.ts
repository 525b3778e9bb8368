/**
 * Pixels to the model's numbers: value = (pixel * scale - mean) / std. A pixel has only 256 values, so each channel's
 * arithmetic is a table of 256 floats, and the loop only looks up; nothing is decided within it.
 */
import { imageLength } from './image-length.ts';
import { lookUp } from './pixels/kernel/look-up.ts';
import type { Mirrored } from './pixels/look-up.ts';
import { LUMA } from './pixels/pixels.ts';
import type { Preprocess } from './preprocess.ts';

/** Writes one image into `out` at `offset`, in the layout of the preprocessing it was made for. */
export type ImageWriter = (raw: Mirrored, out: Float32Array, offset: number) => void;

/** Makes the writer for a preprocessing; its tables are computed once. */
export function imageWriter(p: Preprocess): ImageWriter {
  if (p.channels === 'gray') return grayWriter(p);
  const sources = p.channels === 'RGB' ? [0, 1, 2] : [2, 1, 0];
  const tables = sources.map((_, channel) => table(p, channel, 1, p.mean[channel]!));
  const planar = p.layout === 'NCHW';
  const how = { tables, sources, plane: planar ? p.width * p.height : 1, stride: planar ? 1 : 3 };
  return (raw, out, offset) => {
    requireRoom(p, raw, out, offset);
    lookUp(raw, how, out, offset);
  };
}

/** Grey is a weighted sum, and so is its normalisation: three tables whose entries add up. */
function grayWriter(p: Preprocess): ImageWriter {
  const [red, green, blue] = LUMA.map((share, i) => table(p, 0, share, i === 0 ? p.mean[0]! : 0)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const { width, height } = p;
  return (raw, out, offset) => {
    requireRoom(p, raw, out, offset);
    const { data } = raw;
    const step = raw.flip ? -3 : 3;
    let to = offset;
    for (let y = 0; y < height; y++) {
      let from = rowStart(y, width, step);
      for (let x = 0; x < width; x++) {
        out[to++] = red[data[from]!]! + green[data[from + 1]!]! + blue[data[from + 2]!]!;
        from += step;
      }
    }
  };
}

function rowStart(y: number, width: number, step: number): number {
  return (y * width + (step < 0 ? width - 1 : 0)) * 3;
}

function table(p: Preprocess, channel: number, share: number, mean: number): Float32Array {
  const std = p.std[channel]!;
  return Float32Array.from({ length: 256 }, (_, pixel) => (pixel * share * p.scale - mean) / std);
}

/** Checked once an image, so that the loop need not: a short array would drop pixels without a word. */
function requireRoom(p: Preprocess, raw: Mirrored, out: Float32Array, offset: number): void {
  if (offset < 0 || offset + imageLength(p) > out.length)
    throw new RangeError(`no room for an image of ${imageLength(p)} values at ${offset} of ${out.length}`);
  if (raw.data.length !== p.width * p.height * 3)
    throw new RangeError(`${raw.data.length} bytes are no RGB image of ${p.width}x${p.height}`);
}
