export { type LocateOptions, locateFeatures } from './locate.ts';
export { nearestNames } from './outputs.ts';
export type { FeatureSite, LinearClassifier, OpaqueClassifier, Pooling, Quantization } from './site.ts';
export { type Cut, GraphView } from './view.ts';
