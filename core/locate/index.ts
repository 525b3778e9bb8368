export { type LocateOptions, locateFeatures } from './locate.ts';
export type { FeatureSite, LinearClassifier, OpaqueClassifier, Pooling } from './site.ts';
