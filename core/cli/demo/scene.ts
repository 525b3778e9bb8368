/** Composes one picture as SVG: table, clutter, plate, food. Light comes later (light.ts). */

import { MarnetError } from '../../errors.ts';
import type { Chance } from './chance.ts';
import type { Dish } from './dishes.ts';
import { herbFlecks } from './greens.ts';
import type { Ingredient } from './ingredient.ts';
import { INGREDIENTS, ingredientNamed } from './ingredients.ts';
import { ellipse, n, placed } from './sketch.ts';
import { drawClutter, drawPlate, drawSprig, drawTable } from './table.ts';

interface Piece {
  readonly ingredient: Ingredient;
  readonly scale: number;
}

function ingredientsOf(dish: Dish): Ingredient[] {
  return dish.ingredients.map((name) => {
    const found = ingredientNamed(name);
    if (found !== undefined) return found;
    throw new MarnetError(
      'data',
      `Dish "${dish.name}" has the ingredient "${name}", which the demo cannot draw.`,
      {
        hint: `Use some of: ${INGREDIENTS.map((ingredient) => ingredient.name).join(', ')}.`,
      },
    );
  });
}

/** A piece with its shadow, which falls away from the light however the piece is turned. */
function drawPiece(
  chance: Chance,
  piece: Piece,
  x: number,
  y: number,
  shadow: readonly [number, number],
): string {
  const reach = piece.ingredient.reach * piece.scale;
  const dark = ellipse(
    x + shadow[0],
    y + shadow[1],
    reach * 0.8,
    reach * 0.68,
    '#1a0f06',
    'fill-opacity=".28"',
  );
  return (
    dark +
    placed(x, y, chance.between(0, 360), piece.scale, piece.ingredient.draw(chance, piece.ingredient.reach))
  );
}

function drawFood(chance: Chance, dish: Dish, inner: number, size: number, lightAngle: number): string {
  const parts = ingredientsOf(dish);
  const shadow = [-0.9 * Math.cos(lightAngle), -0.9 * Math.sin(lightAngle)] as const;
  let svg = '';
  for (const part of parts)
    if (part.lies === 'bed')
      svg += placed(0, 0, chance.between(0, 360), 1, part.draw(chance, inner * chance.between(0.86, 1)));

  const pieces: Piece[] = [];
  for (const ingredient of parts) {
    if (ingredient.lies === 'bed') continue;
    const count = chance.whole(...ingredient.count);
    for (let i = 0; i < count; i++) pieces.push({ ingredient, scale: size * chance.between(0.8, 1.2) });
  }
  // A guest that is not in the dish, on every third plate: one small piece, as a cook's decoration.
  if (chance.odds(0.33)) {
    const others = INGREDIENTS.filter(
      (other) => other.lies === 'pieces' && !dish.ingredients.includes(other.name),
    );
    pieces.push({ ingredient: chance.pick(others), scale: size * 0.75 });
  }

  // Pieces lie along a sunflower spiral, in random order and shaken: spread over the plate, yet overlapping.
  const turn = chance.between(0, 2 * Math.PI);
  const spread = chance.between(0.78, 0.98);
  chance.shuffle(pieces).forEach((piece, i) => {
    const far =
      Math.max(0, inner * spread - piece.ingredient.reach * 0.6) * Math.sqrt((i + 0.5) / pieces.length);
    const angle = turn + i * 2.39996 + chance.between(-0.35, 0.35);
    const [x, y] = [
      far * Math.cos(angle) + chance.between(-2, 2),
      far * Math.sin(angle) + chance.between(-2, 2),
    ];
    svg += drawPiece(chance, piece, x, y, shadow);
  });

  if (chance.odds(0.3)) {
    for (let fleck = 0; fleck < 9; fleck++) {
      const angle = chance.between(0, 2 * Math.PI);
      const far = inner * chance.between(0.1, 0.95);
      svg += placed(far * Math.cos(angle), far * Math.sin(angle), 0, 1, herbFlecks(chance));
    }
  }
  return svg;
}

/**
 * The picture's SVG, `size` by `size` pixels. `lightAngle` is where the light comes from, in radians, so that
 * shadows agree with the light that is laid over the pixels.
 */
export function drawScene(chance: Chance, dish: Dish, size: number, lightAngle: number): string {
  const table = drawTable(chance);
  const clutter = drawClutter(chance);
  const radius = chance.between(29, 46);
  const plate = drawPlate(chance, radius);
  const [x, y] = [50 + chance.between(-9, 9), 50 + chance.between(-9, 9)];
  const tilt = chance.between(0.62, 1);
  const roll = chance.between(-25, 25);
  const shadow = ellipse(
    -2.4 * Math.cos(lightAngle),
    1.5 - 2.4 * Math.sin(lightAngle),
    radius * 1.02,
    radius * 1.02,
    '#120a05',
    'fill-opacity=".32"',
  );
  // The food's own size varies beside the camera's distance, which the plate's radius shows.
  const food = drawFood(chance, dish, plate.inner, (radius / 40) * chance.between(0.85, 1.2), lightAngle);
  const sprig = chance.odds(0.2)
    ? placed(plate.inner * 1.05, 0, chance.between(0, 360), 1.1, drawSprig(chance))
    : '';
  const view = `translate(${n(x)} ${n(y)}) rotate(${n(roll)}) scale(1 ${n(tilt)})`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100">` +
    `${table}${clutter}<g transform="${view}">${shadow}${plate.svg}${food}${placed(0, 0, chance.between(0, 360), 1, sprig)}</g></svg>`
  );
}
