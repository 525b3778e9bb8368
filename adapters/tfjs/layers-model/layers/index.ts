/** All layers that are translated, by class name; a family a file. */
import type { LayerTable } from '../layer-call.ts';
import { ACTIVATION_LAYERS } from './activation.ts';
import { CONVOLUTION_LAYERS } from './convolution.ts';
import { DENSE_LAYERS } from './dense.ts';
import { IDENTITY_LAYERS } from './identity.ts';
import { MERGE_LAYERS } from './merge.ts';
import { NORMALIZATION_LAYERS } from './normalization.ts';
import { POOLING_LAYERS } from './pooling.ts';
import { PREPROCESSING_LAYERS } from './preprocessing.ts';
import { SHAPE_LAYERS } from './shape.ts';
import { SPATIAL_LAYERS } from './spatial.ts';

export const LAYERS: LayerTable = new Map([
  ...DENSE_LAYERS,
  ...CONVOLUTION_LAYERS,
  ...NORMALIZATION_LAYERS,
  ...ACTIVATION_LAYERS,
  ...POOLING_LAYERS,
  ...SPATIAL_LAYERS,
  ...SHAPE_LAYERS,
  ...MERGE_LAYERS,
  ...IDENTITY_LAYERS,
  ...PREPROCESSING_LAYERS,
]);
