import { type Attributes, DTYPE_NUMBER, int, ints, str } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { booleans, exactly, indices, integers, known, type Sample, uniform } from '../samples.ts';

const one = (
  label: string,
  op: string,
  inputs: (Sample | undefined)[],
  attributes: Attributes = {},
): OpCase => ({
  label: `${op} ${label}`,
  op,
  inputs,
  attributes,
});

const list = (values: readonly number[]) => integers(values);

export const LAYOUT: readonly OpCase[] = [
  one('', 'Identity', [uniform([2, 3])]),
  one('in inference', 'Dropout', [uniform([2, 3])]),
  one('with a ratio', 'Dropout', [uniform([2, 3]), known(exactly([], [0.4]))]),
  { ...one('to float64', 'Cast', [uniform([2, 3])], { to: int(DTYPE_NUMBER.float64) }), dtype: 'float64' },
  one('to the same', 'Cast', [uniform([2, 3])], { to: int(DTYPE_NUMBER.float32) }),
  one('', 'Reshape', [uniform([2, 3, 2]), list([0, -1])]),
  one('to a row', 'Reshape', [uniform([2, 3]), list([-1])]),
  one('', 'Flatten', [uniform([2, 3, 2])]),
  one('at 2', 'Flatten', [uniform([2, 3, 2])], { axis: int(2) }),
  one('all', 'Squeeze', [uniform([1, 2, 1, 3])]),
  one('one axis', 'Squeeze', [uniform([1, 2, 1, 3]), list([-2])]),
  one('', 'Unsqueeze', [uniform([2, 3]), list([0, -1])]),
  { ...one('by attribute', 'Unsqueeze', [uniform([2, 3])], { axes: ints([1]) }), opset: 11 },
  one('reversed', 'Transpose', [uniform([2, 3, 4])]),
  one('permuted', 'Transpose', [uniform([2, 3, 2, 2])], { perm: ints([2, 0, 3, 1]) }),
  one('of three', 'Concat', [uniform([2, 1]), uniform([2, 3]), uniform([2, 2])], { axis: int(-1) }),
  one('of one', 'Concat', [uniform([2, 1])], { axis: int(0) }),
  { ...one('in three', 'Split', [uniform([2, 6]), list([1, 3, 2])], { axis: int(1) }), outputs: 3 },
  { ...one('evenly', 'Split', [uniform([4, 2])], { num_outputs: int(2) }), outputs: 2 },
  one('', 'Expand', [uniform([3, 1]), list([2, 3, 4])]),
  one('of a scalar', 'Expand', [uniform([]), list([2, 2])]),
  one('', 'Tile', [uniform([2, 3]), list([2, 1])]),
  one('', 'Trilu', [uniform([3, 4])]),
  one('lower', 'Trilu', [uniform([2, 4, 3]), integers([-1], [])], { upper: int(0) }),
  one('upper from 1', 'Trilu', [uniform([3, 3]), integers([1], [])]),
  one('upper, offset given in the run', 'Trilu', [uniform([3, 4]), indices([1], [])]),
  one('', 'ReverseSequence', [uniform([4, 3, 2]), indices([1, 4, 2])]),
  one('by rows', 'ReverseSequence', [uniform([2, 4]), indices([3, 4])], {
    batch_axis: int(0),
    time_axis: int(1),
  }),
  one('', 'CastLike', [uniform([2, 3]), known(exactly([1], [1]))]),
  one('twice', 'Tile', [uniform([2, 1, 3]), list([2, 3, 2])]),
  one('', 'Where', [booleans([2, 3]), uniform([2, 3]), uniform([2, 3])]),
  one('broadcast', 'Where', [booleans([3]), uniform([2, 1]), uniform([])]),
];

export const INDEXING: readonly OpCase[] = [
  one('', 'Slice', [uniform([4, 5]), list([1, 0]), list([3, 4]), list([0, 1])]),
  one('without axes', 'Slice', [uniform([4, 5]), list([1]), list([-1])]),
  one('to the end', 'Slice', [uniform([4, 5]), list([-2]), list([2 ** 40]), list([-1])]),
  one('by 2', 'Slice', [uniform([6, 5]), list([1]), list([6]), list([0]), list([2])]),
  one('by 3 and 2', 'Slice', [uniform([7, 5]), list([0, 1]), list([7, 5]), list([0, 1]), list([3, 2])]),
  one('backwards', 'Slice', [uniform([5, 2]), list([-1]), list([-(2 ** 40)]), list([0]), list([-1])]),
  one('backwards by 2', 'Slice', [uniform([6, 2]), list([4]), list([0]), list([0]), list([-2])]),
  {
    ...one('by attributes', 'Slice', [uniform([4, 5])], {
      starts: ints([1]),
      ends: ints([3]),
      axes: ints([1]),
    }),
    opset: 9,
  },
  one('of one index', 'Gather', [uniform([2, 3, 2]), integers([1], [])], { axis: int(1) }),
  one('of the last', 'Gather', [uniform([2, 3]), integers([-1], [1])], { axis: int(-1) }),
  one('repeated', 'Gather', [uniform([4, 2]), indices([2, 0, 2, -1, 2, 1], [3, 2])]),
  one('along axis 1', 'Gather', [uniform([2, 4, 3]), integers([3, 3, 0])], { axis: int(1) }),
  one('of one index, given in the run', 'Gather', [uniform([3, 2]), indices([1], [])]),
  one('', 'Col2Im', [uniform([2, 12, 6]), list([3, 4]), list([2, 2])]),
  one('strided, padded, dilated', 'Col2Im', [uniform([1, 8, 9]), list([5, 5]), list([2, 2])], {
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
    dilations: ints([2, 2]),
  }),
  one('', 'Pad', [uniform([2, 3]), list([1, 0, 2, 1])]),
  one('with a value', 'Pad', [uniform([2, 3]), list([1, 0, 0, 1]), uniform([])]),
  one('cutting', 'Pad', [uniform([3, 4]), list([-1, 1, 0, -2])]),
  one('along one axis', 'Pad', [uniform([2, 3]), list([1, 2]), undefined, list([-1])]),
  { ...one('by attributes', 'Pad', [uniform([2, 3])], { pads: ints([0, 1, 1, 1]) }), opset: 10 },
  ...['reflect', 'edge', 'wrap'].map((mode) =>
    one(mode, 'Pad', [uniform([1, 4, 3]), list([0, 2, 1, 0, 1, 2])], { mode: str(mode) }),
  ),
  ...['reflect', 'edge', 'wrap'].flatMap((mode) =>
    [
      [-1, 2, 2, -2],
      [-2, 1, 1, -1],
      [-1, -2, -2, 0],
    ].map((pads) =>
      one(`${mode}, margins ${pads}`, 'Pad', [uniform([5, 6]), list(pads)], { mode: str(mode) }),
    ),
  ),
];
