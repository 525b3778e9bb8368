/** Who runs the graphs of a training: onnxruntime, or whatever else takes plain ONNX graphs. */
import type { Graph, Tensor } from '../graph/index.ts';
import type { Target } from '../lower/index.ts';
import { encodeGraph } from '../onnx/index.ts';
import { openSession } from './session.ts';

/** A compiled graph, to be run again and again. Close it when done. */
export interface OpenedGraph {
  /** What each run is fed with. */
  readonly inputs: readonly { readonly name: string }[];
  /**
   * Runs the graph once.
   * @param feeds a tensor for each input; the same arrays may come again with other elements in them.
   * @param fetches tensors that outputs are written into, by the outputs' names.
   * @throws MarnetError 'runtime' with the engine's own message.
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches: Readonly<Record<string, Tensor>>): Promise<unknown>;
  close(): Promise<void>;
}

export interface GraphEngine {
  /** 'onnxruntime', 'tfjs'. */
  readonly name: string;
  /** The form of gradient ops that it is given. */
  readonly target: Target;
  /** Whether convolutions may be given in onnxruntime's blocked layout. */
  readonly blocked: boolean;
  /** @param graph plain ONNX, opset 21 at most, all shapes fixed. @throws MarnetError naming what it cannot run. */
  open(graph: Graph): Promise<OpenedGraph>;
  /** What it decided since it was asked last, in words for the user. */
  notices(): readonly string[];
}

export const onnxruntimeEngine: GraphEngine = {
  name: 'onnxruntime',
  target: 'cpu',
  blocked: true,
  open: (graph) => openSession(encodeGraph(graph)),
  notices: () => [],
};
