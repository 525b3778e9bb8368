/** Graphs of a training run: a step with gradients, and the same model for evaluation. */
import { differentiate } from '../grad/index.ts';
import {
  ancestorsOf,
  constantOf,
  Graph,
  GraphBuilder,
  readsOf,
  removeDead,
  type Tensor,
  type Value,
} from '../graph/index.ts';
import { foldBatchNorm, lower, optimize, packableWeights, type Target, toHalf } from '../lower/index.ts';
import {
  buildInference,
  buildTraining,
  type HeadLosses,
  type HeadSizes,
  headParameters,
  type Lookup,
  poolFeatures,
  toRows,
} from '../marnet/index.ts';
import { batchName } from './batch-name.ts';
import { type BatchStatistics, withBatchStatistics } from './batch-norm.ts';
import { graphEngineOf } from './engine.ts';
import { headInputShapes } from './head-inputs.ts';
import type { ImageSource, TrainingJob } from './job.ts';
import { LOSS_SCALE } from './loss-scale.ts';

/** Operator set of the graphs made here; kernels for it exist on every device. */
const OPSET = 21;

export const FEATURES = batchName('features');
export const BASE_LOGITS = batchName('base-logits');
const LOGITS = batchName('logits');

/** The heads' parameters and buffers at the start, by name. */
export type HeadValues = ReadonlyMap<string, Tensor>;

export function headSizes(job: TrainingJob): HeadSizes {
  const { source, classes, base, texts } = job;
  const features = source.kind === 'features' ? source.width : source.site.width;
  return 'width' in texts
    ? { features, classes, vocabulary: 0, textVectors: texts.width, base }
    : { features, classes, vocabulary: Math.max(1, texts.vocabulary), base };
}

/** A job that trains a backbone. */
export type ImageJob = TrainingJob & { readonly source: ImageSource };

export interface StepGraph {
  /** Plain ONNX; its inputs are those of the batch, the parameters, and in float16 the loss scale. */
  readonly graph: Graph;
  readonly loss: string;
  /** [N, C]. */
  readonly logits: string;
  readonly losses: Readonly<Record<keyof HeadLosses, string | undefined>>;
  /** Output by what it is the gradient of, times the loss scale in float16; two may share one. What the loss does not depend on has none. */
  readonly gradients: Readonly<Record<string, string>>;
}

/** A graph in which the batch's features and base logits are values: computed by the backbone, or given. */
interface Trunk {
  readonly builder: GraphBuilder;
  readonly features: Value;
  readonly baseLogits: Value | undefined;
}

/** Features as inputs [batch, D], as a frozen backbone or the first pass of accumulation provides them. */
export function featureTrunk(job: TrainingJob, batch: number | string): Trunk {
  const graph = new Graph();
  graph.opsets.set('', OPSET);
  const builder = new GraphBuilder(graph);
  const { features, classes, base } = headSizes(job);
  return {
    builder,
    features: builder.input(FEATURES, 'float32', [batch, features]),
    baseLogits: base === 'new' ? undefined : builder.input(BASE_LOGITS, 'float32', [batch, classes]),
  };
}

/** Features as the backbone computes them of images; BatchNormalization uses the statistics that are given. */
export function backboneTrunk(source: ImageSource): Trunk {
  const { graph, running } = source.backbone;
  return trunkOf(source, running.size > 0 ? foldBatchNorm(graph) : graph.clone());
}

/** The same for a step, where BatchNormalizations that keep running averages use the batch's statistics. */
export function stepTrunk(source: ImageSource): Trunk & { readonly statistics: readonly BatchStatistics[] } {
  const { graph, running, batch } = source.backbone;
  if (running.size === 0) return { ...backboneTrunk(source), statistics: [] };
  const batched = withBatchStatistics(graph, running, batch);
  return { ...trunkOf(source, foldBatchNorm(batched.graph)), statistics: batched.statistics };
}

/** @param graph of the backbone; it is extended. */
function trunkOf(source: ImageSource, graph: Graph): Trunk {
  graph.outputs = [];
  const builder = new GraphBuilder(graph, 'step/');
  const logits = source.logits === undefined ? undefined : toRows(builder, builder.value(source.logits));
  return {
    builder,
    features: poolFeatures(builder, builder.value(source.site.value), source.site),
    baseLogits: logits,
  };
}

