/** Every ingredient that the demo can draw. */

import { BEDS } from './beds.ts';
import { GREENS } from './greens.ts';
import { HEARTY } from './hearty.ts';
import type { Ingredient } from './ingredient.ts';
import { SLICES } from './slices.ts';

export const INGREDIENTS: readonly Ingredient[] = [...BEDS, ...HEARTY, ...GREENS, ...SLICES];

const byName = new Map(INGREDIENTS.map((ingredient) => [ingredient.name, ingredient]));

export function ingredientNamed(name: string): Ingredient | undefined {
  return byName.get(name);
}
