import type { Preprocess } from './data/preprocess.ts';
import type { Graph, ValueInfo } from './graph/index.ts';

/** How a model is written. */
export interface WriteOptions {
  /** Entries for the model's metadata; an entry of the same key is replaced, and undefined takes it away. */
  readonly metadata?: Readonly<Record<string, string | undefined>>;
  /** New keys of the model's own entries, by their keys so far: they stay as they are otherwise, whatever `metadata` says. */
  readonly renamedMetadata?: Readonly<Record<string, string>>;
  /**
   * Keep weights of 1 KB and more in a file beside the model, named `<file>.data`: all, or those that are inside the model or
   * new, so that others stay in the files where they are. Needed above 2 GB.
   */
  readonly externalData?: boolean | 'inside';
  /** Take weights into the model that share a file beside it with weights which `graph` has no more: `externalData` undone. */
  readonly undoExternalData?: boolean;
}

/** A classifier as it was read from a file; nothing that comes after import asks which format that was. */
export interface Model {
  readonly format: string;
  /**
   * As the file has it, with the types of its values filled in, and with constants of their own where one serves as a weight
   * and as a statistic. Edit a `clone()`; this one is never changed.
   */
  readonly graph: Graph;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** From an adapter or the model's own metadata; undefined when nobody says. */
  readonly preprocess: Preprocess | undefined;
  /** Name of the adapter that said so; left out where the model's own metadata did. */
  readonly preprocessBy?: string;
  /** Class names in the order of the logits, when the model carries them. */
  readonly labels: readonly string[] | undefined;
  readonly metadata: ReadonlyMap<string, string>;
  /** The tool that wrote the file, as the file says: 'pytorch 2.15.0'; undefined where it does not. */
  readonly producer: string | undefined;
  readonly path: string | undefined;
  /** Paths of all files that it is read from, those with weights included; left out where that is `path` alone. */
  readonly files?: readonly string[];
  /** SHA-256 of the file (external weight files included, in the order of their names), as lower-case hex. */
  sha256(): Promise<string>;
  /**
   * An edited copy in the model's own format. Nodes, constants, inputs and outputs that `graph` shares with
   * `this.graph` are copied byte for byte; the others are encoded.
   * @throws MarnetError 'output' above 2 GB: use `write` with `externalData`.
   */
  encode(graph: Graph, options?: WriteOptions): Uint8Array;
  /** As `encode`, to a temporary file beside `path` that is then renamed. @throws MarnetError 'output'. */
  write(graph: Graph, path: string, options?: WriteOptions): Promise<void>;
}
