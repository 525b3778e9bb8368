import type { SkippedImage } from '../data/batches.ts';
import type { EpochMetrics } from '../train/index.ts';
import type { Conversion, LabelPlan, Verification } from './events.ts';

/** How a classifier does on the holdout, which no training step saw. Shares are 0 to 1. */
export interface HoldoutScore {
  readonly top1: number;
  /** Undefined with five classes or fewer. */
  readonly top5: number | undefined;
  readonly macroF1: number;
}

/** What a job leaves behind: the merged model, its figures, the run folder. */
export interface WrapResult {
  /** The merged model. */
  readonly path: string;
  /** Options, metrics.csv, best and last checkpoint. */
  readonly runFolder: string;
  readonly labels: readonly string[];
  readonly labelPlan: LabelPlan;
  readonly images: {
    readonly train: number;
    readonly holdout: number;
    readonly skipped: readonly SkippedImage[];
  };
  readonly scores: {
    /** The model as it came; undefined where its classes are not the data's. */
    readonly base: HoldoutScore | undefined;
    /** The same training without text and heads; undefined where no comparison was asked for. */
    readonly plain: HoldoutScore | undefined;
    readonly merged: HoldoutScore;
  };
  /** The epoch that was kept, 1-based, and its metrics. */
  readonly best: EpochMetrics;
  readonly epochs: number;
  readonly verification: Verification;
  /** Undefined where the model was written as ONNX. */
  readonly conversion: Conversion | undefined;
  /** Seconds from start to end. */
  readonly seconds: number;
}
