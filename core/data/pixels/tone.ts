/**
 * Changes of a value that depend on the value alone. A pixel has only 256 of them, so a change is a table, applied in one
 * pass whatever its formula is:
 *   brightness  f v
 *   contrast    f v + (1 - f) m         m: the mean of the grey image, or of each channel
 *   gamma       255 (v / 255)^g
 *   gains       g_c v                   one gain a channel
 */
import { channelMeans, LUMA, type Pixels, toByte, withData } from './pixels.ts';

/** A value for each of 0..255. */
export type Table = Uint8Array;

export function tableOf(formula: (value: number) => number): Table {
  return Uint8Array.from({ length: 256 }, (_, value) => toByte(formula(value)));
}

/** Looks all values of a channel up in its table. */
export function mapTone(image: Pixels, red: Table, green: Table = red, blue: Table = red): Pixels {
  const { data } = image;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    out[i] = red[data[i]!]!;
    out[i + 1] = green[data[i + 1]!]!;
    out[i + 2] = blue[data[i + 2]!]!;
  }
  return withData(image, out);
}

export function brightness(image: Pixels, factor: number): Pixels {
  return mapTone(
    image,
    tableOf((v) => factor * v),
  );
}

/** Around the mean of the grey image, as torchvision's. */
export function contrast(image: Pixels, factor: number): Pixels {
  const mean = channelMeans(image).reduce((sum, value, i) => sum + LUMA[i]! * value, 0);
  return mapTone(
    image,
    tableOf((v) => factor * v + (1 - factor) * mean),
  );
}

/** Around the mean of each channel, so that the picture keeps its average colour. */
export function channelContrast(image: Pixels, factor: number): Pixels {
  const [red, green, blue] = channelMeans(image).map((mean) =>
    tableOf((v) => factor * v + (1 - factor) * mean),
  ) as [Table, Table, Table];
  return mapTone(image, red, green, blue);
}

export function gamma(image: Pixels, exponent: number): Pixels {
  return mapTone(
    image,
    tableOf((v) => 255 * (v / 255) ** exponent),
  );
}

/** @param factors for red, green and blue. */
export function gains(image: Pixels, factors: readonly [number, number, number]): Pixels {
  const [red, green, blue] = factors.map((factor) => tableOf((v) => factor * v)) as [Table, Table, Table];
  return mapTone(image, red, green, blue);
}
