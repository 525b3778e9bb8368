/**
 * Weights that a file has a second time, transposed. Before operator set 14 PyTorch's exporter writes a standardisation of
 * weights as a BatchNormalization of the weight, [1, channels, n], with the mean and the variance of another constant,
 * [1, n, channels], which folding made of the same weight. Trained apart, the two would drift from one another.
 */
import { type Constant, type Graph, ints, type Node, sizeOf, toFloat32, usesOf } from '../graph/index.ts';

/** Such copies by name, with the name of the weight beside each. */
export function weightCopies(graph: Graph): Map<string, string> {
  const uses = usesOf(graph);
  const copies = new Map<string, string>();
  for (const node of graph.nodes) {
    if (node.op !== 'BatchNormalization' || node.domain !== '') continue;
    const mean = uses.producer(node.inputs[3]!);
    if (mean?.op !== 'ReduceMean') continue;
    const [name, copy] = [node.inputs[0]!, mean.inputs[0]!];
    const [weight, other] = [graph.constants.get(name), graph.constants.get(copy)];
    if (weight && other && areTransposed(weight, other)) copies.set(copy, name);
  }
  return copies;
}

function areTransposed(weight: Constant, copy: Constant): boolean {
  const [one, rows, columns] = weight.dims;
  if (weight.dims.length !== 3 || one !== 1 || weight.dtype !== copy.dtype) return false;
  if (sizeOf(weight.dims) < 2 || `${copy.dims}` !== `${[1, columns, rows]}`) return false;
  const expected = transposed(toFloat32(weight.read()), weight.dims);
  return toFloat32(copy.read()).every((value, i) => value === expected[i]);
}

/** What the copy of a weight [1, rows, columns] holds. */
export function transposed(values: Float32Array, dims: readonly number[]): Float32Array {
  const [, rows, columns] = dims as [number, number, number];
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}

/** Takes copies from their weights, of which they then follow every change; changes the graph in place. */
export function takeFromWeights(graph: Graph, copies: ReadonlyMap<string, string>): void {
  const made = [...copies].map(([copy, weight]): Node => {
    const { dtype, dims } = graph.constants.get(copy)!;
    graph.constants.delete(copy);
    graph.types.set(copy, { dtype, shape: dims });
    const perm = ints([0, 2, 1]);
    return {
      op: 'Transpose',
      domain: '',
      name: copy,
      inputs: [weight],
      outputs: [copy],
      attributes: { perm },
    };
  });
  graph.nodes = [...made, ...graph.nodes];
}
