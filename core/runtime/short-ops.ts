import type { Graph } from '../graph/index.ts';
import { workOf } from './work.ts';

/**
 * Multiplications a node, in the mean, under which a second thread brings nothing: the threads of onnxruntime meet after
 * each op, and wait for the next one by turning in a loop, which slows the calling thread's own work between runs.
 * test/bench/threads.ts measures it; in a frozen wrap on two threads of one core, a step took 23 ms for 31.
 */
const WORTH_SHARING = 1.5e6;

/** Whether a graph is made of ops so short that one thread runs it faster than several. Its values' shapes must be known. */
export function hasShortOps(graph: Graph): boolean {
  const values = new Set(graph.nodes.flatMap((node) => node.outputs));
  return workOf(graph, values).macs < WORTH_SHARING * graph.nodes.length;
}
