import type { Shape } from '../graph/index.ts';

/** How the feature vector x_v [N, D] is made of the site's value. */
export type Pooling =
  /** The value is [N, D] already. */
  | 'none'
  /** Mean of [N, D, ...] over its spatial axes. */
  | 'mean-spatial'
  /** Token 0 of [N, T, D]. */
  | 'class-token'
  /** Mean of [N, T, D] over its tokens. */
  | 'mean-tokens';

/** How a value of 8-bit integers q is read: x = (q - zero point) * scale, by names of constants, as DequantizeLinear takes them. */
export interface Dequantization {
  /** float32, one number. */
  readonly scale: string;
  /** Of q's dtype; 0 where there is none. */
  readonly zeroPoint: string | undefined;
}

/** logits = x_v W + b holds exactly, for x_v after pooling; W and b cast as the graph does, where they are of another type. */
export interface LinearClassifier {
  readonly kind: 'linear';
  /** Value of shape [N, C], or [N, C, 1, 1] and the like. */
  readonly logits: string;
  /** C. */
  readonly classes: number;
  /** Name of the constant, or of the Constant node's output, that is W; nothing else reads it. */
  readonly weight: string;
  /** Name of b [C]; undefined where the classifier has none. */
  readonly bias: string | undefined;
  /** 'DC': the weight is [D, C] (MatMul, Gemm with transB=0). 'CD': it is [C, D] (Gemm with transB=1, 1x1 Conv [C, D, 1, 1]). */
  readonly layout: 'DC' | 'CD';
  /** First outputs of the nodes that make the logits of the feature value, in graph order. */
  readonly nodes: readonly string[];
}

/** A classifier whose weights cannot be taken over as W and b. */
export interface OpaqueClassifier {
  readonly kind: 'opaque';
  readonly logits: string;
  readonly classes: number;
  /** Why it is not linear in x_v, in words. */
  readonly why: string;
}

/** A place of a graph where the features that its classifier reads can be taken. */
export interface FeatureSite {
  /** Name of the feature value. */
  readonly value: string;
  readonly shape: Shape;
  readonly pooling: Pooling;
  /** How the value is read where it is of integers, in a model that is quantized op by op; it is, before it is pooled. */
  readonly dequantization?: Dequantization;
  /** D, the size of the feature vector. */
  readonly width: number;
  readonly classifier: LinearClassifier | OpaqueClassifier;
  /** Name of the graph output that it leads to. */
  readonly output: string;
  /** Ops between the logits and the output that change their values, in order: ['Softmax']. */
  readonly activation: readonly string[];
  /** Why this is a site, in words. */
  readonly reason: string;
  /** Higher is better; comparable within one model only. */
  readonly score: number;
}
