/**
 * Fog-like haze after Koschmieder: v t + 255 a (1 - t) with the transmission t = exp(-b d), where the depth d is a smooth
 * random field between 0.5 and 1.5 and the airlight a is 0.9.
 */
import { type Pixels, toByte, withData } from '../pixels/pixels.ts';
import type { RandomStream } from '../random.ts';
import { type Corruption, level } from './corruption.ts';

const DENSITIES = [0.3, 0.55, 0.85, 1.2, 1.7] as const;
const AIRLIGHT = 0.9;

export const HAZE: Corruption = {
  name: 'haze',
  about: `a density of ${DENSITIES.join(', ')}, uneven over the image`,
  apply(image, severity, random) {
    const density = level(DENSITIES, severity);
    const depths = smoothField(image, random);
    const transmissions = depths.map((depth) => Math.exp(-density * depth));
    return withData(
      image,
      image.data.map((value, i) => {
        const t = transmissions[Math.floor(i / 3)]!;
        return toByte(value * t + 255 * AIRLIGHT * (1 - t));
      }),
    );
  },
};

/** Cells a side of each octave; a finer one weighs half of the coarser. */
const OCTAVES = [2, 4, 8, 16] as const;

/** 0.5 to 1.5 for each pixel: sums of random lattices between whose points values go over smoothly. */
function smoothField({ width, height }: Pixels, random: RandomStream): Float32Array {
  const field = new Float32Array(width * height);
  let weight = 8 / 15;
  for (const cells of OCTAVES) {
    const lattice = Float32Array.from({ length: (cells + 1) ** 2 }, () => random.uniform());
    for (let y = 0; y < height; y++) {
      const [row, v] = split(((y + 0.5) / height) * cells);
      for (let x = 0; x < width; x++) {
        const [column, u] = split(((x + 0.5) / width) * cells);
        const at = row * (cells + 1) + column;
        const upper = lattice[at]! * (1 - u) + lattice[at + 1]! * u;
        const lower = lattice[at + cells + 1]! * (1 - u) + lattice[at + cells + 2]! * u;
        field[y * width + x]! += weight * (upper * (1 - v) + lower * v);
      }
    }
    weight /= 2;
  }
  return field.map((value) => 0.5 + value);
}

/** The cell, and the place in it, eased at both ends. */
function split(position: number): readonly [number, number] {
  const cell = Math.floor(position);
  const t = position - cell;
  return [cell, t * t * (3 - 2 * t)];
}
