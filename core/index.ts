/** The public API of marnet-wrap. Everything else may change without notice. */
export {
  type Adapter,
  type BackboneAdapter,
  defineAdapter,
  type Extension,
  type FormatWriteOptions,
  type FormatWriter,
  type Importer,
  type ModelFacts,
  type Quantization,
  type SiteClaim,
  type Stage,
  type TfjsTranslations,
  type Verdict,
} from '../adapters/adapter.ts';
export { type Config, defineConfig } from '../adapters/discover/config.ts';
export type { NamedStage } from '../adapters/knowledge.ts';
export { loadModel } from '../adapters/load.ts';
export { registerAdapter, unregisterAdapter } from '../adapters/registry.ts';
export type {
  GraphNode,
  KnownArray,
  NodeAttributes,
  OpenSize,
  Operand,
  Operation,
  Port,
  Size,
  Translation,
  Translations,
} from '../adapters/tfjs/graph-model/index.ts';
export { createTfjsImporter, type TfjsImporterOptions } from '../adapters/tfjs/index.ts';
export type {
  JsonObject,
  LayerCall,
  LayerTranslation,
  LayerTranslations,
} from '../adapters/tfjs/layers-model/index.ts';
export type { Padding } from '../adapters/tfjs/ops/index.ts';
export {
  type ClientPlatform,
  type ClientRequest,
  type GeneratedClient,
  generateClient,
} from '../codegen/client/index.ts';
export { type Scaffolded, scaffold } from '../codegen/scaffold/index.ts';
export type { SkippedImage } from './data/batches.ts';
export {
  type ClassCounts,
  type DataReport,
  type DataReportOptions,
  type ImageReport,
  inspectData,
  type PlacedImage,
  type SizedImage,
  type SplitReport,
  type TextReport,
} from './data/check/report.ts';
export type { UnreadableImage } from './data/check/scan.ts';
export {
  type ColumnNames,
  type Dataset,
  type DatasetOptions,
  type IngredientList,
  loadDataset,
  type Sample,
  type Split,
} from './data/dataset.ts';
export { describePreprocess, type Preprocess, parsePreprocess } from './data/index.ts';
export { type ErrorCode, type ErrorDetail, MarnetError } from './errors.ts';
export {
  type JsonValue,
  type MergedMetadata,
  readMergedMetadata,
  type Unwrapped,
  unwrap,
} from './export/index.ts';
export type {
  DecompositionRule,
  DifferentiationRule,
  GradientRule,
  InputGradient,
  NodeContext,
  RuleContext,
  UnsupportedRule,
} from './grad/index.ts';
export type {
  Attribute,
  Attributes,
  Constant,
  Dim,
  DType,
  EmitOptions,
  Graph,
  GraphBuilder,
  Node,
  OperatorArguments,
  OperatorAttributes,
  OperatorInputs,
  OperatorName,
  Reduction,
  Shape,
  Tensor,
  TensorData,
  Value,
  ValueInfo,
  ValueType,
} from './graph/index.ts';
export {
  type Dequantization,
  type FeatureSite,
  type LinearClassifier,
  type LocateOptions,
  locateFeatures,
  type OpaqueClassifier,
  type Pooling,
} from './locate/index.ts';
export type { HeadOptions, HeadOptionsInput } from './marnet/index.ts';
export type { Model, WriteOptions } from './model.ts';
export { type EncodeOptions, encodeGraph } from './onnx/index.ts';
export type { ClassReport } from './report/compare.ts';
export type { Device, DeviceKind, DeviceWish } from './runtime/device/name.ts';
export type { DeviceTrial, HalfTrial, Timed } from './runtime/device/trial.ts';
export type { ImageInput } from './runtime/image-input.ts';
export { type GradientModel, type GradientModelOptions, gradientModel } from './train/gradient-model.ts';
export type {
  EpochMetrics,
  Hyperparameters,
  HyperparametersInput,
  LossParts,
  StopReason,
  TrainEvent,
} from './train/index.ts';
export { type AdapterListing, listAdapters } from './wrap/adapters.ts';
export {
  type DeviceFinding,
  type Diagnosis,
  type DoctorOptions,
  diagnose,
  type EngineFinding,
} from './wrap/doctor.ts';
export { type EvaluateOptions, type Evaluation, evaluateModel, type Score } from './wrap/evaluate.ts';
export type {
  AdapterMatch,
  Conversion,
  LabelPlan,
  PreprocessOrigin,
  TrainingStage,
  Verification,
  WrapEvent,
} from './wrap/events.ts';
export { type Inspection, type InspectOptions, inspectModel, type MadeValue } from './wrap/inspect.ts';
export type { WrapOptions, WrapOptionsInput } from './wrap/options.ts';
export { type NamedClass, type Prediction, type PredictOptions, predictImages } from './wrap/predict.ts';
export type { ChosenPreprocess } from './wrap/preprocess/choose.ts';
export type { MeasuredCandidate, MeasuredPreprocess } from './wrap/preprocess/measure.ts';
export { usualPreprocess } from './wrap/preprocess/resolve.ts';
export type { HoldoutScore, WrapResult } from './wrap/result.ts';
export {
  type CorruptionScore,
  evaluateRobustness,
  type Robustness,
  type RobustnessOptions,
  type RobustnessScore,
} from './wrap/robustness.ts';
export type { Run } from './wrap/run.ts';
export type { TuningCost } from './wrap/tuning/costs.ts';
export type { Tune } from './wrap/tuning/mode.ts';
export type { Batching } from './wrap/tuning/tuning.ts';
export { wrap } from './wrap/wrap.ts';
