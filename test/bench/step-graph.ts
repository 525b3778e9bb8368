import { crossEntropy, differentiate } from '../../core/grad/index.ts';
import { type Constant, float32, type Graph, GraphBuilder, type Tensor } from '../../core/graph/index.ts';
import { lower, optimize, packableWeights } from '../../core/lower/index.ts';
import { openOnnx } from '../../core/onnx/index.ts';
import { prepareBackbone } from '../../core/runtime/backbone.ts';
import { annotateTypes } from '../../core/runtime/types.ts';
import { TrainingState } from '../../core/train/state.ts';

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
export interface LoweredStep {
  readonly graph: Graph;
  readonly packed: ReadonlySet<string>;
  readonly block: number;
}

export function lowerStep(step: StepGraph, block: number): LoweredStep {
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

/**
 * The model's own weights as a training's state, and with them what a step is fed with, noise for pixels: other weights make
 * numbers so small that the processor takes a hundred times as long for them, as no training does.
 */
export function stepFeeds(
  { parameters, image, imageShape, classes }: StepGraph,
  { packed, block }: Omit<LoweredStep, 'graph'>,
): { readonly state: TrainingState; readonly feeds: Readonly<Record<string, Tensor>> } {
  const state = new TrainingState(
    [...parameters].map(([name, { dims, read }]) => ({
      name,
      dims,
      initial: () => read().data as Float32Array,
      rateFactor: 1,
      decay: dims.length > 1,
      block: packed.has(name) ? block : undefined,
    })),
  );
  const pixels = Float32Array.from(
    { length: imageShape.reduce((a, b) => a * b, 1) },
    (_, i) => Math.sin(i * 12.9898) * 1.5,
  );
  const [batch] = imageShape as [number];
  const labels = new Float32Array(batch * classes);
  for (let i = 0; i < batch; i++) labels[i * classes + ((i * 131) % classes)] = 1;
  return {
    state,
    feeds: {
      ...Object.fromEntries(state.views(state.values)),
      [image]: float32(pixels, imageShape),
      labels: float32(labels, [batch, classes]),
    },
  };
}
