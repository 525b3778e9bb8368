import type { DecompositionRule } from '../rule.ts';
import { ACTIVATION_DECOMPOSITIONS } from './activation.ts';
import { ATTENTION_DECOMPOSITIONS } from './attention.ts';
import { EINSUM_DECOMPOSITION } from './einsum.ts';
import { FUSED_DECOMPOSITIONS } from './fused.ts';
import { LAYOUT_DECOMPOSITIONS } from './layout.ts';
import { NORMALIZATION_DECOMPOSITIONS } from './normalization.ts';
import { POOLING_DECOMPOSITIONS } from './pooling.ts';
import { POSITION_DECOMPOSITIONS } from './positions.ts';
import { SAMPLING_DECOMPOSITIONS } from './sampling.ts';
import { SCALER_DECOMPOSITION } from './scaler.ts';

/** Ops that are differentiated as the ops they are composed of. */
export const DECOMPOSITIONS: readonly DecompositionRule[] = [
  ...ACTIVATION_DECOMPOSITIONS,
  EINSUM_DECOMPOSITION,
  ...LAYOUT_DECOMPOSITIONS,
  ...NORMALIZATION_DECOMPOSITIONS,
  ...POOLING_DECOMPOSITIONS,
  ...SAMPLING_DECOMPOSITIONS,
  ...ATTENTION_DECOMPOSITIONS,
  ...POSITION_DECOMPOSITIONS,
  ...FUSED_DECOMPOSITIONS,
  SCALER_DECOMPOSITION,
];
