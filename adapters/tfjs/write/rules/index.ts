import type { Node } from '../../../../core/graph/index.ts';
import type { Rule } from '../rule.ts';
import { ACTIVATION } from './activation.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { CONVOLUTION } from './convolution.ts';
import { INDEXING } from './indexing.ts';
import { MATRIX } from './matrix.ts';
import { MOVEMENT } from './movement.ts';
import { NORMALIZATION } from './normalization.ts';
import { PADDING } from './padding.ts';
import { POOLING } from './pooling.ts';
import { QUANTIZATION } from './quantization.ts';
import { REDUCTION } from './reduction.ts';
import { RESIZE } from './resize.ts';

const FAMILIES = [
  ARITHMETIC,
  ACTIVATION,
  CONVOLUTION,
  POOLING,
  MATRIX,
  NORMALIZATION,
  MOVEMENT,
  PADDING,
  INDEXING,
  REDUCTION,
  RESIZE,
  QUANTIZATION,
];

const RULES = new Map<string, Rule>(FAMILIES.flatMap((family) => Object.entries(family)));

/** The ONNX ops of operator set 21 that have a translation of their own. */
export const TRANSLATED_OPS: readonly string[] = [...RULES.keys()].sort();

export const ruleFor = (node: Pick<Node, 'op' | 'domain'>): Rule | undefined =>
  node.domain === '' ? RULES.get(node.op) : undefined;
