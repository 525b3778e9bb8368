/**
 * Gradients of a weight that several nodes read: the sum of their products, and of their sums over rows, as one product
 * and one sum over all rows. Fewer nodes, and a longer product runs at a better rate.
 *   X1^T G1 + X2^T G2 = [X1 ; X2]^T [G1 ; G2],      sum(G1) + sum(G2) = sum([G1 ; G2])
 */
import {
  floatAttribute,
  type Graph,
  int,
  intAttribute,
  intsAttribute,
  type Node,
  toNumbers,
  usesOf,
  type Value,
} from '../../graph/index.ts';
import { type Rewriting, rewrite } from '../rewrite.ts';

type IsInner = (node: Node) => boolean;

export function mergeSharedWeights(graph: Graph): Graph {
  const uses = usesOf(graph);
  const outputs = new Set(graph.outputs.map((output) => output.name));
  /** A sum that is a term of another sum and nothing else. */
  const isInner: IsInner = ({ outputs: [name] }) => {
    const readers = uses.consumers(name!);
    return readers.length === 1 && isSum(readers[0]) && !outputs.has(name!);
  };
  return rewrite(graph, 'shared/', (node, rewriting) => {
    if (!isSum(node) || isInner(node)) return undefined;
    const terms = termsOf(node, rewriting, isInner);
    const products = terms.filter((term) => isProductOverRows(rewriting.producer(term)));
    const sums = terms.filter((term) => isSumOverRows(rewriting.producer(term), rewriting));
    if (products.length < 2 && sums.length < 2) return undefined;
    const { builder } = rewriting;
    /** The terms' operands number `i`, one below the other. */
    const stacked = (alike: readonly string[], i: number): Value =>
      builder.concat(
        alike.map((term) => builder.value(rewriting.producer(term)!.inputs[i]!)),
        0,
      );
    const merged: Value[] = [];
    if (products.length > 1)
      merged.push(builder.op('Gemm', [stacked(products, 0), stacked(products, 1)], { transA: int(1) }));
    if (sums.length > 1) merged.push(builder.reduceSum(stacked(sums, 0), [0]));
    const gone = new Set([...(products.length > 1 ? products : []), ...(sums.length > 1 ? sums : [])]);
    const others = terms.filter((term) => !gone.has(term)).map((term) => builder.value(term));
    return [[...others, ...merged].reduce((a, b) => builder.add(a, b))];
  });
}

function isSum(node: Node | undefined): node is Node {
  return node?.op === 'Add' && node.domain === '';
}

/** Names of what a chain or tree of Adds adds up. */
function termsOf(node: Node, rewriting: Rewriting, isInner: IsInner): string[] {
  return node.inputs.flatMap((name) => {
    const inner = rewriting.producer(name);
    return isSum(inner) && isInner(inner) ? termsOf(inner, rewriting, isInner) : [name];
  });
}

/** X^T G. */
function isProductOverRows(node: Node | undefined): boolean {
  return (
    node?.op === 'Gemm' &&
    node.domain === '' &&
    !node.inputs[2] &&
    intAttribute(node, 'transA') === 1 &&
    intAttribute(node, 'transB') === 0 &&
    floatAttribute(node, 'alpha') === 1
  );
}

/** The sum of a matrix's rows. */
function isSumOverRows(node: Node | undefined, { builder }: Rewriting): boolean {
  if (node?.op !== 'ReduceSum' || node.domain !== '' || intAttribute(node, 'keepdims') !== 0) return false;
  const given = node.inputs[1] ? builder.graph.constants.get(node.inputs[1]) : undefined;
  const axes = given ? toNumbers(given.read()) : intsAttribute(node, 'axes', undefined);
  return axes?.length === 1 && axes[0] === 0 && builder.graph.typeOf(node.inputs[0]!)?.shape?.length === 2;
}
