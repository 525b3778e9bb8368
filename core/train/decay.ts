/** Which weights of a backbone decay: matrices and kernels, told by who reads them and not by their shapes alone. */
import { type Node, readersOf, usesOf } from '../graph/index.ts';
import type { TrainedPart } from '../runtime/cut.ts';
import { parameterReaders } from '../runtime/layers.ts';

/** Where ops have the weight that they multiply with; biases are in other places. */
const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1],
  ConvTranspose: [1],
  DeformConv: [1],
  Gemm: [0, 1],
  MatMul: [0, 1],
  RNN: [1, 2],
  GRU: [1, 2],
  LSTM: [1, 2],
};

/**
 * Names of the parameters that products are made with, as they are or (transposed, standardized, put together of others) with
 * something done to them. Biases, scales, slopes and position embeddings are none, whatever their rank.
 */
export function decayedWeights({
  graph,
  parameters,
}: Pick<TrainedPart, 'graph' | 'parameters'>): Set<string> {
  const found = new Set<string>();
  const uses = usesOf(graph);
  for (const [name, { dims }] of parameters) {
    const multiplied = readersOf(uses, name).some(({ node, value }) => weightsOf(node).includes(value));
    if (multiplied && dims.length >= 2) found.add(name);
  }
  for (const { node, own, rootsOf } of parameterReaders(graph, new Set(parameters.keys()))) {
    // Ops of other domains do not say which of their inputs is what.
    const made = node.domain === '' ? weightsOf(node).map(rootsOf) : [own];
    for (const names of made)
      for (const name of names) {
        const { dims } = parameters.get(name)!;
        if (names.length === 1 && node.domain === '' ? dims.length >= 2 : isWide(dims)) found.add(name);
      }
  }
  return found;
}

function weightsOf(node: Node): string[] {
  if (node.domain !== '') return [];
  if (node.op === 'Einsum') return [...node.inputs];
  return (WEIGHTS[node.op] ?? []).flatMap((slot) => node.inputs[slot] ?? []);
}

/** Of several parameters that make a weight, the matrix or kernel, and not the gain of its rows. */
function isWide(dims: readonly number[]): boolean {
  return dims.filter((dim) => dim !== 1).length >= 2;
}
