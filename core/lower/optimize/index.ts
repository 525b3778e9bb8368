import { type Graph, removeDead } from '../../graph/index.ts';
import { simplifyAlgebra } from './algebra.ts';
import { mergeCommon } from './common.ts';
import { absorbIdentities } from './identities.ts';
import { mergeSharedWeights } from './shared-weights.ts';

/** Each round can make room for another; real graphs are done after two or three. */
const MOST_ROUNDS = 8;

/**
 * The same function with fewer nodes: dead code, common subexpressions, pairs and chains that cancel or merge.
 * Names and order of inputs and outputs stay; the given graph is left as it is.
 */
export function optimize(graph: Graph): Graph {
  let result = removeDead(graph.clone());
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = result.nodes.length;
    const { graph: simplified, changes } = simplifyAlgebra(result);
    result = removeDead(mergeCommon(simplified));
    if (changes === 0 && result.nodes.length === before) break;
  }
  return removeDead(absorbIdentities(removeDead(mergeCommon(mergeSharedWeights(result)))));
}
