/**
 * GELU as exporters write it, of five ops, as the one op that it is:
 *   x * (1 + erf(x / sqrt 2)) * 1/2, multiplied in any order
 * Differentiated op by op, four values of its size are kept for the backward pass; as one op, its input and output.
 */
import { type Graph, type Node, removeDead, sizeOf, toNumbers, usesOf } from '../graph/index.ts';

/** For constants that went through float32. */
const CLOSE = 1e-6;

/**
 * The graph with every such product as a Gelu, which operator set 20 has. Meant for the forward graph, before
 * differentiation. The given graph is left as it is.
 */
export function recogniseGelu(graph: Graph): Graph {
  if (graph.opset < 20) return graph;
  const uses = usesOf(graph);
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const isPrivate = (name: string): boolean => !outputs.has(name) && uses.consumers(name).length === 1;
  const made = (name: string, op: string): Node | undefined => {
    const node = uses.producer(name);
    return node?.op === op && node.domain === '' ? node : undefined;
  };
  const isNumber = (name: string, number: number): boolean => {
    const constant = graph.constants.get(name);
    if (!constant || sizeOf(constant.dims) !== 1 || constant.dtype === 'string') return false;
    return Math.abs(toNumbers(constant.read())[0]! - number) <= CLOSE * Math.abs(number);
  };
  /** The input of a node that is not that number. */
  const besides = ({ inputs: [a, b] }: Node, number: number): string | undefined =>
    isNumber(b!, number) ? a : isNumber(a!, number) ? b : undefined;

  /** What a product multiplies, products within it taken apart where nothing else reads them. */
  const factorsOf = (node: Node): string[] =>
    node.inputs.flatMap((name) => {
      const inner = isPrivate(name) ? made(name, 'Mul') : undefined;
      return inner ? factorsOf(inner) : [name];
    });

  /** x where the name is that of 1 + erf(x / sqrt 2). */
  const argumentOf = (name: string): string | undefined => {
    const sum = made(name, 'Add');
    const erf = made((sum && besides(sum, 1)) ?? '', 'Erf');
    if (!erf) return undefined;
    const quotient = made(erf.inputs[0]!, 'Div');
    if (quotient) return isNumber(quotient.inputs[1]!, Math.SQRT2) ? quotient.inputs[0] : undefined;
    const product = made(erf.inputs[0]!, 'Mul');
    return product && besides(product, Math.SQRT1_2);
  };

  const argument = (node: Node): string | undefined => {
    if (node.op !== 'Mul' || node.domain !== '') return undefined;
    const factors = factorsOf(node);
    if (factors.length !== 3) return undefined;
    for (const [i, factor] of factors.entries()) {
      const x = argumentOf(factor);
      const others = factors.filter((_, k) => k !== i);
      if (x === undefined || !others.includes(x) || !others.some((name) => isNumber(name, 0.5))) continue;
      if (graph.typeOf(x)?.shape?.join() === graph.typeOf(node.outputs[0]!)?.shape?.join()) return x;
    }
    return undefined;
  };

  const result = graph.clone();
  result.nodes = graph.nodes.map((node) => {
    const x = argument(node);
    return x === undefined ? node : { ...node, op: 'Gelu', inputs: [x], attributes: {} };
  });
  return removeDead(result);
}
