import type { Lowering, Lowerings } from '../lowering.ts';
import { ACTIVATIONS } from './activations.ts';
import { AVERAGE_POOL } from './average-pool.ts';
import { CONV_INPUT } from './conv-input.ts';
import { CONV_WEIGHT } from './conv-weight.ts';
import { GATHER } from './gather.ts';
import { LAYER_NORM } from './layer-norm.ts';
import { MAX_POOL } from './max-pool.ts';
import { SOFTMAX } from './softmax.ts';

const FAMILIES: readonly Lowerings[] = [
  ACTIVATIONS,
  AVERAGE_POOL,
  CONV_INPUT,
  CONV_WEIGHT,
  GATHER,
  LAYER_NORM,
  MAX_POOL,
  SOFTMAX,
];

/** How each gradient op is written in plain ONNX, by the op's name. */
export const LOWERINGS: ReadonlyMap<string, Lowering> = collect(FAMILIES);

function collect(families: readonly Lowerings[]): Map<string, Lowering> {
  const all = new Map<string, Lowering>();
  for (const family of families) {
    for (const [op, lowering] of Object.entries(family)) {
      if (all.has(op)) throw new RangeError(`two lowerings for ${op}`);
      all.set(op, lowering);
    }
  }
  return all;
}
