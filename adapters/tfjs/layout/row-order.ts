/**
 * A dense layer after Flatten of images whose channels come last. With the channels second, the flattened elements are
 * the same in another order, so the rows of the layer's matrix are put in that order instead of transposing the images:
 * sum_k x[k] W[k] = sum_k x[order[k]] W[order[k]].
 */
import { type Graph, type Node, sizeOf, type Tensor, type Uses } from '../../../core/graph/index.ts';
import { BROADCASTING, UNARY } from './elementwise.ts';

const isUnary = new Set(UNARY);
const isBroadcasting = new Set(BROADCASTING.filter((op) => op !== 'Where' && op !== 'PRelu'));

/** What a node does with a vector whose elements are in another order. */
export type Reader =
  | { readonly kind: 'passes' }
  /** Input `constant` is put in that order too, along the axis counted from the end. */
  | { readonly kind: 'passes' | 'ends'; readonly constant: number; readonly axisFromEnd: number };

/** How `node` reads the [batch, features] value `name`; undefined when it depends on the order. */
export function readerOf(graph: Graph, node: Node, name: string): Reader | undefined {
  if (node.domain !== '' || node.inputs.filter((input) => input === name).length !== 1) return undefined;
  if (isUnary.has(node.op)) return node.inputs[0] === name ? { kind: 'passes' } : undefined;
  const at = node.inputs.indexOf(name);
  const other = graph.constants.get(node.inputs[1 - at] ?? '');
  if (isBroadcasting.has(node.op)) {
    if (node.inputs.length !== 2 || !other || other.dims.length > 2) return undefined;
    if (sizeOf(other.dims) === 1) return { kind: 'passes' };
    return other.dims.length === 2 && other.dims[0] !== 1
      ? undefined
      : { kind: 'passes', constant: 1 - at, axisFromEnd: 1 };
  }
  if (at !== 0 || other?.dims.length !== 2) return undefined;
  if (node.op === 'MatMul') return { kind: 'ends', constant: 1, axisFromEnd: 2 };
  const flag = (name: string): boolean => {
    const attribute = node.attributes[name];
    return attribute?.kind === 'int' && attribute.value === 1;
  };
  if (node.op !== 'Gemm' || flag('transA')) return undefined;
  return { kind: 'ends', constant: 1, axisFromEnd: flag('transB') ? 1 : 2 };
}

/** Whether every path from the value ends in a matrix that can take the order on. */
export function canReorder(graph: Graph, uses: Uses, pinned: ReadonlySet<string>, name: string): boolean {
  const readers = uses.consumers(name);
  if (readers.length === 0 || pinned.has(name)) return false;
  return readers.every((node) => {
    const reader = readerOf(graph, node, name);
    return (
      reader?.kind === 'ends' || (reader !== undefined && canReorder(graph, uses, pinned, node.outputs[0]!))
    );
  });
}

/** The tensor with element order[k] of the axis where element k was put: result[order[k]] = tensor[k]. */
export function reorder(tensor: Tensor, axis: number, order: readonly number[]): Tensor {
  const source = tensor.data as Float32Array;
  const data = new (source.constructor as Float32ArrayConstructor)(source.length);
  const inner = sizeOf(tensor.dims.slice(axis + 1));
  const outer = sizeOf(tensor.dims.slice(0, axis));
  for (let o = 0; o < outer; o++)
    order.forEach((to, from) => {
      const base = o * order.length;
      data.set(source.subarray((base + from) * inner, (base + from + 1) * inner), (base + to) * inner);
    });
  return { ...tensor, data };
}

/**
 * For each flattened element of a value [batch, ...dims] its position among those of the source.
 * @param perm of the value, the batch included and in front on both sides.
 */
export function flattenedOrder(dims: readonly number[], perm: readonly number[]): number[] {
  const axes = perm.slice(1).map((p) => p - 1);
  const source = axes.map(() => 0);
  axes.forEach((p, i) => {
    source[p] = dims[i]!;
  });
  const strides = axes.map((p) => sizeOf(source.slice(p + 1)));
  const index = dims.map(() => 0);
  return Array.from({ length: sizeOf(dims) }, () => {
    const position = index.reduce((sum, n, i) => sum + n * strides[i]!, 0);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
    return position;
  });
}
