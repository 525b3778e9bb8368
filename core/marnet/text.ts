/**
 * The text encoder: x_s = W (sum of the learned vectors of a text's words) + b, then the projection into the shared
 * space, z_s = LayerNorm(MLP_s(x_s)). Used in training alone.
 */
import type { GraphBuilder, Value } from '../graph/index.ts';
import { type Lookup, learnedNorm, linear, silu } from './layers.ts';
import { PREFIX } from './parameters.ts';

/**
 * @param bag [N,V], how often (or how strongly) each word stands in each row's text.
 * @returns z_s [N,d].
 */
export function embedText(b: GraphBuilder, bag: Value, parameter: Lookup): Value {
  const sum = b.matMul(bag, parameter(`${PREFIX}text/table`));
  const xs = linear(b, sum, parameter, `${PREFIX}text/0`);
  return learnedNorm(
    b,
    linear(b, silu(b, xs), parameter, `${PREFIX}text/1`),
    parameter,
    `${PREFIX}text/norm`,
  );
}
