import { type Attributes, int, ints, str } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { distinct, uniform } from '../samples.ts';

const pool = (op: string, label: string, dims: number[], attributes: Attributes): OpCase => ({
  label: `${op} ${label}`,
  op,
  inputs: [op === 'MaxPool' ? distinct(dims) : uniform(dims)],
  attributes,
});

const both = (label: string, dims: number[], attributes: Attributes): OpCase[] => [
  pool('MaxPool', label, dims, attributes),
  pool('AveragePool', label, dims, attributes),
];

const square = (k: number) => ints([k, k]);
const ring = (p: number) => ints([p, p, p, p]);

export const POOLING: readonly OpCase[] = [
  ...both('2x2 stride 2', [2, 2, 4, 4], { kernel_shape: square(2), strides: square(2) }),
  ...both('3x3 stride 2 padded', [1, 2, 7, 6], {
    kernel_shape: square(3),
    strides: square(2),
    pads: ring(1),
  }),
  ...both('3x3 stride 1 padded', [1, 2, 4, 4], { kernel_shape: square(3), pads: ring(1) }),
  ...both('ceil', [1, 2, 6, 6], { kernel_shape: square(3), strides: square(2), ceil_mode: int(1) }),
  ...both('ceil padded', [1, 1, 6, 7], {
    kernel_shape: square(3),
    strides: square(2),
    pads: ring(1),
    ceil_mode: int(1),
  }),
  ...both('SAME_UPPER', [1, 2, 5, 6], {
    kernel_shape: square(3),
    strides: square(2),
    auto_pad: str('SAME_UPPER'),
  }),
  ...both('1-D', [1, 2, 7], { kernel_shape: ints([3]), strides: ints([2]), pads: ints([1, 1]) }),
  ...both('dilated', [1, 2, 6, 6], { kernel_shape: square(2), dilations: square(2) }),
  pool('AveragePool', 'counting the padding', [1, 2, 5, 5], {
    kernel_shape: square(3),
    strides: square(2),
    pads: ring(1),
    count_include_pad: int(1),
  }),
  pool('AveragePool', 'counting the padding, ceil', [1, 1, 6, 6], {
    kernel_shape: square(3),
    strides: square(2),
    pads: ring(1),
    count_include_pad: int(1),
    ceil_mode: int(1),
  }),
  { label: 'GlobalAveragePool', op: 'GlobalAveragePool', inputs: [uniform([2, 3, 2, 3])] },
  { label: 'GlobalAveragePool 1-D', op: 'GlobalAveragePool', inputs: [uniform([2, 3, 4])] },
  { label: 'GlobalMaxPool', op: 'GlobalMaxPool', inputs: [distinct([2, 3, 2, 3])] },
];
