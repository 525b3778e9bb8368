/** Pieces that fill: egg, shrimp, tofu, beef, salmon, cheese, mushroom, potato. */

import type { Ingredient } from './ingredient.ts';
import { blob, box, circle, dimmed, ellipse, shape, stroke, tone } from './sketch.ts';

const egg: Ingredient = {
  name: 'egg',
  lies: 'pieces',
  count: [1, 2],
  reach: 10,
  draw(chance, reach) {
    const white = shape(
      blob(chance, reach, 9, 0.14),
      tone(chance, '#fbfaf3', 0.02),
      'stroke="#e2d3ae" stroke-width=".7"',
    );
    const x = chance.between(-1.6, 1.6);
    const yolk = tone(chance, '#f8b520', 0.06);
    return (
      white +
      circle(x, 0.3, reach * 0.44, dimmed(yolk, 0.88)) +
      circle(x, 0, reach * 0.4, yolk) +
      ellipse(x - 1.2, -1.5, 1.3, 0.8, '#fff', 'fill-opacity=".75"')
    );
  },
};

const shrimp: Ingredient = {
  name: 'shrimp',
  lies: 'pieces',
  count: [2, 4],
  reach: 6.5,
  draw(chance) {
    const flesh = tone(chance, '#f59b78', 0.06);
    const body = 'M-4.6 2.6C-5 -3.6 1.6 -5.6 4.2 -1.8C5.2 -.2 4.8 1.4 4 2.4';
    const tail = shape('M4 1.8L6.6 3.2L4.6 3.6L4.4 6L2.6 3Z', '#dd5238');
    const bands = 'M-4.9 -1l2.4 .7M-2.9 -3.5l1.4 1.9M.1 -4.6l.1 2.4M2.9 -3.4l-1.4 1.9';
    return (
      tail +
      stroke(body, dimmed(flesh, 0.82), 4.4) +
      stroke(body, flesh, 3.6) +
      stroke(bands, '#fde2d3', 0.9) +
      stroke(bands, '#e2694a', 0.5, 'transform="translate(.7 .3)"')
    );
  },
};

const tofu: Ingredient = {
  name: 'tofu',
  lies: 'pieces',
  count: [2, 5],
  reach: 5,
  draw(chance) {
    const top = tone(chance, chance.pick(['#f6ecd0', '#f1e0b4', '#ecd39a']), 0.04);
    return (
      shape('M-4 -1.4L-4 2L0 4.6L0 1Z', dimmed(top, 0.8)) +
      shape('M4 -1.4L4 2L0 4.6L0 1Z', dimmed(top, 0.66)) +
      shape('M-4 -1.4L0 -4L4 -1.4L0 1.2Z', top)
    );
  },
};

const beef: Ingredient = {
  name: 'beef',
  lies: 'pieces',
  count: [2, 5],
  reach: 6,
  draw(chance) {
    const meat = tone(chance, chance.pick(['#7a4128', '#8a4b33', '#673420']), 0.08);
    const bend = chance.between(-2, 2);
    const body = `M-5.4 0Q0 ${bend.toFixed(1)} 5.4 .4`;
    return (
      stroke(body, dimmed(meat, 0.6), 4.6) +
      stroke(body, meat, 3.7) +
      stroke('M-4.4 -.7L3.2 -.9M-2.6 .9L4.2 .9', '#b98567', 0.5)
    );
  },
};

const salmon: Ingredient = {
  name: 'salmon',
  lies: 'pieces',
  count: [1, 3],
  reach: 8,
  draw(chance) {
    const flesh = tone(chance, '#f5814f', 0.06);
    const lines =
      'M-4.4 -3.6Q-2.6 0 -4.6 3.6M-1.2 -3.8Q.6 0 -1.4 3.8M2 -3.8Q3.8 0 1.8 3.8M4.9 -3.2Q6 0 4.9 3.2';
    return (
      box(-7.2, -4.2, 14.4, 8.4, 2.6, dimmed(flesh, 0.72)) +
      box(-7, -4.2, 14, 7.8, 2.6, flesh) +
      stroke(lines, '#fdd9c3', 0.9)
    );
  },
};

const cheese: Ingredient = {
  name: 'cheese',
  lies: 'pieces',
  count: [2, 5],
  reach: 5.5,
  draw(chance) {
    const face = tone(chance, '#f8cd4c', 0.05);
    const holes =
      circle(-1.6, 1.5, 0.9, dimmed(face, 0.72)) +
      circle(1.6, 0.9, 0.7, dimmed(face, 0.72)) +
      circle(0.4, 2.8, 0.5, dimmed(face, 0.72));
    return shape('M-5 -.6L3.6 -3.6L5 -.6Z', '#fde48c') + shape('M-5 -.6L5 -.6L5 3.6L-5 3.6Z', face) + holes;
  },
};

const mushroom: Ingredient = {
  name: 'mushroom',
  lies: 'pieces',
  count: [2, 5],
  reach: 5.5,
  draw(chance) {
    const flesh = tone(chance, '#e9dac4', 0.06);
    const cap =
      'M-5.2 .4C-5.2 -5.6 5.2 -5.6 5.2 .4C3.6 1.6 2.2 .9 1.6 .8L1.9 4.6Q0 5.6 -1.9 4.6L-1.6 .8C-2.2 .9 -3.6 1.6 -5.2 .4Z';
    return (
      shape(cap, flesh, 'stroke="#95714f" stroke-width=".9"') +
      stroke('M-3.7 -.2Q0 -1.8 3.7 -.2', '#8d6a4c', 1) +
      stroke('M0 -.4L0 3.4', '#cdb698', 0.7)
    );
  },
};

const potato: Ingredient = {
  name: 'potato',
  lies: 'pieces',
  count: [3, 6],
  reach: 6,
  draw(chance) {
    const flesh = tone(chance, '#efc65c', 0.06);
    return (
      shape('M-6 .6Q-2.6 -4.6 2.8 -3.8Q5.6 -2.6 6 .6Q0 -1.6 -6 .6Z', '#b77d36') +
      shape('M-6 .6Q0 -2.2 6 .6Q3.2 4 -.6 3.9Q-4.2 3.4 -6 .6Z', flesh) +
      stroke('M-3 1.4L2.4 1.9', '#d79a3e', 0.7)
    );
  },
};

export const HEARTY: readonly Ingredient[] = [egg, shrimp, tofu, beef, salmon, cheese, mushroom, potato];
