import type { Preprocess } from '../core/data/index.ts';
import type { Graph } from '../core/graph/index.ts';
import type { Model } from '../core/model.ts';

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
  /**
   * Whether this importer should be the one to try, so also for a damaged file of its format.
   * @param head the first 512 bytes at most; empty for a folder.
   * @param path undefined for a model given as bytes.
   */
  recognises(head: Uint8Array, path: string | undefined): boolean;
  /** @throws MarnetError 'not-a-model', 'external-data', 'unsupported-model' */
  load(from: string | Uint8Array): Promise<Model>;
  /** Left out: merged models are written as ONNX. */
  readonly writer?: FormatWriter;
}

/**
 * Knows a family of models better than the general search for the feature layer does.
 * All but `name`, `matches` and `features` may be left out.
 */
export interface BackboneAdapter {
  readonly name: string;
  /** Whether the graph is of this family; the first registered adapter that says so is used. */
  matches(graph: Graph): boolean;
  /**
   * Name of the value that the classifier reads, or of the node that makes it.
   * Consequence: it replaces the search, as `at` does.
   */
  features(graph: Graph): string;
  /**
   * What is done to images before the model. Left out: the model's metadata says, or the user does.
   * Consequence: used where the model's metadata says nothing.
   */
  preprocess?(graph: Graph): Preprocess | undefined;
  /**
   * Names of constants that stay fixed when everything is tuned. Left out: none.
   * Consequence: they get no gradient, and their records are copied as they are.
   */
  freeze?(graph: Graph): readonly string[];
  /**
   * Names of constants by stage, from the image up. Left out: each node with weights is one.
   * Consequence: they are what `last:N` and the layer-wise step size count; constants of no stage stay fixed in `last:N`.
   */
  stages?(graph: Graph): readonly (readonly string[])[];
}

export type Adapter = Importer | BackboneAdapter;

export function isImporter(adapter: Adapter): adapter is Importer {
  return 'load' in adapter;
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
