/** Every op that a graph-model may have, by TensorFlow's name. */
import type { Translations } from '../operation.ts';
import { ACTIVATIONS } from './activation.ts';
import { CONVOLUTIONS } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { IMAGES } from './image.ts';
import { MATRICES } from './matrix.ts';
import { NORMALIZATIONS } from './normalization.ts';
import { PADDINGS } from './padding.ts';
import { PIECES } from './pieces.ts';
import { POOLINGS } from './pooling.ts';
import { REDUCTIONS } from './reduction.ts';
import { SHAPES } from './shape.ts';

const FAMILIES: readonly Translations[] = [
  ACTIVATIONS,
  CONVOLUTIONS,
  ELEMENTWISE,
  IMAGES,
  MATRICES,
  NORMALIZATIONS,
  PADDINGS,
  PIECES,
  POOLINGS,
  REDUCTIONS,
  SHAPES,
];

export const TRANSLATIONS: Translations = Object.assign({}, ...FAMILIES);
