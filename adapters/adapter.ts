/** The contract of adapters: what each field is, what holds where it is left out, and what follows from it. */
import type { Preprocess } from '../core/data/index.ts';
import type { GradientRule } from '../core/grad/index.ts';
import type { Graph } from '../core/graph/index.ts';
import type { Pooling } from '../core/locate/index.ts';
import type { Model } from '../core/model.ts';
import type { Translations } from './tfjs/graph-model/operation.ts';
import type { LayerTranslations } from './tfjs/layers-model/layer-call.ts';

export interface FormatWriteOptions {
  /** What the model is to say of itself, text by key. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The size of the images, for models that leave it open. */
  readonly size?: { readonly height: number; readonly width: number } | undefined;
  /** Weights in fewer bits, where the format has that. */
  readonly quantize?: Quantization | undefined;
  /** Given the path of what was written, before it is at its place; where it throws, nothing is left. */
  readonly check?: ((path: string) => Promise<void>) | undefined;
}

export type Quantization = 'uint8' | 'float16';

/** Writes one model format. */
export interface FormatWriter {
  /** The path that stands for a model written to `out`, and that `load` reads again. */
  fileOf(out: string): string;
  /** Where a model made of the one at `path` goes when nobody says; undefined for a model without a path. */
  besides(path: string | undefined): string;
  /** @returns bytes of all files. @throws MarnetError 'output', 'unsupported-model' naming an op the format lacks. */
  write(graph: Graph, out: string, options: FormatWriteOptions): Promise<number>;
}

/** Reads one model format, and writes it where it can. Nothing after it knows what the format was. */
export interface Importer {
  /** Shown as the model's format: 'onnx'. */
  readonly name: string;
  /** One line for `marnet-wrap adapters`. Left out: none. */
  readonly about?: string;
  /**
   * Whether this importer should be the one to try, so also for a damaged file of its format. Of several that say so, a
   * user's is taken before a built-in one, then the one registered first.
   * @param head the first 512 bytes at most; empty for a folder.
   * @param path undefined for a model given as bytes.
   */
  recognises(head: Uint8Array, path: string | undefined): boolean;
  /** @throws MarnetError 'not-a-model', 'external-data', 'unsupported-model' */
  load(from: string | Uint8Array): Promise<Model>;
  /** Left out: merged models are written as ONNX. */
  readonly writer?: FormatWriter;
}

/** What is known of a model beside its graph. */
export interface ModelFacts {
  /** The importer's name: 'onnx', 'tfjs'. */
  readonly format: string;
  /** Entries of the file's metadata, text by key. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The tool that wrote the file, as the file says: 'pytorch 2.15.0'. */
  readonly producer: string | undefined;
}

/** A match with its reason, which `inspect` shows, also where there is none. */
export interface Verdict {
  readonly matches: boolean;
  /** In words: 'the stem is a 7x7 convolution with stride 2'. */
  readonly because: string;
}

/** Where the features are, and what more an adapter knows of that place than the search does. */
export interface SiteClaim {
  /** Name of the value that the classifier reads, or of the node that makes it. */
  readonly value: string;
  /** How a map or tokens become one vector. Left out: as the graph itself does it. */
  readonly pooling?: Pooling;
  /** The output whose classifier is meant. Left out: the best one that the value leads to. */
  readonly output?: string;
  /** Weights of logits = x_v W + b, by names of constants. Left out: found in the graph, or the classifier is kept as it is. */
  readonly classifier?: {
    /** Value of shape [N, C]. */
    readonly logits: string;
    /** W. */
    readonly weight: string;
    /** b; left out: none. */
    readonly bias?: string;
    /** 'DC': W is [D, C]; 'CD': it is [C, D]. */
    readonly layout: 'DC' | 'CD';
  };
}

/** Constants of one stage: their names, or those and what the stage is called. */
export type Stage = readonly string[] | { readonly name: string; readonly constants: readonly string[] };

