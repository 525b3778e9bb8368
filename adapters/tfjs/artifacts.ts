import type { Tensor } from '../../core/graph/index.ts';

/** A TensorFlow.js model as its files have it, weights decoded; before it is translated. */
export interface TfjsArtifacts {
  readonly kind: 'graph-model' | 'layers-model';
  /** `modelTopology` of model.json: a GraphDef as JSON, or a Keras configuration. */
  readonly topology: Readonly<Record<string, unknown>>;
  /** By the names of the weights manifest; quantized and half-precision ones widened to float32. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** `signature` of a graph-model: its inputs and outputs by their public names. */
  readonly signature: TfjsSignature | undefined;
  /** `userDefinedMetadata`, where labels and preprocessing are kept. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** `generatedBy` and `convertedBy`, for messages. */
  readonly producer: string | undefined;
  /** Files that were read, in order: model.json first. */
  readonly files: readonly string[];
}

export interface TfjsSignature {
  readonly inputs?: Readonly<Record<string, TfjsPort>>;
  readonly outputs?: Readonly<Record<string, TfjsPort>>;
}

export interface TfjsPort {
  /** `<node>:<output>`. */
  readonly name: string;
  /** 'DT_FLOAT' and so on. */
  readonly dtype?: string;
  readonly tensorShape?: {
    readonly dim?: readonly { readonly size: string | number }[];
    readonly unknownRank?: boolean;
  };
}
