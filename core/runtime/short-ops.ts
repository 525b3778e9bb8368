import type { Graph } from '../graph/index.ts';
import { workOf } from './work.ts';

/**
 * Multiplications a node, in the mean, under which a second thread is not worth having: the threads of onnxruntime meet
 * after each op. test/bench/threads.ts measures it: at 1 million a run takes four fifths of the time, at 0.4 million nine
 * tenths, for half as much again of the cores' time.
 */
const WORTH_SHARING = 0.7e6;

/** Whether a graph is made of ops so short that one thread is to run it. Its values' shapes must be known. */
export function hasShortOps(graph: Graph): boolean {
  const values = new Set(graph.nodes.flatMap((node) => node.outputs));
  return workOf(graph, values).macs < WORTH_SHARING * graph.nodes.length;
}
