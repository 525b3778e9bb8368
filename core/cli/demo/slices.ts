/** Round slices: tomato, carrot, lemon, cucumber, onion. */

import type { Ingredient } from './ingredient.ts';
import { circle, dimmed, ellipse, shape, stroke, tone } from './sketch.ts';

const tomato: Ingredient = {
  name: 'tomato',
  lies: 'pieces',
  count: [2, 5],
  reach: 6,
  draw(chance, reach) {
    const skin = tone(chance, '#d8331f', 0.07);
    let svg = circle(0, 0, reach, dimmed(skin, 0.8)) + circle(0, 0, reach * 0.87, skin);
    for (let cell = 0; cell < 5; cell++) {
      const turn = `transform="rotate(${72 * cell})"`;
      svg +=
        ellipse(reach * 0.52, 0, reach * 0.24, reach * 0.2, '#f49a6a', turn) +
        circle(reach * 0.55, 0, 0.45, '#fbe3a6', turn);
    }
    return svg;
  },
};

const carrot: Ingredient = {
  name: 'carrot',
  lies: 'pieces',
  count: [2, 6],
  reach: 3.8,
  draw(chance, reach) {
    const orange = tone(chance, '#f08a24', 0.06);
    return (
      circle(0, 0.3, reach, dimmed(orange, 0.74)) +
      circle(0, 0, reach * 0.92, orange) +
      circle(0, 0, reach * 0.45, '#f9b254') +
      stroke('M-1.2 0L1.2 0M0 -1.2L0 1.2', '#dd7a1c', 0.5)
    );
  },
};

const lemon: Ingredient = {
  name: 'lemon',
  lies: 'pieces',
  count: [1, 3],
  reach: 6.2,
  draw(chance, reach) {
    const rind = tone(chance, '#f2d022', 0.05);
    let svg = circle(0, 0, reach, rind) + circle(0, 0, reach * 0.86, '#fdf8da');
    for (let cell = 0; cell < 8; cell++)
      svg += shape('M1 0L4.7 -1.5Q5.2 0 4.7 1.5Z', '#f8e165', `transform="rotate(${45 * cell})"`);
    return svg;
  },
};

const cucumber: Ingredient = {
  name: 'cucumber',
  lies: 'pieces',
  count: [2, 5],
  reach: 5.2,
  draw(chance, reach) {
    const skin = tone(chance, '#2f7a38', 0.1);
    let svg =
      circle(0, 0, reach, skin) +
      circle(0, 0, reach * 0.86, tone(chance, '#d5ebb0', 0.04)) +
      circle(0, 0, reach * 0.52, '#bfdf95');
    for (let seed = 0; seed < 6; seed++)
      svg += ellipse(1.7, 0, 0.7, 0.32, '#f3f7d8', `transform="rotate(${60 * seed})"`);
    return svg;
  },
};

const onion: Ingredient = {
  name: 'onion',
  lies: 'pieces',
  count: [2, 5],
  reach: 5.5,
  draw(chance, reach) {
    const purple = tone(chance, '#9c3f86', 0.1);
    const ring = (r: number, width: number, colour: string) =>
      circle(0, 0, r, 'none', `stroke="${colour}" stroke-width="${width}"`);
    return (
      ring(reach * 0.88, 1.6, purple) +
      ring(reach * 0.72, 0.9, '#f2dcec') +
      ring(reach * 0.4, 1.1, dimmed(purple, 1.15)) +
      ring(reach * 0.28, 0.6, '#f2dcec')
    );
  },
};

export const SLICES: readonly Ingredient[] = [tomato, carrot, lemon, cucumber, onion];
