export { afterLogits } from './after-logits.ts';
export { type GraftOptions, graftHeads, ORIGINAL_LOGITS } from './graft.ts';
export {
  buildHeads,
  buildInference,
  buildTraining,
  type DiffusionInputs,
  type HeadInputs,
  type HeadLosses,
  type HeadMasks,
  type InferenceHeads,
  type TextInputs,
  type TrainingInputs,
} from './heads.ts';
export type { Lookup } from './layers.ts';
export { MASKED } from './losses.ts';
export { type HeadOptions, type HeadOptionsInput, headOptions, headOptionsSchema } from './options.ts';
export {
  type BaseKind,
  boxMuller,
  type HeadSizes,
  headParameters,
  initializeHeads,
  type ParameterSpec,
  PREFIX,
  type UniformStreams,
} from './parameters.ts';
export { poolFeatures, toLogitsShape, toRows } from './pooling.ts';
export { samplingLevels, samplingSteps, signalLevels, timeEmbedding } from './schedule.ts';
export { isGrafted, ungraft } from './ungraft.ts';
