import type { OpCase } from '../check.ts';
import { ACTIVATION } from './activation.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { COMPOSED } from './composed.ts';
import { CONVOLUTION } from './convolution.ts';
import { INDEXING, LAYOUT } from './layout.ts';
import { MATRIX } from './matrix.ts';
import { NORMALIZATION } from './normalization.ts';
import { POOLING } from './pooling.ts';
import { REDUCTION } from './reduction.ts';
import { SAMPLING } from './sampling.ts';
import { RESIZE, SCATTER } from './scatter.ts';

export const CASES: readonly OpCase[] = [
  ...ARITHMETIC,
  ...ACTIVATION,
  ...MATRIX,
  ...CONVOLUTION,
  ...POOLING,
  ...NORMALIZATION,
  ...REDUCTION,
  ...LAYOUT,
  ...INDEXING,
  ...SCATTER,
  ...RESIZE,
  ...SAMPLING,
  ...COMPOSED,
];
