import { float, int, ints, str } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { distinct, exactly, indices, integers, known, type Sample, uniform } from '../samples.ts';

const one = (label: string, op: string, inputs: (Sample | undefined)[], attributes = {}): OpCase => ({
  label: `${op} ${label}`,
  op,
  inputs,
  attributes,
});

const REDUCTIONS = ['none', 'add', 'max', 'min'];

export const SCATTER: readonly OpCase[] = [
  one('', 'GatherElements', [uniform([3, 2]), indices([0, 2, 0, 1], [2, 2])]),
  one('along the last axis', 'GatherElements', [uniform([2, 4]), integers([3, 3, -1, 0, 1, 2], [2, 3])], {
    axis: int(-1),
  }),
  one('of elements', 'GatherND', [uniform([3, 2]), indices([0, 1, 2, 0, 0, 1], [3, 2])]),
  one('of rows', 'GatherND', [uniform([3, 2]), indices([2, 0, 2], [3, 1])]),
  one('of rows, in a grid', 'GatherND', [uniform([3, 2, 2]), integers([0, 1, -1, 0, 1, 1, 0, 0], [2, 2, 2])]),
  one('in a batch', 'GatherND', [uniform([2, 3, 2]), indices([2, 0, 1, 1], [2, 2, 1])], {
    batch_dims: int(1),
  }),
  one('in a batch of two axes', 'GatherND', [uniform([2, 2, 3]), integers([2, 0, 1, 1], [2, 2, 1])], {
    batch_dims: int(2),
  }),
  { ...one('', 'TopK', [distinct([2, 5]), integers([2])]), outputs: ['float32', 'int64'] },
  {
    ...one('smallest along the first axis', 'TopK', [distinct([4, 3]), integers([3])], {
      axis: int(0),
      largest: int(0),
    }),
    outputs: ['float32', 'int64'],
  },
  ...REDUCTIONS.flatMap((reduction) => [
    one(
      reduction,
      'ScatterElements',
      [distinct([3, 3]), indices([1, 0, 2, 0, 2, 1], [2, 3]), uniform([2, 3], 0.01, 0.02)],
      { axis: int(0), reduction: str(reduction) },
    ),
    one(
      `${reduction}, elements`,
      'ScatterND',
      [distinct([3, 3]), indices([0, 1, 2, 2, 1, 0], [3, 2]), uniform([3], 0.01, 0.02)],
      { reduction: str(reduction) },
    ),
    one(
      `${reduction}, rows`,
      'ScatterND',
      [distinct([4, 2]), integers([3, 1], [2, 1]), uniform([2, 2], 0.01, 0.02)],
      { reduction: str(reduction) },
    ),
  ]),
  one('repeated', 'ScatterElements', [uniform([4]), integers([1, 1, 3]), uniform([3])], {
    reduction: str('add'),
  }),
];

const scales = (...values: number[]): Sample => known(exactly([values.length], values));
const resize = (label: string, inputs: (Sample | undefined)[], attributes = {}): OpCase =>
  one(label, 'Resize', inputs, attributes);

const MODES: readonly (readonly [mode: string, coordinates: string])[] = [
  'linear',
  'nearest',
  'cubic',
].flatMap((mode) =>
  ['half_pixel', 'pytorch_half_pixel', 'half_pixel_symmetric', 'asymmetric', 'align_corners'].map(
    (coordinates) => [mode, coordinates] as const,
  ),
);

export const RESIZE: readonly OpCase[] = [
  resize('nearest by 2, as upsampling exports', [uniform([1, 2, 2, 3]), undefined, scales(1, 1, 2, 2)], {
    mode: str('nearest'),
    coordinate_transformation_mode: str('asymmetric'),
    nearest_mode: str('floor'),
  }),
  ...MODES.flatMap(([mode, coordinates]) => [
    resize(`${mode} ${coordinates} larger`, [uniform([1, 2, 3, 4]), undefined, scales(1, 1, 1.7, 2.6)], {
      mode: str(mode),
      coordinate_transformation_mode: str(coordinates),
    }),
    resize(
      `${mode} ${coordinates} to a size`,
      [uniform([1, 1, 5, 4]), undefined, undefined, integers([1, 1, 3, 7])],
      { mode: str(mode), coordinate_transformation_mode: str(coordinates) },
    ),
  ]),
  ...['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'].map((nearest) =>
    resize(`nearest ${nearest}`, [uniform([1, 1, 4, 5]), undefined, undefined, integers([1, 1, 6, 3])], {
      coordinate_transformation_mode: str('half_pixel'),
      nearest_mode: str(nearest),
    }),
  ),
  resize('cubic without what lies outside', [uniform([1, 1, 4, 4]), undefined, scales(1, 1, 1.5, 2)], {
    mode: str('cubic'),
    cubic_coeff_a: float(-0.5),
    exclude_outside: int(1),
  }),
  ...['linear', 'cubic'].flatMap((mode) =>
    (
      [
        ['smaller', [7, 9], [3, 4]],
        ['smaller and larger', [8, 3], [3, 5]],
        ['as large', [4, 5], [4, 5]],
      ] as const
    ).flatMap(([label, from, to]) =>
      [0, 1].map((outside) =>
        resize(
          `${mode} smoothed, ${label}${outside ? ', without what lies outside' : ''}`,
          [uniform([1, 2, ...from]), undefined, undefined, integers([1, 2, ...to])],
          { mode: str(mode), antialias: int(1), exclude_outside: int(outside) },
        ),
      ),
    ),
  ),
  resize('linear smoothed by a scale', [uniform([1, 1, 7, 8]), undefined, scales(1, 1, 0.35, 0.6)], {
    mode: str('linear'),
    antialias: int(1),
    coordinate_transformation_mode: str('asymmetric'),
  }),
  resize('along two axes', [uniform([1, 2, 3, 4]), undefined, undefined, integers([5, 6])], {
    mode: str('linear'),
    axes: ints([2, 3]),
  }),
  resize(
    'of a cropped region',
    [uniform([1, 1, 4, 4]), scales(0, 0, 0.2, -0.2, 1, 1, 0.8, 0.7), undefined, integers([1, 1, 3, 5])],
    {
      mode: str('linear'),
      coordinate_transformation_mode: str('tf_crop_and_resize'),
      extrapolation_value: float(0.5),
    },
  ),
];
