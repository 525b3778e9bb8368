import { int, ints, str } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { uniform } from '../samples.ts';

const conv = (label: string, x: number[], w: number[], attributes = {}, bias = true): OpCase => ({
  label: `Conv ${label}`,
  op: 'Conv',
  inputs: [uniform(x), uniform(w), ...(bias ? [uniform([w[0]!])] : [])],
  attributes,
});
const transposed = (label: string, x: number[], w: number[], attributes = {}, filters = w[1]!): OpCase => ({
  label: `ConvTranspose ${label}`,
  op: 'ConvTranspose',
  inputs: [uniform(x), uniform(w), uniform([filters])],
  attributes,
});

export const CONVOLUTION: readonly OpCase[] = [
  conv('3x3', [2, 2, 4, 5], [3, 2, 3, 3], { pads: ints([1, 1, 1, 1]) }),
  conv('1x1 without bias', [2, 3, 3, 3], [4, 3, 1, 1], {}, false),
  conv('stride 2', [1, 2, 6, 5], [2, 2, 3, 3], { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) }),
  conv('1x1 stride 2', [1, 2, 5, 4], [3, 2, 1, 1], { strides: ints([2, 2]) }),
  conv('5x5 stride 2, uneven', [1, 1, 8, 9], [2, 1, 5, 5], {
    strides: ints([2, 2]),
    pads: ints([2, 2, 1, 0]),
  }),
  conv('dilation 2', [1, 2, 6, 6], [2, 2, 3, 3], { dilations: ints([2, 2]), pads: ints([2, 2, 2, 2]) }),
  conv('2 groups', [1, 4, 4, 4], [6, 2, 3, 3], { group: int(2), pads: ints([1, 1, 1, 1]) }),
  conv('depthwise', [2, 3, 4, 4], [3, 1, 3, 3], { group: int(3), pads: ints([1, 1, 1, 1]) }),
  conv('depthwise, multiplier 2, stride 2', [1, 3, 5, 5], [6, 1, 3, 3], {
    group: int(3),
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
  }),
  conv('1-D', [2, 2, 7], [3, 2, 3], { strides: ints([2]), pads: ints([1, 1]) }),
  conv('1-D depthwise dilated', [2, 2, 7], [2, 1, 3], { group: int(2), dilations: ints([2]) }),
  conv('SAME_UPPER', [1, 2, 5, 6], [2, 2, 3, 2], { auto_pad: str('SAME_UPPER'), strides: ints([2, 2]) }),
  conv('SAME_LOWER', [1, 2, 5, 6], [2, 2, 2, 3], { auto_pad: str('SAME_LOWER'), strides: ints([1, 2]) }),
  conv('VALID', [1, 2, 5, 6], [2, 2, 2, 3], { auto_pad: str('VALID') }),
  transposed('2x2 stride 2', [1, 3, 3, 2], [3, 2, 2, 2], { strides: ints([2, 2]) }),
  transposed('3x3 padded', [2, 2, 3, 3], [2, 3, 3, 3], {
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
    output_padding: ints([1, 1]),
  }),
  transposed('2 groups', [1, 4, 3, 3], [4, 2, 3, 3], { group: int(2) }, 4),
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap((auto) => [
    transposed(auto, [1, 2, 3, 4], [2, 2, 3, 2], { auto_pad: str(auto), strides: ints([2, 1]) }),
    transposed(`${auto}, even kernel`, [1, 2, 3, 3], [2, 1, 4, 3], {
      auto_pad: str(auto),
      strides: ints([1, 2]),
    }),
  ]),
  transposed('to a given shape', [1, 2, 3, 3], [2, 2, 3, 3], {
    strides: ints([2, 2]),
    output_shape: ints([6, 5]),
  }),
  transposed('to a given shape, odd padding', [1, 2, 3, 3], [2, 2, 4, 3], {
    strides: ints([2, 2]),
    output_shape: ints([5, 6]),
    auto_pad: str('SAME_UPPER'),
  }),
  transposed('1-D dilated', [1, 2, 4], [2, 2, 3], { dilations: ints([2]) }),
];
