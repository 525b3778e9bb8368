export type { FeatureSite, LinearClassifier, OpaqueClassifier, Pooling } from './site.ts';
