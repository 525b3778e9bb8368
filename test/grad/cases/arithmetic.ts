import { int } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { awayFromZero, distinct, exactly, integers, known, uniform } from '../samples.ts';

const unary = (op: string, sample = uniform([2, 3])): OpCase => ({ label: op, op, inputs: [sample] });
const two = (op: string, a = uniform([2, 3]), b = uniform([2, 3])): OpCase => ({
  label: `${op} [${a.dims}] [${b.dims}]`,
  op,
  inputs: [a, b],
});
const power = (exponent: number): OpCase => ({
  label: `Pow by ${exponent}`,
  op: 'Pow',
  inputs: [uniform([2, 3], 0.3, 2), known(exactly([], [exponent]))],
});

export const ARITHMETIC: readonly OpCase[] = [
  two('Add'),
  two('Sub'),
  two('Mul'),
  two('Mul', uniform([]), uniform([2, 2])),
  two('Div', uniform([2, 3]), awayFromZero([2, 3])),
  two('Pow', uniform([2, 3], 0.3, 2), uniform([3])),
  {
    label: 'Mod',
    op: 'Mod',
    inputs: [uniform([2, 3], -3, 3), uniform([3], 0.7, 0.9)],
    attributes: { fmod: int(1) },
  },
  ...[-1, 0, 0.5, 1, 2, 2.5, 3].map(power),
  { label: 'Pow by integers', op: 'Pow', inputs: [awayFromZero([2, 3]), integers([2, 3, 0])] },
  { label: 'Sum of three', op: 'Sum', inputs: [uniform([2, 3]), uniform([3]), uniform([2, 1])] },
  { label: 'Sum of one', op: 'Sum', inputs: [uniform([2])] },
  { label: 'Mean of three', op: 'Mean', inputs: [uniform([2, 3]), uniform([3]), uniform([2, 1])] },
  unary('Neg'),
  unary('Abs', awayFromZero([2, 3])),
  unary('Sqrt', uniform([2, 3], 0.3, 2)),
  unary('Reciprocal', awayFromZero([2, 3])),
  unary('Exp'),
  unary('Log', uniform([2, 3], 0.3, 2)),
  unary('Sin'),
  unary('Cos'),
  unary('Tan', uniform([2, 3], -1, 1)),
  unary('Asin', uniform([2, 3], -0.9, 0.9)),
  unary('Acos', uniform([2, 3], -0.9, 0.9)),
  unary('Atan'),
  unary('Sinh'),
  unary('Cosh'),
  unary('Asinh'),
  unary('Acosh', uniform([2, 3], 1.2, 3)),
  unary('Atanh', uniform([2, 3], -0.9, 0.9)),
  { label: 'Max of two', op: 'Max', inputs: [uniform([2, 3]), uniform([3], 2, 3)] },
  {
    label: 'Max of three',
    op: 'Max',
    inputs: [distinct([2, 5]), uniform([], 0.001, 0.002), uniform([2, 1])],
  },
  { label: 'Max of one', op: 'Max', inputs: [uniform([3])] },
  { label: 'Min of two', op: 'Min', inputs: [distinct([2, 3]), uniform([], 0.001, 0.002)] },
];
