import type { SkippedImage } from '../data/batches.ts';
import { imageBatches } from '../data/batches.ts';
import { openFeatureCache } from '../data/cache.ts';
import { type Preprocess, preprocessToJson } from '../data/index.ts';
import type { FeatureSite } from '../locate/index.ts';
import type { Model } from '../model.ts';
import { exposeClassifier, FEATURES, LOGITS } from '../runtime/classifier.ts';
import { imageInput } from '../runtime/image-input.ts';
import { imageTensor } from '../runtime/image-tensor.ts';
import { openEdited } from '../runtime/open-model.ts';

/** Images a run of the frozen backbone, where its batch is open. */
const BATCH = 16;

export interface FeatureJob {
  readonly model: Model;
  readonly site: FeatureSite;
  readonly preprocess: Preprocess;
  readonly images: readonly { readonly id: string; readonly file: string }[];
  readonly cacheFolder?: string | undefined;
  readonly strict: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Rows are in the order of the job's images; a skipped image's rows are zero. */
export interface FeatureTable {
  /** [n, D] */
  readonly features: Float32Array;
  readonly width: number;
  /** Of the original classifier, [n, C]. */
  readonly logits: Float32Array;
  readonly classes: number;
  readonly skipped: readonly SkippedImage[];
  readonly notices: readonly string[];
}

export interface FeatureProgress {
  readonly type: 'features';
  readonly done: number;
  readonly total: number;
  readonly cached: number;
}
