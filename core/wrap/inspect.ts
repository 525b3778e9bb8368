import { loadModel } from '../../adapters/load.ts';
import type { Preprocess } from '../data/index.ts';
import { MarnetError } from '../errors.ts';
import { sizeOf, type ValueInfo } from '../graph/index.ts';
import { type FeatureSite, type LocateOptions, locateFeatures } from '../locate/index.ts';
import type { Model } from '../model.ts';
import { prepareBackbone } from '../runtime/backbone.ts';
import { type ImageInput, imageInput } from '../runtime/image-input.ts';
import { trainableConstants } from '../runtime/parameters.ts';
import type { PreprocessOrigin } from './events.ts';
import { resolvePreprocess } from './preprocess.ts';

/** What is known of a model before anything is trained. */
export interface Inspection {
  readonly format: string;
  readonly opset: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: number;
  readonly weights: {
    /** Constants that a full fine-tuning trains, and their elements in total. */
    readonly tensors: number;
    readonly elements: number;
  };
  /** Undefined, with the reason beside it, where the model does not take images. */
  readonly image: ImageInput | undefined;
  readonly imageProblem: string | undefined;
  /** Candidates for the feature layer, best first; empty, with the reason beside it, where there is none. */
  readonly sites: readonly FeatureSite[];
  readonly siteProblem: string | undefined;
  readonly batching: Batching;
  readonly preprocess: { readonly preprocess: Preprocess; readonly origin: PreprocessOrigin } | undefined;
  readonly labels: readonly string[] | undefined;
  readonly metadata: ReadonlyMap<string, string>;
  /** Undefined where every weight can be tuned; else why not. */
  readonly fullTuningProblem: string | undefined;
}

/** How many images the model takes a run, and how full tuning deals with a fixed number. */
export type Batching =
  | { readonly kind: 'dynamic' }
  /** The file fixes the batch; its graph was rewritten for more images and gives the same result. */
  | { readonly kind: 're-batched'; readonly fixed: number }
  /** The file fixes the batch and its graph cannot take more: gradients are accumulated over runs. */
  | { readonly kind: 'accumulated'; readonly fixed: number }
  | { readonly kind: 'fixed'; readonly fixed: number };

export interface InspectOptions extends LocateOptions {
  /** Also find out whether a fixed batch can be changed and whether all weights can be tuned: needs a few runs. */
  readonly deep?: boolean;
}

/** Reads a model's structure, not its weights, and says what can be done with it. */
export async function inspectModel(from: string | Model, options: InspectOptions = {}): Promise<Inspection> {
  const model = typeof from === 'string' ? await loadModel(from) : from;
  const { graph } = model;
  const image = attempt(() => imageInput(graph));
  const sites = attempt(() => locateFeatures(model, options));
  const trainable = trainableConstants(graph);
  let elements = 0;
  for (const name of trainable) elements += sizeOf(graph.constants.get(name)?.dims ?? []);
  const tuning =
    image.value && sites.value
      ? await tuningOf(model, image.value, sites.value[0]!, options.deep ?? true)
      : undefined;
  return {
    format: model.format,
    opset: graph.opset,
    inputs: model.inputs,
    outputs: model.outputs,
    nodes: graph.nodes.length,
    weights: { tensors: trainable.size, elements },
    image: image.value,
    imageProblem: image.problem,
    sites: sites.value ?? [],
    siteProblem: sites.problem,
    batching: tuning?.batching ?? { kind: 'dynamic' },
    preprocess: image.value && attempt(() => resolvePreprocess(model)).value,
    labels: model.labels,
    metadata: model.metadata,
    fullTuningProblem: tuning?.problem,
  };
}

async function tuningOf(
  model: Model,
  image: ImageInput,
  site: FeatureSite,
  deep: boolean,
): Promise<{ batching: Batching; problem: string | undefined }> {
  const fixed = image.batch;
  const batching: Batching = fixed === undefined ? { kind: 'dynamic' } : { kind: 'fixed', fixed };
  if (!deep || (fixed === undefined && !isQuantized(model))) return { batching, problem: undefined };
  try {
    const backbone = await prepareBackbone(model.graph, {
      outputs: [site.value],
      batch: 2,
      size: { height: image.height ?? 224, width: image.width ?? 224 },
    });
    if (fixed !== 1) return { batching, problem: undefined };
    return {
      batching: { kind: backbone.batch === 2 ? 're-batched' : 'accumulated', fixed },
      problem: undefined,
    };
  } catch (error) {
    if (error instanceof MarnetError) return { batching, problem: error.message };
    throw error;
  }
}

const isQuantized = (model: Model): boolean =>
  model.graph.nodes.some((node) => /Quantize|Integer|^QLinear/.test(node.op));

function attempt<T>(make: () => T): { readonly value: T | undefined; readonly problem: string | undefined } {
  try {
    return { value: make(), problem: undefined };
  } catch (error) {
    if (error instanceof MarnetError) return { value: undefined, problem: error.message };
    throw error;
  }
}