/** Trainable parameters become inputs and buffers constants, when a head first asks for them. */
function lookupIn(builder: GraphBuilder, job: TrainingJob, values: HeadValues): Lookup {
  const trainable = new Map(
    headParameters(job.heads, headSizes(job)).map((spec) => [spec.name, spec.trainable]),
  );
  const known = new Map<string, Value>();
  return (name) => {
    let value = known.get(name);
    if (!value) {
      const tensor = values.get(name)!;
      value = trainable.get(name)
        ? builder.input(name, 'float32', tensor.dims)
        : { name, dtype: 'float32', shape: tensor.dims };
      if (!trainable.get(name)) builder.graph.constants.set(name, constantOf(tensor));
      known.set(name, value);
    }
    return value;
  };
}

/**
 * A step without its update: losses, logits and gradients.
 * @param wrt names beside the heads' parameters to differentiate by: backbone parameters, or the trunk's inputs.
 * @param statistics of the batch, which become outputs.
 */
export function buildStepGraph(
  job: TrainingJob,
  trunk: Trunk,
  values: HeadValues,
  batch: number,
  wrt: readonly string[],
  statistics: readonly BatchStatistics[] = [],
): StepGraph {
  const { builder } = trunk;
  const inputs = Object.fromEntries(
    Object.entries(headInputShapes(job, batch)).map(([name, shape]) => [
      name,
      builder.input(batchName(name), 'float32', shape),
    ]),
  );
  const built = buildTraining(
    builder,
    {
      features: trunk.features,
      baseLogits: trunk.baseLogits,
      labels: inputs.labels!,
      rows: inputs.rows!,
      text: inputs.text && {
        matrix: inputs.text,
        kind: 'width' in job.texts ? 'vectors' : 'words',
        rows: inputs['text-rows']!,
        pairs: inputs.pairs,
        mask: inputs['pair-mask'],
      },
      diffusion: inputs.eps && {
        eps: inputs.eps,
        signal: inputs.signal!,
        noise: inputs.noise!,
        time: inputs.time!,
      },
      masks: {
        features: inputs['feature-mask'],
        visual: inputs['visual-mask'],
        fusion: inputs['fusion-mask'],
      },
    },
    lookupIn(builder, job, values),
    job.heads,
    job.base,
  );
  const present = new Set(builder.graph.inputs.map((input) => input.name));
  const parameters = [...wrt, ...values.keys()].filter((name) => present.has(name));
  // With both heads off, the logits may be what the graph is fed with, and onnxruntime writes no output that is an input.
  const logits = present.has(built.logits.name) ? builder.op('Identity', [built.logits]) : built.logits;
  const ofBatch = statistics.flatMap(({ batch: { mean, variance } }) => [mean, variance]);
  const shown = [
    logits,
    built.loss,
    ...Object.values(built.losses),
    ...ofBatch.map((name) => builder.value(name)),
  ];
  const target = job.precision === 'float16' ? timesScale(builder, built.loss) : built.loss;
  const { graph, gradients } = withGradients(builder, target, parameters, shown, job);
  const nameOf = (value: Value | undefined) => value?.name;
  const { classification, ema, rec, cdr, text } = built.losses;
  return {
    graph,
    loss: built.loss.name,
    logits: logits.name,
    losses: {
      classification: classification.name,
      ema: nameOf(ema),
      rec: nameOf(rec),
      cdr: nameOf(cdr),
      text: nameOf(text),
    },
    gradients,
  };
}

function timesScale(b: GraphBuilder, loss: Value): Value {
  return b.mul(loss, b.reshape(b.input(LOSS_SCALE, 'float32', [1]), loss.shape as number[]));
}

/** Names of the inputs of the surrogate loss. */
export const FEATURE_GRADIENT = batchName('feature-gradient');
export const LOGIT_GRADIENT = batchName('logit-gradient');

/**
 * The backbone's share of a step whose heads ran before: gradients of sum(features * dfeatures) +
 * sum(logits * dlogits), which by the chain rule are those of the whole loss.
 */
