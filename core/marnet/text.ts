/**
 * The text encoder's trained part: x_s = W t + b, then the projection into the shared space, z_s = LayerNorm(MLP_s(x_s)).
 * t is the sum of the learned vectors of a text's words, or what an encoder that is not trained gave of the text. Used
 * in training alone.
 */
import type { GraphBuilder, Value } from '../graph/index.ts';
import { type Lookup, learnedNorm, linear, silu } from './layers.ts';
import { PREFIX } from './parameters.ts';

/** What the rows of a text matrix are. */
export type TextKind = 'words' | 'vectors';

/**
 * @param matrix [N,V], how often (or how strongly) each word stands in each row's text; or [N,width], an encoder's values.
 * @returns z_s [N,d].
 */
export function embedText(b: GraphBuilder, matrix: Value, parameter: Lookup, kind: TextKind): Value {
  const t = kind === 'words' ? b.matMul(matrix, parameter(`${PREFIX}text/table`)) : matrix;
  const xs = linear(b, t, parameter, `${PREFIX}text/0`);
  return learnedNorm(
    b,
    linear(b, silu(b, xs), parameter, `${PREFIX}text/1`),
    parameter,
    `${PREFIX}text/norm`,
  );
}
