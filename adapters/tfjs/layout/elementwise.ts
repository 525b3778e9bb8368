/** Ops that treat each element alike. */
import type { LayoutRule } from './rule.ts';

export const UNARY: readonly string[] = (
  'Identity Neg Abs Exp Log Sqrt Reciprocal Relu LeakyRelu Elu Selu Celu Clip Sigmoid HardSigmoid HardSwish Tanh Erf ' +
  'Gelu Softplus Softsign Sign Floor Ceil Round Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Shrink Dropout ' +
  'Not Mish ThresholdedRelu Cast IsNaN'
).split(' ');

export const BROADCASTING: readonly string[] =
  'Add Sub Mul Div Pow Max Min Sum Mean PRelu Mod And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual Where'.split(
    ' ',
  );

/** Inputs after the first are scalars (bounds of Clip), or seeds. */
const unary: LayoutRule = (site) => {
  const perm = site.perm(0);
  if (!perm) return undefined;
  const rest = site.node.inputs.slice(1).map((_, i) => site.input(i + 1));
  return { inputs: [site.source(0, perm), ...rest], perms: [perm] };
};

/** The order of the first input that has as many axes as the result and was to be transposed. */
const broadcasting: LayoutRule = (site) => {
  const shapes = site.node.inputs.map((_, i) => site.shape(i));
  if (shapes.some((shape) => shape === undefined)) return undefined;
  const rank = Math.max(...shapes.map((shape) => shape!.length));
  const leading = shapes.findIndex((shape, i) => shape!.length === rank && site.perm(i));
  const perm = leading < 0 ? undefined : site.perm(leading);
  if (!perm) return undefined;
  return { inputs: site.node.inputs.map((_, i) => site.source(i, perm)), perms: [perm] };
};

export const ELEMENTWISE: readonly (readonly [string, LayoutRule])[] = [
  ...UNARY.map((op) => [op, unary] as const),
  ...BROADCASTING.map((op) => [op, broadcasting] as const),
];
