/** Pieces of vegetables and herbs that are no round slices. */

import type { Chance } from './chance.ts';
import type { Ingredient } from './ingredient.ts';
import { blob, box, circle, dimmed, shape, stroke, tone } from './sketch.ts';

const peas: Ingredient = {
  name: 'peas',
  lies: 'pieces',
  count: [5, 14],
  reach: 2.1,
  draw(chance, reach) {
    const green = tone(chance, '#6cb536', 0.1);
    return (
      circle(0, 0.15, reach, dimmed(green, 0.65)) +
      circle(0, 0, reach * 0.86, green) +
      circle(-0.6, -0.6, 0.5, '#d4f0a8')
    );
  },
};

const basil: Ingredient = {
  name: 'basil',
  lies: 'pieces',
  count: [1, 4],
  reach: 6,
  draw(chance) {
    const green = tone(chance, '#2f8a35', 0.1);
    return (
      shape('M-6.2 0C-3.2 -4.8 3 -4.4 6.4 0C3 4.4 -3.2 4.8 -6.2 0Z', green) +
      shape('M-6.2 0C-3.2 -4.8 3 -4.4 6.4 0Z', dimmed(green, 1.25)) +
      stroke('M-7.6 0L5.4 0', '#a9d68c', 0.6) +
      stroke('M-3 0l2 -2M0 0l2 -2M-3 0l2 2M0 0l2 2', '#88bd70', 0.4)
    );
  },
};

const chilli: Ingredient = {
  name: 'chilli',
  lies: 'pieces',
  count: [1, 4],
  reach: 6,
  draw(chance) {
    const red = tone(chance, '#d51f1f', 0.08);
    const pod = 'M-5.4 -1.6C-3 -3.4 2.6 -2 6.6 3.2C1.2 2.2 -4.4 2.6 -5.4 -1.6Z';
    return (
      shape(pod, red, `stroke="${dimmed(red, 0.65)}" stroke-width=".5"`) +
      stroke('M-3.4 -1.2Q0 -.8 3 1.2', '#f58a7a', 0.7) +
      stroke('M-5.2 -1.6Q-6.6 -2.6 -7.4 -2', '#4c8a2c', 1.4)
    );
  },
};

const corn: Ingredient = {
  name: 'corn',
  lies: 'pieces',
  count: [5, 14],
  reach: 2.2,
  draw(chance) {
    const yellow = tone(chance, '#fbd22f', 0.06);
    return (
      shape(
        'M-2 -1.3Q0 -2.3 2 -1.3L1.2 1.9Q0 2.4 -1.2 1.9Z',
        yellow,
        `stroke="${dimmed(yellow, 0.72)}" stroke-width=".5"`,
      ) + circle(-0.4, -0.7, 0.5, '#fff3b8')
    );
  },
};

const broccoli: Ingredient = {
  name: 'broccoli',
  lies: 'pieces',
  count: [1, 4],
  reach: 7,
  draw(chance) {
    const green = tone(chance, '#3f8f2e', 0.1);
    let svg = shape('M-1.5 0L1.5 0L2 6.4Q0 7.4 -2 6.4Z', '#a7c978');
    for (const [x, y, r] of [
      [-3.6, 0.4, 2.8],
      [3.6, 0.4, 2.8],
      [-2, -2.8, 3],
      [2.2, -2.8, 3],
      [0, 0.2, 3],
    ] as const) {
      const floret = tone(chance, green, 0.08);
      svg +=
        circle(x, y, r, dimmed(floret, 0.72)) +
        circle(x - 0.3, y - 0.4, r * 0.78, floret) +
        circle(x - 0.7, y - 1, r * 0.28, '#8bc765');
    }
    return svg;
  },
};

const seaweed: Ingredient = {
  name: 'seaweed',
  lies: 'pieces',
  count: [2, 4],
  reach: 6.5,
  draw(chance) {
    const dark = tone(chance, '#22382c', 0.14);
    return (
      box(-5.6, -3.6, 11.2, 7.2, 0.5, dark, 'transform="skewX(-8)"') +
      stroke('M-4.6 -1.8L4 -2.2M-4 .6L5 .2M-4.6 2.4L2 2.2', '#446152', 0.5)
    );
  },
};

const avocado: Ingredient = {
  name: 'avocado',
  lies: 'pieces',
  count: [2, 4],
  reach: 7,
  draw(chance) {
    const flesh = tone(chance, '#c9d65a', 0.06);
    const outer = 'M-6.8 1.6C-5 -5.6 5 -5.6 6.8 1.6C4.6 4.4 3.4 .4 0 .4C-3.4 .4 -4.6 4.4 -6.8 1.6Z';
    return (
      shape(outer, '#3d5a26') +
      `<g transform="translate(0 .5) scale(.88 .84)">${shape(outer, flesh)}</g>` +
      stroke('M-4.2 0Q0 -3 4.2 0', '#ecefaa', 1.1)
    );
  },
};

/** What a cook strews over a finished plate: not part of the dish, and not in its text. */
export function herbFlecks(chance: Chance): string {
  return shape(blob(chance, 0.9, 5, 0.4), tone(chance, '#4f8f3c', 0.15));
}

export const GREENS: readonly Ingredient[] = [peas, basil, chilli, corn, broccoli, seaweed, avocado];
