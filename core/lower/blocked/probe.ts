/**
 * How many channels a block of onnxruntime has on a machine depends on its vector registers, and is nowhere stated.
 * A model that onnxruntime itself turned to blocks shows it: weights of fewer filters than whole blocks are padded.
 */
import { float32, Graph, GraphBuilder, ints } from '../../graph/index.ts';
import { NCHWC } from './kernels.ts';

/** Whole blocks of 8, and not of 16 or more. */
const FILTERS = 8;
const CHANNELS = 64;

/** A model to be optimized to the full; show `blockOfProbe` what comes out. */
export function blockProbe(): Graph {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const builder = new GraphBuilder(graph);
  let x = builder.input('x', 'float32', [1, CHANNELS, 4, 4]);
  for (const filters of [CHANNELS, FILTERS]) {
    const size = filters * CHANNELS * 9;
    const w = builder.weight('w', float32(new Float32Array(size).fill(1), [filters, CHANNELS, 3, 3]));
    x = builder.op('Conv', [x, w], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) });
  }
  builder.output(x, 'y');
  return graph;
}

/** Channels in a block, or 1 where onnxruntime has no blocked kernels on this machine. */
export function blockOfProbe(optimized: Graph): number {
  const blocked = optimized.nodes.filter((node) => node.domain === NCHWC && node.op === 'Conv');
  const filters = blocked.map((node) => optimized.typeOf(node.inputs[1]!)?.shape?.[0]);
  const last = filters.at(-1);
  return filters.length === 2 && typeof last === 'number' ? last : 1;
}
