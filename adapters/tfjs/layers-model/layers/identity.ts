/** Layers that do something in training alone. */
import type { LayerTranslation } from '../layer-call.ts';

const NAMES = [
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'ActivityRegularization',
  'StochasticDepth',
  'RandomFlip',
  'RandomRotation',
  'RandomZoom',
  'RandomTranslation',
  'RandomContrast',
  'RandomBrightness',
] as const;

export const IDENTITY_LAYERS: readonly (readonly [string, LayerTranslation])[] = NAMES.map((name) => [
  name,
  (call) => call.x,
]);
