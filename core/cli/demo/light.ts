/**
 * Light, laid over the pixels of a drawn scene: exposure, warmth, a gradient from the lamp's side; for poor light
 * also a coloured lamp, a shadow across the table, and the noise of a camera that had too little of it.
 */

import type { Chance } from './chance.ts';

export type Light = 'clean' | 'poor';

export interface Lamp {
  /** Where the light comes from, in radians. */
  readonly angle: number;
  /** How much the red, green and blue light is, 1 being the scene's own colours. */
  readonly gain: readonly [number, number, number];
  /** How much brighter the near side is than the middle, as a fraction. */
  readonly falloff: number;
  /** Standard deviation of the noise, in 8-bit levels. */
  readonly noise: number;
  /** Blur of the lens, in pixels of a 96-pixel picture; 0 for none. */
  readonly blur: number;
  /** A shadow's edge across the picture, as a distance from the middle in half-widths; undefined for none. */
  readonly shadow: { readonly angle: number; readonly edge: number; readonly depth: number } | undefined;
}

/** Coloured lamps of poor light: a candle, a street lamp, a screen, a neon sign. */
const COLOURS: readonly (readonly [number, number, number])[] = [
  [1.2, 0.9, 0.62],
  [1.1, 0.98, 0.7],
  [0.78, 0.94, 1.2],
  [0.85, 1.08, 0.86],
  [1.1, 0.84, 1.06],
];

export function chooseLamp(chance: Chance, light: Light): Lamp {
  const angle = chance.between(0, 2 * Math.PI);
  if (light === 'clean') {
    const exposure = chance.between(0.76, 1.12);
    const warmth = chance.between(-0.12, 0.14);
    const gain = [exposure * (1 + warmth), exposure, exposure * (1 - warmth)] as const;
    return { angle, gain, falloff: chance.between(0, 0.28), noise: 2, blur: 0, shadow: undefined };
  }
  const exposure = chance.between(0.5, 0.8);
  const colour = chance.pick(COLOURS);
  const depth = chance.between(0.3, 0.6);
  return {
    angle,
    gain: [colour[0] * exposure, colour[1] * exposure, colour[2] * exposure],
    falloff: chance.between(0.25, 0.5),
    noise: chance.between(5, 10),
    blur: chance.between(0.4, 0.7),
    shadow: chance.odds(0.5)
      ? { angle: chance.between(0, 2 * Math.PI), edge: chance.between(-0.2, 0.5), depth }
      : undefined,
  };
}

/** Lights the picture in place. `pixels`: uint8 [size, size, 3], row by row. */
export function shine(pixels: Uint8Array, size: number, lamp: Lamp, chance: Chance): void {
  const [towardsX, towardsY] = [Math.cos(lamp.angle), Math.sin(lamp.angle)];
  for (let y = 0, at = 0; y < size; y++) {
    const v = (2 * y) / size - 1;
    for (let x = 0; x < size; x++, at += 3) {
      const u = (2 * x) / size - 1;
      const level = (1 + lamp.falloff * (u * towardsX + v * towardsY)) * shadowAt(lamp, u, v);
      for (let channel = 0; channel < 3; channel++) {
        // The sum of two uniform draws has a standard deviation of 1/sqrt(6): near enough to a sensor's noise.
        const noise = (chance.next() + chance.next() - 1) * lamp.noise * Math.sqrt(6);
        const value = pixels[at + channel]! * level * lamp.gain[channel]! + noise;
        pixels[at + channel] = Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }
}

function shadowAt(lamp: Lamp, u: number, v: number): number {
  if (lamp.shadow === undefined) return 1;
  const { angle, edge, depth } = lamp.shadow;
  const inside = u * Math.cos(angle) + v * Math.sin(angle) - edge;
  // A soft edge, a fifth of the picture wide.
  return 1 - depth * Math.min(1, Math.max(0, inside / 0.4 + 0.5));
}
