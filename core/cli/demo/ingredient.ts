import type { Chance } from './chance.ts';

/** One ingredient: how a piece of it looks, and how it lies on a plate. */
export interface Ingredient {
  /** The word that stands in a picture's text. */
  readonly name: string;
  /** A bed is drawn once, under everything, and fills the plate; pieces are scattered on top. */
  readonly lies: 'bed' | 'pieces';
  /** The fewest and the most pieces on a plate. */
  readonly count: readonly [number, number];
  /** How far a piece reaches from its centre, in percent of the picture's width; a bed's is the plate's own. */
  readonly reach: number;
  /** SVG of one piece around the origin. `reach` is the ingredient's own, or the plate's inner radius for a bed. */
  draw(chance: Chance, reach: number): string;
}
