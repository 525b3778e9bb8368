/** What lies under the rest: rice, noodles, lettuce, beans. */

import type { Chance } from './chance.ts';
import type { Ingredient } from './ingredient.ts';
import { blob, dimmed, n, placed, shape, stroke, tone } from './sketch.ts';

/** A point of a disc, evenly spread over its area. */
function inDisc(chance: Chance, radius: number): [number, number] {
  const r = radius * Math.sqrt(chance.next());
  const angle = chance.between(0, 2 * Math.PI);
  return [r * Math.cos(angle), r * Math.sin(angle)];
}

/** A straight stroke of twice `half` in length, around a point. */
function dash(x: number, y: number, angle: number, half: number): string {
  const [dx, dy] = [half * Math.cos(angle), half * Math.sin(angle)];
  return `M${n(x - dx)} ${n(y - dy)}L${n(x + dx)} ${n(y + dy)}`;
}

const rice: Ingredient = {
  name: 'rice',
  lies: 'bed',
  count: [1, 1],
  reach: 0,
  draw(chance, reach) {
    const colour = chance.pick(['#fbf7ea', '#f7efd8', '#f8edc8']);
    let svg = shape(blob(chance, reach * 0.95, 11, 0.1), dimmed(colour, 0.88));
    // Twenty grains of a shade are one path: an element costs more to render than what it covers.
    for (let layer = 0; layer < 6; layer++) {
      let grains = '';
      for (let grain = 0; grain < 20; grain++) {
        const [x, y] = inDisc(chance, reach * 0.93);
        grains += dash(x, y, chance.between(0, Math.PI), 1.1);
      }
      svg += stroke(grains, layer % 3 === 0 ? dimmed(colour, 0.77) : tone(chance, colour, 0.05), 1.2);
    }
    return svg;
  },
};

const noodles: Ingredient = {
  name: 'noodles',
  lies: 'bed',
  count: [1, 1],
  reach: 0,
  draw(chance, reach) {
    const colour = chance.pick(['#ecca70', '#e6bf66', '#f0d68c']);
    let svg = shape(blob(chance, reach * 0.9, 11, 0.1), dimmed(colour, 0.66));
    for (let strand = 0; strand < 34; strand++) {
      const [x, y] = inDisc(chance, reach * 0.7);
      const length = reach * chance.between(0.25, 0.5);
      const bend = reach * chance.between(-0.6, 0.6);
      const d = `M${n(-length)} 0C${n(-length / 2)} ${n(bend)} ${n(length / 2)} ${n(-bend)} ${n(length)} ${n(bend / 3)}`;
      const shade = tone(chance, strand % 4 === 0 ? dimmed(colour, 0.84) : colour, 0.06);
      const turn = `transform="translate(${n(x)} ${n(y)}) rotate(${n(chance.between(0, 180))})"`;
      svg += stroke(d, shade, 1.7, turn);
    }
    return svg;
  },
};

const lettuce: Ingredient = {
  name: 'lettuce',
  lies: 'bed',
  count: [1, 1],
  reach: 0,
  draw(chance, reach) {
    let svg = '';
    const leaves = chance.whole(7, 10);
    for (let leaf = 0; leaf < leaves; leaf++) {
      const angle = (360 * leaf) / leaves + chance.between(-20, 20);
      const far = reach * (leaf % 2 === 0 ? 0.55 : 0.35);
      const radius = reach * chance.between(0.4, 0.5);
      const colour = tone(chance, chance.pick(['#8cc152', '#a4cf5f', '#74ad48']), 0.08);
      const frill = shape(
        blob(chance, radius, 15, 0.16, 0.85),
        colour,
        `stroke="${dimmed(colour, 0.75)}" stroke-width=".6"`,
      );
      const vein = stroke(`M${n(-radius * 0.8)} 0L${n(radius * 0.7)} 0`, '#dcebb0', 1);
      const ribs = `M${n(-radius * 0.3)} 0l${n(radius * 0.4)} ${n(radius * 0.4)}m${n(-radius * 0.4)} ${n(-radius * 0.4)}l${n(radius * 0.4)} ${n(-radius * 0.4)}`;
      const radians = (angle * Math.PI) / 180;
      svg += placed(
        far * Math.cos(radians),
        far * Math.sin(radians),
        angle,
        1,
        frill + vein + stroke(ribs, '#cfe3a0', 0.6),
      );
    }
    return svg;
  },
};

const beans: Ingredient = {
  name: 'beans',
  lies: 'bed',
  count: [1, 1],
  reach: 0,
  draw(chance, reach) {
    const colour = chance.pick(['#5b2a22', '#6b2f25', '#4c2430']);
    let svg = shape(blob(chance, reach * 0.85, 11, 0.1), dimmed(colour, 0.8));
    let shines = '';
    for (let bean = 0; bean < 38; bean++) {
      const [x, y] = inDisc(chance, reach * 0.85);
      const angle = chance.between(0, Math.PI);
      const skin = tone(chance, colour, 0.2);
      svg += stroke(dash(x, y, angle, 1.1), dimmed(skin, 0.6), 3.3);
      svg += stroke(dash(x, y - 0.2, angle, 1), skin, 2.7);
      shines += dash(x - 0.3, y - 0.7, angle, 0.5);
    }
    svg += stroke(shines, '#c99a90', 0.7, 'stroke-opacity=".7"');
    return svg;
  },
};

export const BEDS: readonly Ingredient[] = [rice, noodles, lettuce, beans];
