export {
  type ChangedPrediction,
  type ClassReport,
  type Comparison,
  compareModels,
  type Report,
  reportOf,
} from './compare.ts';
export { corruptionErrors, type RelativeErrors } from './corruption.ts';
export { type MeanInterval, meanInterval, pairedDifference, studentQuantile } from './interval.ts';
export {
  accuracy,
  bestClasses,
  type ClassFigures,
  type Confusion,
  classFigures,
  confusionOf,
  macroF1,
  macroF1Of,
  topK,
  worstConfusions,
} from './metrics.ts';
export { type TableOptions, tableText } from './table.ts';
