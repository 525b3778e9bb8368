/**
 * Convolution weights [M, C, kh, kw] in the order in which the blocked kernels read them,
 * [M/b, C/b, kh*kw, b of C, b of M] with b the width of a block: "packed". A parameter that lives in this order, with
 * its gradient and its optimizer state, need not be reordered at every step.
 */
import { type Graph, intAttribute, type Node, usesOf } from '../../graph/index.ts';

/** Whether weights of these sizes can be packed. */
export function canPack(dims: readonly number[], block: number): boolean {
  return block > 1 && dims.length === 4 && dims[0]! % block === 0 && dims[1]! % block === 0;
}

/** [M/b, C/b, kh*kw, b, b]. */
export function packedShape(dims: readonly number[], block: number): number[] {
  const [m, c, kh, kw] = dims as [number, number, number, number];
  return [m / block, c / block, kh * kw, block, block];
}

/**
 * Inputs of a forward graph that are best kept packed: weights of plain convolutions, alone or scaled filter by filter
 * (as a folded BatchNormalization does), and of nothing else.
 */
export function packableWeights(graph: Graph, block: number): Set<string> {
  const uses = usesOf(graph);
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const isWeightOf = (node: Node, name: string): boolean => {
    if (node.domain !== '') return false;
    if (node.op === 'Conv')
      return node.inputs[1] === name && node.inputs[0] !== name && intAttribute(node, 'group') === 1;
    return node.op === 'Mul' && scalesFilters(node, name) && feedsConvolutions(node.outputs[0]!);
  };
  const scalesFilters = (node: Node, name: string): boolean => {
    const factor = node.inputs[0] === name ? node.inputs[1] : node.inputs[0];
    const shape = factor === name ? undefined : graph.typeOf(factor ?? '')?.shape;
    return shape?.length === 4 && shape.slice(1).every((d) => d === 1);
  };
  const feedsConvolutions = (name: string): boolean => {
    const consumers = uses.consumers(name);
    return !outputs.has(name) && consumers.length > 0 && consumers.every((node) => isWeightOf(node, name));
  };
  const names = graph.inputs
    .filter(({ dtype, shape }) => dtype === 'float32' && shape && canPack(shape as number[], block))
    .map(({ name }) => name);
  return new Set(names.filter(feedsConvolutions));
}

/** @param data [M, C, kh, kw]. */
export function packWeights(data: Float32Array, dims: readonly number[], block: number): Float32Array {
  const packed = new Float32Array(data.length);
  eachElement(dims, block, (plain, at) => {
    packed[at] = data[plain]!;
  });
  return packed;
}

/** The inverse of `packWeights`. @param dims of the result, [M, C, kh, kw]. */
export function unpackWeights(data: Float32Array, dims: readonly number[], block: number): Float32Array {
  const unpacked = new Float32Array(data.length);
  eachElement(dims, block, (plain, at) => {
    unpacked[plain] = data[at]!;
  });
  return unpacked;
}

function eachElement(
  dims: readonly number[],
  block: number,
  visit: (plain: number, packed: number) => void,
): void {
  const [filters, channels, taps] = [dims[0]!, dims[1]!, dims[2]! * dims[3]!];
  let packed = 0;
  for (let m = 0; m < filters; m += block)
    for (let c = 0; c < channels; c += block)
      for (let tap = 0; tap < taps; tap++)
        for (let i = 0; i < block; i++)
          for (let j = 0; j < block; j++) visit(((m + j) * channels + c + i) * taps + tap, packed++);
}
