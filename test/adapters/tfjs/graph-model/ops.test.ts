/** Every op of graph-models against stock TensorFlow.js, in graphs of a few nodes. */
import { describe, expect, it } from 'vitest';
import { TRANSLATIONS } from '../../../../adapters/tfjs/graph-model/ops/index.ts';
import { expectDraftSame } from './compare.ts';
import { b, Draft, f, i, is, s, ss, t } from './draft.ts';

type Build = (draft: Draft) => string | readonly string[];

interface Case {
  readonly op: string;
  readonly what?: string;
  /** Factor of the inputs, which are in -1..1. */
  readonly scale?: number;
  readonly build: Build;
}

const cases: Case[] = [];
const add = (op: string, build: Build, more: Partial<Case> = {}): void => {
  cases.push({ op, build, ...more });
};

const image = (d: Draft, ...size: number[]): string =>
  d.input('x', [-1, ...(size.length > 0 ? size : [7, 6, 3])]);
const NHWC = s('NHWC');

// Convolutions
for (const padding of ['SAME', 'VALID']) {
  const window = {
    strides: is(1, 2, 2, 1),
    dilations: is(1, 1, 1, 1),
    padding: s(padding),
    data_format: NHWC,
  };
  add('Conv2D', (d) => d.node('Conv2D', 'y', [image(d), d.random('w', 3, 2, 3, 5)], window), {
    what: padding,
  });
  add(
    'DepthwiseConv2dNative',
    (d) => d.node('DepthwiseConv2dNative', 'y', [image(d), d.random('w', 3, 3, 3, 2)], window),
    { what: padding },
  );
  add('MaxPool', (d) => d.node('MaxPool', 'y', [image(d)], { ...window, ksize: is(1, 3, 3, 1) }), {
    what: padding,
  });
  add('AvgPool', (d) => d.node('AvgPool', 'y', [image(d)], { ...window, ksize: is(1, 3, 3, 1) }), {
    what: padding,
  });
}
add(
  'Conv2D',
  (d) =>
    d.node('Conv2D', 'y', [image(d), d.random('w', 3, 3, 3, 4)], {
      strides: is(1, 1, 1, 1),
      dilations: is(1, 2, 2, 1),
      padding: s('SAME'),
      data_format: NHWC,
    }),
  { what: 'dilated' },
);
add(
  'Conv2D',
  (d) =>
    d.node('Conv2D', 'y', [image(d), d.random('w', 3, 3, 3, 4)], {
      strides: is(1, 1, 1, 1),
      dilations: is(1, 1, 1, 1),
      padding: s('EXPLICIT'),
      explicit_paddings: is(0, 0, 2, 1, 0, 3, 0, 0),
      data_format: NHWC,
    }),
  { what: 'explicit padding' },
);
const fusions: [string, string[]][] = [
  ['BiasAdd alone', ['BiasAdd']],
  ['Relu', ['BiasAdd', 'Relu']],
  ['Relu6', ['BiasAdd', 'Relu6']],
  ['Elu', ['BiasAdd', 'Elu']],
  ['LeakyRelu', ['BiasAdd', 'LeakyRelu']],
  ['Prelu', ['BiasAdd', 'Prelu']],
];
for (const [what, fused] of fusions) {
  const extra = (d: Draft): string[] => [
    d.random('bias', 4),
    ...(fused.includes('Prelu') ? [d.random('slope', 1, 1, 4)] : []),
  ];
  const attributes = {
    strides: is(1, 1, 1, 1),
    dilations: is(1, 1, 1, 1),
    padding: s('SAME'),
    data_format: NHWC,
    fused_ops: ss(...fused),
    num_args: i(fused.includes('Prelu') ? 2 : 1),
    leakyrelu_alpha: f(0.3),
  };
  const scale = fused.includes('Relu6') ? 6 : 1;
  add(
    '_FusedConv2D',
    (d) => d.node('_FusedConv2D', 'y', [image(d), d.random('w', 3, 3, 3, 4), ...extra(d)], attributes),
    { what, scale },
  );
  // Stock TensorFlow.js has no slope for it here: it reads no such attribute.
  if (what !== 'LeakyRelu')
    add(
      'FusedDepthwiseConv2dNative',
      (d) =>
        d.node(
          'FusedDepthwiseConv2dNative',
          'y',
          [image(d, 6, 5, 4), d.random('w', 3, 3, 4, 1), ...extra(d)],
          attributes,
        ),
      { what, scale },
    );
  if (what !== 'Prelu')
    add(
      '_FusedMatMul',
      (d) =>
        d.node('_FusedMatMul', 'y', [d.input('x', [-1, 5]), d.random('w', 5, 4), ...extra(d)], attributes),
      { what, scale },
    );
}
for (const [padding, size] of [
  ['SAME', [10, 13]],
  ['VALID', [11, 15]],
] as const)
  add(
    'Conv2DBackpropInput',
    (d) =>
      d.node(
        'Conv2DBackpropInput',
        'y',
        [d.ints('size', [2, ...size, 4]), d.random('w', 3, 3, 4, 2), d.input('x', [2, 5, 7, 2])],
        {
          strides: is(1, 2, 2, 1),
          padding: s(padding),
          data_format: NHWC,
        },
      ),
    { what: padding },
  );

