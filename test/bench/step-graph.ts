import { crossEntropy, differentiate } from '../../core/grad/index.ts';
import { type Constant, type Graph, GraphBuilder } from '../../core/graph/index.ts';
import { lower, optimize, packableWeights } from '../../core/lower/index.ts';
import { openOnnx } from '../../core/onnx/index.ts';
import { prepareBackbone } from '../../core/runtime/backbone.ts';
import { annotateTypes } from '../../core/runtime/types.ts';

/** A full-tuning step before lowering: loss and the gradient of every parameter as outputs. */
export interface StepGraph {
  readonly graph: Graph;
  readonly forward: Graph;
  readonly image: string;
  readonly imageShape: readonly number[];
  readonly classes: number;
  readonly parameters: ReadonlyMap<string, Constant>;
  /** Output name by parameter. */
  readonly gradients: Readonly<Record<string, string>>;
}

/** A step as it runs on this machine, and which of its parameters it has packed. */
export function lowerStep(
  step: StepGraph,
  block: number,
): { readonly graph: Graph; readonly packed: ReadonlySet<string>; readonly block: number } {
  const packed = packableWeights(step.forward, block);
  const names = new Set([...packed, ...[...packed].flatMap((name) => step.gradients[name] ?? [])]);
  return { graph: optimize(lower(optimize(step.graph), 'cpu', { block, packed: names })), packed, block };
}

/** @param path of an ONNX classifier whose first output is its logits [batch, classes]. */
export async function stepGraph(path: string, batch: number, size: number): Promise<StepGraph> {
  const original = openOnnx(path).graph;
  await annotateTypes(original);
  const logits = original.outputs[0]!.name;
  const backbone = await prepareBackbone(original, {
    outputs: [logits],
    batch,
    size: { height: size, width: size },
  });
  const graph = backbone.graph.clone();
  graph.outputs = [];
  const builder = new GraphBuilder(graph, 'step/');
  const scores = builder.value(logits);
  const labels = builder.input('labels', 'float32', scores.shape);
  const loss = crossEntropy(builder, scores, labels);
  const found = differentiate(graph, loss.name, [...backbone.parameters.keys()]);
  builder.output(loss, 'loss');
  const gradients: Record<string, string> = {};
  for (const [parameter, gradient] of Object.entries(found)) {
    gradients[parameter] = `gradient/${parameter}`;
    builder.output(builder.value(gradient), gradients[parameter]);
  }
  return {
    graph,
    forward: backbone.graph,
    image: backbone.image,
    imageShape: backbone.imageShape,
    classes: scores.shape[1] as number,
    parameters: backbone.parameters,
    gradients,
  };
}
