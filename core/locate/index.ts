export { type LocateOptions, locateFeatures } from './locate.ts';
export { nearestNames } from './outputs.ts';
export type { Dequantization, FeatureSite, LinearClassifier, OpaqueClassifier, Pooling } from './site.ts';
export { type Cut, GraphView } from './view.ts';
