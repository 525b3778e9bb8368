/**
 * Ops whose derivative is zero wherever it exists (rounding, signs), whose results are integers or booleans, or that
 * stop differentiation on purpose. Differentiation treats their outputs as constants.
 */
import { MICROSOFT } from '../decompositions/domain.ts';
import { GRAD_DOMAIN } from '../ops.ts';
import type { GradientRule } from '../rule.ts';

const OPS = [
  ...['Floor', 'Ceil', 'Round', 'Sign', 'Hardmax'],
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Not', 'And', 'Or', 'Xor'],
  ...['IsNaN', 'IsInf', 'BitShift', 'BitwiseAnd', 'BitwiseNot', 'BitwiseOr', 'BitwiseXor'],
  ...['ArgMax', 'ArgMin', 'NonZero', 'NonMaxSuppression', 'OneHot', 'Shape', 'Size', 'SequenceLength'],
  ...['OptionalHasElement', 'RegexFullMatch'],
  ...['Constant', 'ConstantOfShape', 'EyeLike', 'Range', 'BlackmanWindow', 'HammingWindow', 'HannWindow'],
  ...['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Bernoulli', 'Multinomial'],
];

export const NONDIFFERENTIABLE_RULES: readonly GradientRule[] = [
  ...OPS.map((op): GradientRule => ({ op, gradient: 'none' })),
  ...['Range', 'IsAllFinite'].map((op): GradientRule => ({ op, domain: MICROSOFT, gradient: 'none' })),
  { op: 'StopGradient', domain: GRAD_DOMAIN, gradient: 'none' },
];