// Products
for (const [ta, tb] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const) {
  add(
    'MatMul',
    (d) =>
      d.node('MatMul', 'y', [d.input('x', ta ? [5, 3] : [-1, 5]), d.random('w', ...(tb ? [4, 5] : [5, 4]))], {
        transpose_a: b(ta),
        transpose_b: b(tb),
      }),
    { what: `${ta}, ${tb}` },
  );
  add(
    'BatchMatMulV2',
    (d) =>
      d.node(
        'BatchMatMulV2',
        'y',
        [d.input('x', ta ? [-1, 2, 5, 3] : [-1, 2, 3, 5]), d.input('z', tb ? [-1, 2, 4, 5] : [-1, 2, 5, 4])],
        {
          adj_x: b(ta),
          adj_y: b(tb),
        },
      ),
    { what: `${ta}, ${tb}` },
  );
}
for (const equation of ['abc,cd->abd', 'abcd,adce->abe'])
  add(
    'Einsum',
    (d) => {
      const [left, right] = equation.split('->')[0]!.split(',');
      const sizes: Record<string, number> = { a: 2, b: 3, c: 4, d: 5, e: 2 };
      const operand = (name: string, letters: string): string =>
        d.input(
          name,
          [...letters].map((each) => sizes[each]!),
        );
      return d.node('Einsum', 'y', [operand('x', left!), operand('z', right!)], {
        equation: s(equation),
        N: i(2),
      });
    },
    { what: equation },
  );

