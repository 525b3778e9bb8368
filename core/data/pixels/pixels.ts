/** Decoded pictures as the model's input has them, before they become floats. */

/** An 8-bit RGB image, [height, width, 3]. Operations give a new one and leave this as it is. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Share of red, green and blue in grey (ITU-R BT.601, as Pillow's convert('L')). */
export const LUMA = [0.299, 0.587, 0.114] as const;

/** The image with other values; `data` has as many. */
export function withData(image: Pixels, data: Uint8Array): Pixels {
  return { data, width: image.width, height: image.height };
}

/** Mean of red, of green and of blue, 0..255. */
export function channelMeans({ data }: Pixels): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 3) {
    sums[0] += data[i]!;
    sums[1] += data[i + 1]!;
    sums[2] += data[i + 2]!;
  }
  const count = data.length / 3;
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}

/** The nearest whole number in 0..255. */
export function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value);
}
