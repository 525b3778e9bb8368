import { float, int, str } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { awayFrom, awayFromZero, exactly, known, type Sample, uniform } from '../samples.ts';

const unary = (op: string, sample: Sample, attributes = {}, label = op): OpCase => ({
  label,
  op,
  inputs: [sample],
  attributes,
});
const bound = (value: number): Sample => exactly([], [value]);

export const ACTIVATION: readonly OpCase[] = [
  unary('Relu', awayFromZero([3, 4])),
  unary('LeakyRelu', awayFromZero([3, 4])),
  unary('LeakyRelu', awayFromZero([3, 4]), { alpha: float(0.3) }, 'LeakyRelu 0.3'),
  {
    label: 'PRelu, one slope a channel',
    op: 'PRelu',
    inputs: [awayFromZero([2, 3, 2, 2]), uniform([3, 1, 1])],
  },
  { label: 'PRelu, one slope', op: 'PRelu', inputs: [awayFromZero([2, 3]), uniform([1])] },
  unary('Elu', awayFromZero([3, 4])),
  unary('Elu', awayFromZero([3, 4]), { alpha: float(0.7) }, 'Elu 0.7'),
  unary('Selu', awayFromZero([3, 4])),
  unary('Sigmoid', uniform([3, 4], -4, 4)),
  unary('HardSigmoid', awayFrom([4, 5], [-2.5, 2.5], 5)),
  unary(
    'HardSigmoid',
    awayFrom([4, 5], [-3, 3], 5),
    { alpha: float(1 / 6), beta: float(0.5) },
    'HardSigmoid 1/6',
  ),
  unary('HardSwish', awayFrom([4, 5], [-3, 3], 5)),
  unary('Tanh', uniform([3, 4], -3, 3)),
  unary('Erf', uniform([3, 4], -3, 3)),
  unary('Gelu', uniform([4, 5], -4, 4)),
  unary('Gelu', uniform([4, 5], -4, 4), { approximate: str('tanh') }, 'Gelu by tanh'),
  unary('Softplus', uniform([3, 4], -4, 4)),
  unary('Softsign', awayFromZero([3, 4])),
  unary('Mish', uniform([3, 4], -4, 4)),
  unary('ThresholdedRelu', awayFrom([4, 5], [1], 3)),
  unary('ThresholdedRelu', awayFrom([4, 5], [-0.5], 3), { alpha: float(-0.5) }, 'ThresholdedRelu -0.5'),
  unary('Shrink', awayFrom([4, 5], [-0.5, 0.5], 2)),
  unary(
    'Shrink',
    awayFrom([4, 5], [-0.8, 0.8], 2),
    { lambd: float(0.8), bias: float(0.3) },
    'Shrink with a bias',
  ),
  {
    label: 'Clip to [0, 6]',
    op: 'Clip',
    inputs: [awayFrom([4, 5], [0, 6], 9), known(bound(0)), known(bound(6))],
  },
  { label: 'Clip from below', op: 'Clip', inputs: [awayFromZero([3, 4]), known(bound(0))] },
  { label: 'Clip from above', op: 'Clip', inputs: [awayFromZero([3, 4]), undefined, known(bound(0))] },
  { label: 'Clip without bounds', op: 'Clip', inputs: [uniform([3, 4])] },
  {
    label: 'Clip by attributes',
    op: 'Clip',
    opset: 9,
    inputs: [awayFrom([4, 5], [-1, 2], 3)],
    attributes: { min: float(-1), max: float(2) },
  },
  {
    label: 'Clip with trained bounds',
    op: 'Clip',
    inputs: [awayFrom([4, 5], [-1, 1], 2), bound(-1), bound(1)],
  },
  { label: 'Clip with a trained lower bound', op: 'Clip', inputs: [awayFrom([4, 5], [-1], 2), bound(-1)] },
  ...['Softmax', 'LogSoftmax'].flatMap((op): OpCase[] => [
    unary(op, uniform([3, 4], -2, 2)),
    unary(op, uniform([2, 3, 4], -2, 2), { axis: int(1) }, `${op} over the middle axis`),
    unary(op, uniform([2, 3, 2], -2, 2), { axis: int(-3) }, `${op} over the first axis`),
    { ...unary(op, uniform([2, 5], -2, 2), { axis: int(1) }, `${op}, operator set 9`), opset: 9 },
  ]),
];
