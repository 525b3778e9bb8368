/**
 * Nodes that are computed while the model is translated, because all that they read is known and small: what models do
 * with shapes (Shape, StridedSlice, Pack, Mul, Prod ...) to put target sizes together.
 */
import type { GraphNode } from '../graph-def.ts';
import type { Operand } from '../operand.ts';
import { type KnownArray, LONGEST } from '../sizes.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { MOVEMENT } from './movement.ts';

/** Computes the node's outputs; undefined where it cannot. */
export type Fold = (node: GraphNode, inputs: readonly KnownArray[]) => readonly KnownArray[] | undefined;

const FOLDS: ReadonlyMap<string, Fold> = new Map([
  ...Object.entries(MOVEMENT),
  ...Object.entries(ARITHMETIC),
]);

export function foldNode(node: GraphNode, inputs: readonly Operand[]): readonly KnownArray[] | undefined {
  const fold = FOLDS.get(node.op);
  const arrays = inputs.map((input) => input.array);
  if (!fold || !arrays.every((array) => array !== undefined)) return undefined;
  if (arrays.length === 0) return undefined;
  const results = fold(node, arrays);
  return results?.every((result) => result.data.length <= LONGEST) ? results : undefined;
}
