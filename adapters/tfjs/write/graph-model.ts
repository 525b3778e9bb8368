import type { Constant, Graph } from '../../../core/graph/index.ts';
import type { TfjsSignature } from '../artifacts.ts';
import { fuse } from './fuse.ts';
import { graphDefOf, signatureOf } from './graph-def.ts';
import { type ImageSize, type PreparedGraph, prepareGraph } from './prepare.ts';
import { ruleFor } from './rules/index.ts';
import { translate } from './translate.ts';

/** A graph-model before it is written. */
export interface TfjsGraphModel {
  /** `modelTopology`: a GraphDef as JSON. */
  readonly topology: Readonly<Record<string, unknown>>;
  /** Inputs and outputs by the names that they have in the model. */
  readonly signature: TfjsSignature;
  /** By name, in the order of the weights file; float32, int32 or bool. Elements are read when they are written. */
  readonly weights: ReadonlyMap<string, Constant>;
}

export interface GraphModelOptions {
  /** Bias and activation as part of the convolution or product before them; true unless told. */
  readonly fuse?: boolean;
  /**
   * Height and width of the images, for models that leave them open: some ops (Resize, token layouts) can be written for
   * one size only. Left out: the size stays open.
   */
  readonly size?: ImageSize | undefined;
}

/**
 * A graph of ONNX ops (operator set 7 to 24) as a TensorFlow.js graph-model that stock TensorFlow.js 4 loads. Names of
 * inputs and outputs, their shapes and their layout stay; inside, images have their channels last.
 * 64-bit integers become 32-bit ones, 16-bit and 64-bit floats 32-bit ones.
 * @throws MarnetError 'unsupported-model' naming op and node where TensorFlow.js cannot compute it, 'runtime' where
 * onnxruntime refuses the graph.
 */
export async function toGraphModel(graph: Graph, options: GraphModelOptions = {}): Promise<TfjsGraphModel> {
  const prepared = await prepareGraph(graph, (node) => ruleFor(node) !== undefined, options.size);
  return graphModelOf(prepared, (name) => graph.constants.has(name), options);
}

/**
 * As `toGraphModel`, for a graph that is prepared already: operator set 21, all types known, all sizes fixed.
 * @param isOriginal whether a constant is the model's own; others were folded and may stand for the batch.
 */
export function graphModelOf(
  prepared: PreparedGraph,
  isOriginal: (constant: string) => boolean,
  options: GraphModelOptions = {},
): TfjsGraphModel {
  const translated = translate(prepared, isOriginal);
  const graph = options.fuse === false ? translated.graph : fuse(translated.graph);
  const result = { ...translated, graph };
  return { topology: graphDefOf(result), signature: signatureOf(result), weights: graph.constants };
}
