/**
 * Noise of sensors, independent in each value:
 *   Gaussian  v + 255 d n                n standard normal
 *   shot      255 P(c v / 255) / c       P Poisson, c photons at full white: variance 255 v / c
 */
import type { RandomStream } from '../random.ts';
import { type Pixels, toByte, withData } from './pixels.ts';

/** @param deviation as a share of the whole range. */
export function gaussianNoise(image: Pixels, deviation: number, random: RandomStream): Pixels {
  const { data } = image;
  const noise = new Float32Array(data.length);
  random.fillNormal(noise);
  const scale = 255 * deviation;
  return withData(
    image,
    data.map((value, i) => toByte(value + scale * noise[i]!)),
  );
}

/** @param photons that a fully white value stands for; fewer are noisier. */
export function shotNoise(image: Pixels, photons: number, random: RandomStream): Pixels {
  const { data } = image;
  const cumulated: (Float64Array | undefined)[] = [];
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    cumulated[value] ??= poissonDistribution((photons * value) / 255);
    const count = firstAbove(cumulated[value], random.bits() / 2 ** 32);
    out[i] = toByte((255 * count) / photons);
  }
  return withData(image, out);
}

/** P(count <= k) for k = 0, 1, ... up to where 1 - P no longer counts in 32 bits. */
function poissonDistribution(mean: number): Float64Array {
  const length = Math.ceil(mean + 8 * Math.sqrt(mean) + 12);
  const cumulated = new Float64Array(length);
  let term = Math.exp(-mean);
  let sum = 0;
  for (let k = 0; k < length; k++) {
    sum += term;
    cumulated[k] = sum;
    term *= mean / (k + 1);
  }
  cumulated[length - 1] = 1;
  return cumulated;
}

/** Position of the first entry above `level`, by bisection. */
function firstAbove(ascending: Float64Array, level: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > level) high = middle;
    else low = middle + 1;
  }
  return low;
}