// Elementwise
for (const op of ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'])
  add(op, (d) => [
    d.node(op, 'y', [image(d), d.random('c', 3)]),
    d.node(op, 'z', ['x', d.input('other', [-1, 1, 6, 1])]),
  ]);
add('AddN', (d) => d.node('AddN', 'y', [image(d), d.input('a', [-1, 7, 6, 3]), d.input('b', [-1, 7, 6, 3])]));
add('BiasAdd', (d) => d.node('BiasAdd', 'y', [image(d), d.random('c', 3)], { data_format: NHWC }));
for (const op of 'Relu Relu6 Elu Selu Sigmoid Tanh Softplus Erf Exp Square Neg Abs Floor Ceil Sign Reciprocal'.split(
  ' ',
))
  add(op, (d) => d.node(op, 'y', [image(d)]), { scale: op === 'Relu6' ? 9 : 2 });
for (const op of ['Log', 'Sqrt', 'Rsqrt', 'Log1p', 'Expm1'])
  add(op, (d) => d.node(op, 'y', [d.node('AddV2', 'positive', [image(d), d.constant('shift', [], [1.5])])]));
add('Pow', (d) =>
  d.node('Pow', 'y', [d.node('Abs', 'positive', [image(d)]), d.constant('exponent', [], [1.7])]),
);
add('LeakyRelu', (d) => d.node('LeakyRelu', 'y', [image(d)], { alpha: f(0.15) }));
add('LeakyRelu', (d) => d.node('LeakyRelu', 'y', [image(d)]), { what: 'default slope' });
add('Prelu', (d) => d.node('Prelu', 'y', [image(d), d.random('slope', 1, 1, 3)]));
for (const op of ['Softmax', 'LogSoftmax'])
  add(op, (d) => d.node(op, 'y', [d.input('x', [-1, 9])]), { scale: 4 });
add(
  'Cast',
  (d) => [
    d.node('Cast', 'y', [image(d)], { SrcT: t('DT_FLOAT'), DstT: t('DT_INT32') }),
    d.node('Cast', 'z', [d.input('n', [-1, 3], 'int32')], { SrcT: t('DT_INT32'), DstT: t('DT_FLOAT') }),
  ],
  { scale: 4 },
);
add('SelectV2', (d) =>
  d.node('SelectV2', 'y', [
    d.node('Greater', 'positive', [image(d), d.constant('zero', [], [0])]),
    'x',
    d.random('c', 3),
  ]),
);
add('ClipByValue', (d) =>
  d.node('ClipByValue', 'y', [image(d), d.constant('low', [], [-0.3]), d.constant('high', [], [0.4])]),
);

// Normalization
for (const op of ['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'])
  add(op, (d) =>
    d.node(
      op,
      'y',
      [
        image(d),
        d.random('scale', 3),
        d.random('offset', 3),
        d.random('mean', 3),
        d.constant('variance', [3], [0.4, 1.2, 3]),
      ],
      {
        epsilon: f(0.001),
        data_format: NHWC,
        is_training: b(false),
      },
    ),
  );
add(
  'LRN',
  (d) =>
    d.node('LRN', 'y', [image(d, 3, 2, 9)], {
      depth_radius: i(2),
      bias: f(1.5),
      alpha: f(0.3),
      beta: f(0.75),
    }),
  { scale: 3 },
);

// Reductions
for (const op of ['Mean', 'Sum', 'Max', 'Min', 'Prod'])
  for (const [axes, keep] of [
    [[1, 2], false],
    [[1, 2], true],
    [[-1], false],
    [[3, 1], true],
  ] as const)
    add(op, (d) => d.node(op, 'y', [image(d), d.ints('axes', axes)], { keep_dims: b(keep) }), {
      what: `${axes}, ${keep}`,
    });
add('ArgMax', (d) => d.node('ArgMax', 'y', [image(d), d.ints('axis', [3], [])]));

// Padding
const edges = [0, 0, 2, 1, 0, 3, 0, 0];
add('Pad', (d) => d.node('Pad', 'y', [image(d), d.ints('paddings', edges, [4, 2])]));
add('PadV2', (d) =>
  d.node('PadV2', 'y', [image(d), d.ints('paddings', edges, [4, 2]), d.constant('value', [], [-2.5])]),
);
for (const mode of ['REFLECT', 'SYMMETRIC'])
  add(
    'MirrorPad',
    (d) => d.node('MirrorPad', 'y', [image(d), d.ints('paddings', edges, [4, 2])], { mode: s(mode) }),
    { what: mode },
  );

// Shapes
add('Reshape', (d) => d.node('Reshape', 'y', [image(d), d.ints('shape', [-1, 42, 3])]));
add('Squeeze', (d) => [
  d.node('Squeeze', 'y', [image(d, 1, 4, 1)], { squeeze_dims: is(1, 3) }),
  d.node('Squeeze', 'z', ['x'], { squeeze_dims: is(-1) }),
]);
add('ExpandDims', (d) => [
  d.node('ExpandDims', 'y', [image(d), d.ints('axis', [1], [])]),
  d.node('ExpandDims', 'z', ['x', d.ints('last', [-1], [])]),
]);
add('Transpose', (d) => d.node('Transpose', 'y', [image(d), d.ints('perm', [0, 3, 1, 2])]));
add('Tile', (d) => d.node('Tile', 'y', [image(d), d.ints('multiples', [1, 2, 1, 3])]));
add('Fill', (d) =>
  d.node('AddV2', 'y', [
    image(d),
    d.node('Fill', 'filled', [d.ints('dims', [7, 1, 3]), d.constant('value', [], [2.5])]),
  ]),
);
add('Identity', (d) => d.node('Identity', 'y', [d.node('Relu', 'relu', [image(d)])]));
add(
  'Identity',
  (d) => {
    d.node('Relu', 'relu', [image(d)]);
    return [d.node('Identity', 'y', ['relu']), d.node('Identity', 'z', ['relu'])];
  },
  { what: 'twice the same value' },
);

/** Pieces */
add('ConcatV2', (d) =>
  d.node('ConcatV2', 'y', [image(d), d.input('z', [-1, 7, 6, 2]), d.ints('axis', [-1], [])], { N: i(2) }),
);
add('SplitV', (d) => {
  d.node('SplitV', 'split', [image(d, 4, 3, 7), d.ints('sizes', [2, -1, 3]), d.ints('axis', [3], [])], {
    num_split: i(3),
  });
  return [d.node('Relu', 'y', ['split:1']), d.node('Neg', 'z', ['split']), d.node('Relu', 'u', ['split:2'])];
});
add('Split', (d) => {
  d.node('Split', 'split', [d.ints('axis', [-1], []), image(d, 4, 3, 6)], { num_split: i(3) });
  return [d.node('Relu', 'y', ['split:2']), d.node('Neg', 'z', ['split'])];
});
const slicing =
  (begin: number[], end: number[], strides: number[], masks: Record<string, number> = {}): Build =>
  (d) =>
    d.node(
      'StridedSlice',
      'y',
      [image(d), d.ints('begin', begin), d.ints('end', end), d.ints('strides', strides)],
      Object.fromEntries(Object.entries(masks).map(([name, mask]) => [`${name}_mask`, i(mask)])),
    );
add('StridedSlice', slicing([0, 1, 0, 0], [0, 6, 5, 2], [1, 2, 1, 1], { begin: 1, end: 1 }));
add('StridedSlice', slicing([0, -1, -2], [0, -8, -100], [1, -2, -1], { begin: 1, end: 1 }), {
  what: 'backwards',
});
add('StridedSlice', slicing([0, 2], [0, 3], [1, 1], { ellipsis: 1, shrink_axis: 2 }), {
  what: 'ellipsis, index',
});
add('StridedSlice', slicing([0, 0, 1], [0, 0, 5], [1, 1, 1], { begin: 1, end: 1, new_axis: 2 }), {
  what: 'new axis',
});
add('Slice', (d) =>
  d.node('Slice', 'y', [image(d), d.ints('begin', [0, 1, 2, 0]), d.ints('size', [-1, 3, -1, 2])]),
);
add('Gather', (d) =>
  d.node('GatherV2', 'y', [image(d), d.ints('indices', [2, 0, 2, 1]), d.ints('axis', [3], [])]),
);
add('GatherV2', (d) =>
  d.node('GatherV2', 'y', [image(d), d.ints('indices', [2, 0, 5, 1], [2, 2]), d.ints('axis', [1], [])]),
);
add('Pack', (d) => d.node('Pack', 'y', [image(d), d.input('z', [-1, 7, 6, 3])], { axis: i(-1), N: i(2) }));
add('Unpack', (d) => {
  d.node('Unpack', 'parts', [image(d, 3, 4, 2)], { num: i(3), axis: i(1) });
  return [d.node('Relu', 'y', ['parts:2']), d.node('Relu', 'z', ['parts'])];
});
add('ReverseV2', (d) => d.node('ReverseV2', 'y', [image(d), d.ints('axes', [1, -1])]));

// Images
for (const op of ['ResizeBilinear', 'ResizeNearestNeighbor'])
  for (const [corners, centers] of [
    [false, false],
    [true, false],
    [false, true],
  ] as const)
    for (const size of [
      [14, 12],
      [5, 11],
    ])
      add(
        op,
        (d) =>
          d.node(op, 'y', [image(d), d.ints('size', size)], {
            align_corners: b(corners),
            half_pixel_centers: b(centers),
          }),
        { what: `${corners}, ${centers}, ${size}` },
      );
add('DepthToSpace', (d) =>
  d.node('DepthToSpace', 'y', [image(d, 3, 2, 8)], { block_size: i(2), data_format: NHWC }),
);
add('SpaceToBatchND', (d) =>
  d.node('SpaceToBatchND', 'y', [
    image(d),
    d.ints('block', [2, 3]),
    d.ints('paddings', [1, 0, 2, 1], [2, 2]),
  ]),
);
add('BatchToSpaceND', (d) => {
  d.node('SpaceToBatchND', 'blocks', [
    image(d),
    d.ints('block', [2, 3]),
    d.ints('paddings', [1, 0, 2, 1], [2, 2]),
  ]);
  d.node('Conv2D', 'conv', ['blocks', d.random('w', 2, 2, 3, 4)], {
    strides: is(1, 1, 1, 1),
    dilations: is(1, 1, 1, 1),
    padding: s('SAME'),
    data_format: NHWC,
  });
  return d.node('BatchToSpaceND', 'y', ['conv', 'block', d.ints('crops', [0, 1, 1, 0], [2, 2])]);
});

/** The ops of classifiers, and the two that no backend of stock TensorFlow.js runs or that are tested with others. */
const WANTED = (
  'Conv2D _FusedConv2D DepthwiseConv2dNative FusedDepthwiseConv2dNative Conv2DBackpropInput MatMul _FusedMatMul BatchMatMulV2 BiasAdd Add ' +
  'AddV2 AddN Sub Mul RealDiv Maximum Minimum Relu Relu6 LeakyRelu Prelu Elu Selu Sigmoid Tanh Softmax LogSoftmax Softplus Erf Exp Log Sqrt ' +
  'Rsqrt Square Pow Neg Abs FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 MaxPool AvgPool Mean Sum Max Min Prod Pad PadV2 MirrorPad ' +
  'Reshape Squeeze ExpandDims Transpose ConcatV2 SplitV Split StridedSlice Slice Gather GatherV2 Pack Unpack Tile ResizeBilinear ' +
  'ResizeNearestNeighbor DepthToSpace SpaceToBatchND BatchToSpaceND Cast Fill Identity Einsum LRN'
).split(' ');

describe('ops of graph-models give what stock TensorFlow.js gives', () => {
  it.each(cases.map((each) => [each.what ? `${each.op} (${each.what})` : each.op, each] as const))(
    '%s',
    async (_name, each) => {
      const draft = new Draft();
      const outputs = each.build(draft);
      draft.outputs = typeof outputs === 'string' ? [outputs] : [...outputs];
      await expectDraftSame(draft, each.scale ?? 1);
    },
  );

  it('covers every op of classifiers', () => {
    const tested = new Set(cases.map((each) => each.op));
    expect(WANTED.filter((op) => !tested.has(op))).toEqual([]);
    expect(WANTED.filter((op) => !(op in TRANSLATIONS))).toEqual([]);
  });
});
