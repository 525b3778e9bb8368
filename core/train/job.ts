import type { Mixing } from '../data/augment/index.ts';
import type { Tensor } from '../graph/index.ts';
import type { FeatureSite } from '../locate/index.ts';
import type { BaseKind, HeadOptions } from '../marnet/index.ts';
import type { TrainedPart } from '../runtime/cut.ts';
import type { GraphEngine } from '../runtime/graph-engine.ts';
import type { Hyperparameters } from './hyperparameters.ts';

/** The words of one text: positions in the vocabulary, and how strongly each counts. */
export interface SparseRow {
  readonly ids: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

export type Texts = BagsOfWords | TextVectors;

/** Texts whose words get vectors that are learned. */
export interface BagsOfWords {
  /** V; 0 when no image has a text. */
  readonly vocabulary: number;
  /** The text of image i; undefined, or no ids, where it has none. */
  row(i: number): SparseRow | undefined;
}

/** Texts as an encoder gave them, which is not trained. */
export interface TextVectors {
  /** Values of a text. */
  readonly width: number;
  /** The text of image i, the same array for equal texts; undefined where it has none. */
  row(i: number): Float32Array | undefined;
}

/** A frozen backbone: its features were computed before. */
export interface FeatureSource {
  readonly kind: 'features';
  /** x_v of all images, [n, D]. */
  readonly features: Float32Array;
  /** D. */
  readonly width: number;
  /** The original logits of all images, [n, C]; needed unless `base` is 'new'. */
  readonly baseLogits?: Float32Array | undefined;
  /** Views of the training images beside these; each epoch draws, for each image, one of all. */
  readonly views?: readonly FeatureView[];
}

/** The training images seen otherwise: rows are in the order of the job's `trainIndices`. */
export interface FeatureView {
  readonly features: Float32Array;
  readonly baseLogits?: Float32Array | undefined;
}

/** A backbone that is trained too. */
export interface ImageSource {
  readonly kind: 'images';
  /** Its graph's outputs include the site's value, and the logits unless `base` is 'new'. */
  readonly backbone: TrainedPart;
  readonly site: Pick<FeatureSite, 'value' | 'pooling' | 'width'>;
  /** Name of the original logits; needed unless `base` is 'new'. */
  readonly logits?: string | undefined;
  /** How far a parameter is from the heads, in layers; 0 unless told. */
  readonly depths?: ReadonlyMap<string, number> | undefined;
  /** The same part of the model for another number of images a run, where a device's memory needs that. */
  readonly resized?: ((batch: number) => Promise<TrainedPart>) | undefined;
  /**
   * One row an image, as the backbone is fed: its pixels as the model's input has them, or its values at the cut.
   * Called ahead of use, so that decoding goes on while a step runs. @param epoch decides augmentation; 'holdout' means none.
   * @param step 0-based within the epoch; decides how the images are mixed.
   */
  images(
    indices: readonly number[],
    epoch: number | 'holdout',
    step: number,
  ): Promise<Float32Array | Uint8Array>;
  /** How `images` mixes those of a step, so that labels and texts are mixed alike; undefined where it does not. */
  readonly mixing?: ((epoch: number, step: number) => Mixing | undefined) | undefined;
}

/** Mean and 1/deviation of each feature, [D] each. */
export interface FeatureStatistics {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

/**
 * What steps compute in. 'float16': products of matrices and convolutions in float16, what is delicate in float32, with
 * parameters and optimizer in float32 and the loss scaled.
 */
export type TrainingPrecision = 'float32' | 'float16';

export interface TrainingJob {
  readonly source: FeatureSource | ImageSource;
  /** Class of each image, in [0, classes). */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly texts: Texts;
  readonly trainIndices: readonly number[];
  readonly holdoutIndices: readonly number[];
  readonly base: BaseKind;
  readonly heads: HeadOptions;
  readonly hyper: Hyperparameters;
  readonly seed: number;
  /** Who runs the graphs of steps and evaluations; onnxruntime unless told. */
  readonly engine?: GraphEngine | undefined;
  /** Of steps; evaluations are in float32, as the exported model is. 'float32' unless told. */
  readonly precision?: TrainingPrecision | undefined;
  /** What features are standardised with; computed from the training rows where those are given, else none. */
  readonly statistics?: FeatureStatistics | undefined;
  /** First values of parameters that are not to start at random: word vectors in 'marnet/text/table', say. */
  readonly initial?: ReadonlyMap<string, Tensor> | undefined;
  /** Where checkpoints and metrics.csv go; none are kept without it. */
  readonly folder?: string | undefined;
  /** Go on from the folder's last checkpoint, if there is one. */
  readonly resume?: boolean | undefined;
  /** Whatever else the result depends on (the model's hash, the images'): a checkpoint of another identity is refused. */
  readonly identity?: string | undefined;
}

/** Parts of the loss, each a mean over the images seen. */
export interface LossParts {
  readonly loss: number;
  readonly classification: number;
  readonly ema: number | undefined;
  readonly rec: number | undefined;
  readonly cdr: number | undefined;
  readonly text: number | undefined;
}

export interface EpochMetrics extends LossParts {
  /** 1-based. */
  readonly epoch: number;
  readonly learningRate: number;
  /** Share of training images whose class had the highest logit at the time. */
  readonly trainAccuracy: number;
  /** Undefined without holdout images. */
  readonly holdoutLoss: number | undefined;
  readonly holdoutAccuracy: number | undefined;
}

/** Why training ended: all epochs done, no better epoch for `patience` epochs, or stopped by the caller. */
export type StopReason = 'finished' | 'no-improvement' | 'interrupted';

/** What training tells as it goes on, by `type`. */
export type TrainEvent =
  | {
      readonly type: 'step';
      /** 1-based, as are `step` and `epochs`' count. */
      readonly epoch: number;
      readonly epochs: number;
      readonly step: number;
      readonly stepsPerEpoch: number;
      /** Images of this step. */
      readonly images: number;
      readonly learningRate: number;
      /** Not finite where the step was left out. */
      readonly gradientNorm: number;
      /** What the loss was multiplied with, where steps compute in float16. */
      readonly lossScale?: number;
      readonly losses: LossParts;
      /** Of the step, preparation included. */
      readonly milliseconds: number;
    }
  | {
      readonly type: 'epoch';
      readonly metrics: EpochMetrics;
      readonly best: boolean;
      readonly milliseconds: number;
    }
  | { readonly type: 'checkpoint'; readonly path: string; readonly kind: 'last' | 'best' }
  /** Something that the engine decided. */
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'stopped'; readonly reason: StopReason; readonly epoch: number };

export interface TrainResult {
  /** Heads (buffers and what stays behind at export included) and changed backbone weights, at the best epoch. */
  readonly parameters: Map<string, Tensor>;
  /** The epoch that the parameters are of, 1-based. */
  readonly bestEpoch: number;
  readonly best: EpochMetrics;
  /** Logits of the holdout images with these parameters, [holdoutIndices.length, C]. */
  readonly holdoutLogits: Float32Array;
  readonly history: readonly EpochMetrics[];
  readonly reason: Exclude<StopReason, 'interrupted'>;
}
