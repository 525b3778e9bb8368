import type { Quantization } from '../../adapters/adapter.ts';
import type { Dataset } from '../data/dataset.ts';
import type { FeatureSite } from '../locate/index.ts';
import type { Device } from '../runtime/device/name.ts';
import type { TrainEvent } from '../train/index.ts';
import type { ChosenPreprocess } from './preprocess/choose.ts';
import type { WrapResult } from './result.ts';

/**
 * Where the preprocessing came from. 'measured' means that nobody says, and that this one was found to give clearly more
 * training images their label; 'input', that the input is uint8 and gets pixels as they are; 'graph', that the graph
 * normalises images itself and gets what it does so from; 'assumed', that the usual one is taken.
 */
export type PreprocessOrigin = 'option' | 'model' | 'adapter' | 'measured' | 'input' | 'graph' | 'assumed';

/** An adapter that matches the model. */
export interface AdapterMatch {
  readonly name: string;
  /** 'built in', a file, a package, or 'registered by the program'. */
  readonly origin: string;
  readonly specificity: number;
  /** Why it matches, in words. */
  readonly because: string;
}

/** What happens to the classifier: its classes stay, or a new linear layer for the data's classes replaces it. */
export type LabelPlan = 'kept' | 'new';

/** What a wrap tells while it runs, in this order; `type` says which. */
export type WrapEvent =
  /** What the model and the training run on. */
  | { readonly type: 'device'; readonly device: Device; readonly title: string; readonly reason: string }
  /** The adapter that is used, and those that match too; none where only the general search fits. */
  | {
      readonly type: 'adapter';
      readonly adapter: AdapterMatch;
      readonly others: readonly AdapterMatch[];
    }
  /** The feature layer was found; `others` are the candidates that came after it. */
  | { readonly type: 'located'; readonly site: FeatureSite; readonly others: readonly FeatureSite[] }
  /**
   * What is done to each image before the model sees it. It comes again after the data where candidates were tried on
   * them, and what it says then holds.
   */
  | ({ readonly type: 'preprocess' } & ChosenPreprocess)
  /** The data folder was read. */
  | { readonly type: 'data'; readonly dataset: Dataset }
  /**
   * Images that have gone through the backbone, `cached` of them in an earlier run. Where there are several views of
   * each, `view` counts from 1, the plain one, to `views`.
   */
  | {
      readonly type: 'features';
      readonly done: number;
      readonly total: number;
      readonly cached: number;
      readonly view?: number;
      readonly views?: number;
    }
  /** Whether the model's own classes are kept, and why. */
  | { readonly type: 'labels'; readonly plan: LabelPlan; readonly reason: string }
  /** Something that the user should know but need not act on. */
  | { readonly type: 'notice'; readonly message: string }
  /** A stage of training begins: MARNet, or the plain fine-tuning that it is compared with. */
  | { readonly type: 'stage'; readonly stage: TrainingStage; readonly folder: string }
  | TrainEvent
  | { readonly type: 'exported'; readonly path: string; readonly size: number }
  | ({ readonly type: 'verified' } & Verification)
  /** The merged model was written in another format than ONNX. */
  | ({ readonly type: 'converted' } & Conversion)
  | { readonly type: 'finished'; readonly result: WrapResult };

/** How the model in another format, loaded afresh, compares with its ONNX form on holdout images. */
export interface Conversion extends Verification {
  /** 'tfjs'. */
  readonly format: string;
  /** How weights were rounded; undefined where they were not. */
  readonly quantize: Quantization | undefined;
  /** Shares of these images whose class is right, 0 to 1, in both forms. */
  readonly top1: { readonly onnx: number; readonly written: number };
}

/** Which model is trained: the one with the heads, or the plain one that it is compared with. */
export type TrainingStage = 'marnet' | 'plain';

/** How the written model, loaded afresh, compares with the trained one on holdout images. */
export interface Verification {
  readonly images: number;
  /** Largest absolute difference of a logit. */
  readonly largestDifference: number;
  /** Share of images whose best class is the same, 0 to 1. */
  readonly agreement: number;
}
