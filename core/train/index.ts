export { type Draws, drawsFor } from './draws.ts';
export {
  type Hyperparameters,
  type HyperparametersInput,
  hyperparameters,
  hyperparametersSchema,
} from './hyperparameters.ts';
export type {
  BagsOfWords,
  EpochMetrics,
  FeatureSource,
  FeatureStatistics,
  FeatureView,
  ImageSource,
  LossParts,
  SparseRow,
  StopReason,
  Texts,
  TextVectors,
  TrainEvent,
  TrainingJob,
  TrainingPrecision,
  TrainResult,
} from './job.ts';
export { train } from './loop.ts';
export { featureStatistics } from './statistics.ts';