export function buildBackwardGraph(job: ImageJob): Pick<StepGraph, 'graph' | 'gradients'> {
  const { source } = job;
  const { builder, features, baseLogits } = backboneTrunk(source);
  const b = builder;
  const scalarOf = (value: Value, gradient: string): Value => {
    const weighted = b.mul(value, b.input(gradient, 'float32', value.shape));
    return b.reshape(b.reduceSum(weighted, [0, 1]), [1]);
  };
  const terms = [scalarOf(features, FEATURE_GRADIENT)];
  if (baseLogits) terms.push(scalarOf(baseLogits, LOGIT_GRADIENT));
  const loss = terms.reduce((x, y) => b.add(x, y));
  return withGradients(b, loss, [...source.backbone.parameters.keys()], [], job);
}

function withGradients(
  builder: GraphBuilder,
  loss: Value,
  wrt: readonly string[],
  shown: readonly Value[],
  job: TrainingJob,
): Pick<StepGraph, 'graph' | 'gradients'> {
  const { graph } = builder;
  const gradients = differentiate(graph, loss.name, wrt);
  for (const name of new Set([...shown.map((v) => v.name), ...Object.values(gradients)]))
    builder.output(builder.value(name));
  const layout = layoutOf(job);
  const packed = [...layout.packed].flatMap((name) => [name, gradients[name] ?? []].flat());
  return { graph: finishStep(graph, { ...layout, packed: new Set(packed) }, job), gradients };
}

/** In the form that suits the engine, and without inputs that nothing reads. */
function finish(graph: Graph, { target, ...layout }: WeightLayout): Graph {
  return dropUnreadInputs(optimize(lower(optimize(graph), target, layout)));
}

/** The same, in the job's precision. */
function finishStep(
  graph: Graph,
  layout: WeightLayout,
  job: Pick<TrainingJob, 'precision' | 'engine'>,
): Graph {
  const finished = finish(graph, layout);
  return job.precision === 'float16' ? toHalf(finished, graphEngineOf(job).longestHalfSum) : finished;
}

/** How a run's graphs and its training state agree to lay out weights. */
export interface WeightLayout {
  /** Form of the gradient ops. */
  readonly target: Target;
  /** Width of a block of channels; 1 for none. */
  readonly block: number;
  /** Names of the parameters that are kept packed. */
  readonly packed: ReadonlySet<string>;
}

/**
 * Heads on features are all matrix products: blocks are for a backbone's convolutions. What runs in float16 is plain
 * ONNX, as forms for the CPU have float32 kernels alone.
 */
export function layoutOf(job: Pick<TrainingJob, 'source' | 'engine' | 'precision'>): WeightLayout {
  const { source } = job;
  if (job.precision === 'float16') return { target: 'portable', block: 1, packed: new Set() };
  const { target, blocked } = graphEngineOf(job);
  if (source.kind !== 'images' || !blocked) return { target, block: 1, packed: new Set() };
  const { graph, block } = source.backbone;
  return { target, block, packed: packableWeights(graph, block) };
}

/** The model in evaluation: image or features in, logits [N, C] out. */
export function buildEvaluationGraph(
  job: TrainingJob,
  trunk: Trunk,
  values: HeadValues,
): { graph: Graph; logits: string } {
  const { builder } = trunk;
  const { logits } = buildInference(builder, trunk, lookupIn(builder, job, values), job.heads, job.base);
  builder.output(logits, LOGITS);
  return { graph: finish(removeDead(builder.graph), layoutOf(job)), logits: LOGITS };
}

/** The backbone alone: pooled features [N, D], and logits [N, C] where the heads add to them. */
export function buildForwardGraph(job: ImageJob): Graph {
  const { source } = job;
  const { builder, features, baseLogits } = backboneTrunk(source);
  builder.output(features, FEATURES);
  if (baseLogits) builder.output(baseLogits, BASE_LOGITS);
  return finishStep(removeDead(builder.graph), layoutOf(job), job);
}

/** onnxruntime wants a value for every input, read or not. */
function dropUnreadInputs(graph: Graph): Graph {
  const outputs = graph.outputs.map((o) => o.name);
  const read = new Set([...outputs, ...ancestorsOf(graph, outputs).flatMap(readsOf)]);
  graph.inputs = graph.inputs.filter((input) => read.has(input.name));
  return graph;
}
