/** How much a graph computes and moves, read off its shapes. */
import { type Graph, type Node, type Shape, stringAttribute } from '../graph/index.ts';

export interface Work {
  /** Multiplications with an addition, of products and convolutions. */
  readonly macs: number;
  /** Elements that its nodes make of activations. */
  readonly elements: number;
}

/** @param activations names of the values that are counted; those made of weights alone cost nothing for each image. */
export function workOf(graph: Graph, activations: ReadonlySet<string>): Work {
  let [macs, elements] = [0, 0];
  for (const node of graph.nodes) {
    if (!node.outputs.some((output) => activations.has(output))) continue;
    macs += macsOf(graph, node);
    if (FREE.has(node.op)) continue;
    for (const output of node.outputs) elements += count(graph.typeOf(output)?.shape);
  }
  return { macs, elements };
}

/** Ops that move nothing. */
const FREE: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity']);

/** Of products of matrices and convolutions; 0 for all other ops. */
export function macsOf(graph: Graph, node: Node): number {
  const shape = (name: string | undefined): readonly number[] => {
    const dims = graph.typeOf(name ?? '')?.shape ?? [];
    return dims.every((d) => typeof d === 'number') ? (dims as number[]) : [];
  };
  const [x, w, y] = [shape(node.inputs[0]), shape(node.inputs[1]), shape(node.outputs[0])];
  switch (node.op) {
    case 'Conv':
      return count(y) * count(w.slice(1));
    case 'ConvTranspose':
      return count(x) * count(w.slice(1));
    case 'MatMul':
      return count(y) * (x.at(-1) ?? 0);
    case 'Gemm':
      // [m, k] x [k, n], or either transposed: (m k) (k n) (m n) = (m k n)^2.
      return Math.round(Math.sqrt(count(x) * count(w) * count(y)));
    case 'Einsum':
      return einsum(stringAttribute(node, 'equation'), node.inputs.map(shape));
    default:
      return 0;
  }
}

function einsum(equation: string, shapes: readonly (readonly number[])[]): number {
  const sizes = new Map<string, number>();
  equation
    .replaceAll(' ', '')
    .split('->')[0]!
    .split(',')
    .forEach((letters, i) => {
      [...letters].forEach((letter, axis) => {
        sizes.set(letter, shapes[i]?.[axis] ?? 1);
      });
    });
  return count([...sizes.values()]);
}

function count(shape: Shape | undefined): number {
  return shape ? shape.reduce<number>((product, d) => product * Number(d), 1) : 0;
}
