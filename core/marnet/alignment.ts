/** Embedding matching alignment (EMA): z_v = LayerNorm(MLP_v(x_v)), which the contrastive loss draws towards z_s. */
import type { GraphBuilder, Value } from '../graph/index.ts';
import { dropout, type Lookup, learnedNorm, linear, silu } from './layers.ts';
import { PREFIX } from './parameters.ts';

/**
 * @param features [N,D], standardised.
 * @param mask [N,hidden] dropout of the hidden layer, or undefined.
 * @returns z_v [N,d].
 */
export function embedFeatures(b: GraphBuilder, features: Value, parameter: Lookup, mask?: Value): Value {
  const hidden = dropout(b, silu(b, linear(b, features, parameter, `${PREFIX}visual/0`)), mask);
  return learnedNorm(b, linear(b, hidden, parameter, `${PREFIX}visual/1`), parameter, `${PREFIX}visual/norm`);
}