/** Ops and layers that an importer of another format does not know, in ops of ONNX. */
export interface TfjsTranslations {
  /** Ops of graph-models, by TensorFlow's names. */
  readonly ops?: Translations;
  /** Layers of layers-models, by their class names. */
  readonly layers?: LayerTranslations;
}

/** What an adapter can add to the engine; it holds for every model as long as the adapter is registered. */
export interface Extension {
  readonly name: string;
  /** One line for `marnet-wrap adapters`. Left out: none. */
  readonly about?: string;
  /**
   * Gradients of ops that the engine does not know. Left out: none.
   * Consequence: such an op no longer stops tuning. A rule never takes the place of one that the engine has.
   */
  readonly gradientRules?: readonly GradientRule[];
  /**
   * Ops of TensorFlow.js models. Left out: none.
   * Consequence: models with these ops are read; where the importer knows an op itself, the adapter's is used.
   */
  readonly tfjs?: TfjsTranslations;
}

/** Knows a family of models better than the general search does. All but `name`, `matches` and one more may be left out. */
export interface BackboneAdapter extends Extension {
  /**
   * Whether the graph is of this family, with the reason or without. Several may say so: the one of the highest
   * `specificity` is used, and the choice is told.
   * @param model what is known beside the graph.
   */
  matches(graph: Graph, model: ModelFacts): boolean | Verdict;
  /**
   * How special the adapter is, 0 to 100. Left out: 50, as a family of networks has it. 0 fits any model, 20 an exporter,
   * 60 a variant of a family, 100 one single model.
   * Consequence: of several that match, the highest is used; at the same number a user's before a built-in one, then the
   * one registered first.
   */
  readonly specificity?: number;
  /**
   * Name of the value that the classifier reads, or of the node that makes it; or that and more. Left out: the search.
   * Consequence: it replaces the search, as `at` does, which goes before it.
   */
  features?(graph: Graph, model: ModelFacts): string | SiteClaim;
  /**
   * What is done to images before the model. Left out: the model's metadata says, or the user does, or it is assumed.
   * Consequence: used where neither the user nor the model's metadata says anything.
   */
  preprocess?(graph: Graph, model: ModelFacts): Preprocess | undefined;
  /**
   * Names of constants that stay fixed when everything is tuned. Left out: none.
   * Consequence: they get no gradient, and their records are copied as they are.
   */
  freeze?(graph: Graph, model: ModelFacts): readonly string[];
  /**
   * Constants by stage, from the image up. Left out: each node with weights is one.
   * Consequence: they are what `last:N` and the layer-wise step size count; constants of no stage stay fixed in `last:N`.
   */
  stages?(graph: Graph, model: ModelFacts): readonly Stage[];
  /**
   * Names of the matrices that `lora:R` updates. Left out: every weight of a MatMul, a Gemm or a 1x1 convolution.
   * Consequence: the others stay as they are, but for those of a classifier that is kept.
   */
  loraTargets?(graph: Graph, model: ModelFacts): readonly string[];
}

export type Adapter = Importer | BackboneAdapter | Extension;

/** What an adapter may supply beside its name: enough that `matches` alone is a mistake. */
export const SUPPLIES = [
  'features',
  'preprocess',
  'freeze',
  'stages',
  'loraTargets',
  'gradientRules',
  'tfjs',
] as const;

/** The specificity of adapters that do not say theirs. */
export const USUAL_SPECIFICITY = 50;

export function isImporter(adapter: Adapter): adapter is Importer {
  return 'load' in adapter;
}

export function isBackbone(adapter: Adapter): adapter is BackboneAdapter {
  return 'matches' in adapter;
}

/**
 * An adapter as it is given, checked by its type.
 * @example
 * export default defineAdapter({
 *   name: 'my-net',
 *   matches: (graph) => graph.nodes.some((node) => node.name.startsWith('my_net/')),
 *   features: () => 'my_net/pool:0',
 * });
 */
export function defineAdapter<T extends Adapter>(adapter: T): T {
  return adapter;
}
