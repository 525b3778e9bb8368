/**
 * Fusion: logits = base(x_v) + MLP(LayerNorm([x_EMA ; x_CDR])). The MLP's last layer is zero at the start, so a
 * grafted model begins exactly at the logits it had.
 */
import type { GraphBuilder, Value } from '../graph/index.ts';
import { dropout, type Lookup, learnedNorm, linear, silu } from './layers.ts';
import { PREFIX } from './parameters.ts';

/**
 * @param parts x_EMA and x_CDR, [N,d] each, those that the options have.
 * @param mask [N,hidden] dropout of the hidden layer, or undefined.
 * @returns [N,C], what the heads add to the base logits.
 */
export function fuse(b: GraphBuilder, parts: readonly Value[], parameter: Lookup, mask?: Value): Value {
  const normal = learnedNorm(b, b.concat(parts, 1), parameter, `${PREFIX}fusion/norm`);
  const hidden = dropout(b, silu(b, linear(b, normal, parameter, `${PREFIX}fusion/0`)), mask);
  return linear(b, hidden, parameter, `${PREFIX}fusion/1`);
}
