import { knowledgeOf, type NamedStage, NOTHING_KNOWN, opinionsOf } from '../../adapters/knowledge.ts';
import { loadModel } from '../../adapters/load.ts';
import type { Preprocess } from '../data/index.ts';
import { type ErrorCode, MarnetError } from '../errors.ts';
import { type DType, type Graph, isFloating, type Shape, sizeOf, type ValueInfo } from '../graph/index.ts';
import type { FeatureSite, LocateOptions } from '../locate/index.ts';
import type { Model } from '../model.ts';
import { chooseDevice, deviceTitle } from '../runtime/device/choose.ts';
import type { Device, DeviceWish } from '../runtime/device/name.ts';
import { type ImageInput, imageInput } from '../runtime/image-input.ts';
import { trainableConstants } from '../runtime/parameters.ts';
import type { AdapterMatch, PreprocessOrigin } from './events.ts';
import { matchOf, sitesOf } from './located.ts';
import { resolvePreprocess } from './preprocess/resolve.ts';
import type { TuningCost } from './tuning/costs.ts';
import { type Batching, batchingOf, tuningOf } from './tuning/tuning.ts';

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
  /** What every registered adapter says of the model: the one that is used first, then others that match, then the rest. */
  readonly adapters: readonly (AdapterMatch & { readonly matches: boolean })[];
  /** Why the adapter that is used cannot be: it failed, or says what the graph does not have. */
  readonly adapterProblem: string | undefined;
  /** Of the backbone, from the image up, where the adapter names them. */
  readonly stages: readonly NamedStage[] | undefined;
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
  /** What each way of tuning trains, and estimates of what a step takes; empty where that was not looked at. */
  readonly tuning: readonly TuningCost[];
  /** What the estimates are for, its name in sentences, and why that one. */
  readonly device: { readonly device: Device; readonly title: string; readonly reason: string };
  /** Ops for which the device has no kernel, in sentences; they would run on the CPU, or fail. */
  readonly missingKernels: readonly string[];
  /** What the nodes make, in the graph's order; undefined unless asked for. */
  readonly values: readonly MadeValue[] | undefined;
}

/** A value, by whose name (or whose node's name) the feature layer can be chosen. */
export interface MadeValue {
  readonly name: string;
  /** The op that makes it, with its domain where that is not the standard one. */
  readonly op: string;
  /** The node's name; empty where it has none. */
  readonly node: string;
  /** Constants of floats, no scalars, that the node reads. */
  readonly weights: readonly string[];
  /** Undefined where the type is not known. */
  readonly dtype: DType | undefined;
  readonly shape: Shape | undefined;
}

/** What `inspectModel` is to find out. */
export interface InspectOptions extends LocateOptions {
  /** Also find out whether a fixed batch can be changed and whether all weights can be tuned; on unless told. */
  readonly deep?: boolean;
  /** Also list what every node makes. */
  readonly nodes?: boolean;
  /** What a step is estimated for; 'cpu' unless told. Another one is tried first, which takes seconds. */
  readonly device?: DeviceWish;
}

/**
 * Reads a model's structure, not its weights, and says what can be done with it.
 * @throws MarnetError as `loadModel` does; 'usage' for an `at` or `output` that names nothing; 'device' for a device that
 *   does not work.
 */
export async function inspectModel(from: string | Model, options: InspectOptions = {}): Promise<Inspection> {
  const model = typeof from === 'string' ? await loadModel(from) : from;
  const { graph } = model;
  const { device, reason } =
    options.device === undefined
      ? ({ device: 'cpu', reason: 'as no other was asked for' } as const)
      : await chooseDevice(options.device);
  const image = attempt(() => imageInput(graph));
  const opinions = opinionsOf(model);
  const known = attempt(() => knowledgeOf(model, opinions));
  const knowledge = known.value ?? NOTHING_KNOWN;
  const sites = attempt(() => sitesOf(model, knowledge, options), 'usage');
  const trainable = trainableConstants(graph);
  for (const name of knowledge.frozen) trainable.delete(name);
  let elements = 0;
  for (const name of trainable) elements += sizeOf(graph.constants.get(name)?.dims ?? []);
  const tuning =
    image.value && sites.value && (options.deep ?? true)
      ? await tuningOf(model, image.value, sites.value[0]!, knowledge, device)
      : undefined;
  return {
    format: model.format,
    opset: graph.opset,
    inputs: model.inputs,
    outputs: model.outputs,
    nodes: graph.nodes.length,
    weights: { tensors: trainable.size, elements },
    adapters: opinions.map((opinion) => ({ ...matchOf(opinion), matches: opinion.matches })),
    adapterProblem: known.problem,
    stages: knowledge.stages,
    image: image.value,
    imageProblem: image.problem,
    sites: sites.value ?? [],
    siteProblem: sites.problem,
    batching: tuning?.batching ?? batchingOf(image.value),
    preprocess: image.value && attempt(() => resolvePreprocess(model)).value,
    labels: model.labels,
    metadata: model.metadata,
    fullTuningProblem: tuning?.problem,
    tuning: tuning?.costs ?? [],
    device: { device, title: deviceTitle(device), reason },
    missingKernels: tuning?.kernels ?? [],
    values: options.nodes ? madeValues(graph) : undefined,
  };
}

function madeValues(graph: Graph): MadeValue[] {
  return graph.nodes.flatMap((node) => {
    const op = node.domain === '' ? node.op : `${node.domain}:${node.op}`;
    const weights = node.inputs.filter((name) => {
      const constant = graph.constants.get(name);
      return constant !== undefined && isFloating(constant.dtype) && constant.dims.length > 0;
    });
    return node.outputs
      .filter((name) => name !== '')
      .map((name) => {
        const type = graph.typeOf(name);
        return { name, op, node: node.name, weights, dtype: type?.dtype, shape: type?.shape };
      });
  });
}

interface Attempt<T> {
  readonly value: T | undefined;
  readonly problem: string | undefined;
}

/** @param fatal the code of errors that are no finding about the model, but the caller's own. */
function attempt<T>(make: () => T, fatal?: ErrorCode): Attempt<T> {
  try {
    return { value: make(), problem: undefined };
  } catch (error) {
    if (error instanceof MarnetError && error.code !== fatal)
      return { value: undefined, problem: error.message };
    throw error;
  }
}
