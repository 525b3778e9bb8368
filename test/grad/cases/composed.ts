/** Ops that are differentiated as the ops they are composed of. */
import { type Attributes, float, floats, int, ints, str } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import {
  awayFromZero,
  booleans,
  exactly,
  indices,
  integers,
  known,
  type Sample,
  uniform,
} from '../samples.ts';

const one = (
  label: string,
  op: string,
  inputs: (Sample | undefined)[],
  attributes: Attributes = {},
  more: Partial<OpCase> = {},
): OpCase => ({ label: `${op} ${label}`, op, inputs, attributes, ...more });

const fused = (
  label: string,
  op: string,
  inputs: (Sample | undefined)[],
  attributes: Attributes = {},
  more: Partial<OpCase> = {},
): OpCase => one(label, op, inputs, attributes, { domain: 'com.microsoft', ...more });

/** int32 values that only a run knows. */
const masks = (values: readonly number[], dims: readonly number[]): Sample => ({
  ...indices(values, dims),
  dtype: 'int32',
});

const einsum = (equation: string, ...shapes: readonly (readonly number[])[]): OpCase =>
  one(
    equation,
    'Einsum',
    shapes.map((dims) => uniform(dims)),
    { equation: str(equation) },
  );

const ACTIVATIONS: readonly OpCase[] = [
  one('', 'Swish', [uniform([3, 4], -4, 4)], {}, { opset: 24, kernel: false }),
  one('alpha 1.5', 'Swish', [uniform([3, 4])], { alpha: float(1.5) }, { opset: 24, kernel: false }),
  one('', 'Celu', [awayFromZero([3, 4])]),
  one('alpha 2', 'Celu', [awayFromZero([3, 4])], { alpha: float(2) }),
  ...['Gelu', 'FastGelu', 'QuickGelu'].map((op) => fused('', op, [uniform([3, 4], -3, 3)])),
  fused('operator set 17', 'Gelu', [uniform([3, 4], -3, 3)], {}, { opset: 17 }),
  fused('operator set 17', 'FastGelu', [uniform([3, 4], -3, 3)], {}, { opset: 17 }),
  fused('alpha 1', 'QuickGelu', [uniform([3, 4])], { alpha: float(1) }),
  fused('with a bias', 'FastGelu', [uniform([2, 3, 4]), uniform([4])]),
  fused('', 'BiasGelu', [uniform([2, 3, 4]), uniform([4])]),
  fused('', 'BiasSplitGelu', [uniform([2, 3, 4]), uniform([4])], {}, { kernel: false }),
];

const EINSUMS: readonly OpCase[] = [
  einsum('ij,jk->ik', [2, 3], [3, 4]),
  einsum('bij,bjk', [2, 2, 3], [2, 3, 2]),
  einsum('bhid,bhjd->bhij', [2, 2, 3, 2], [2, 2, 4, 2]),
  einsum('nthd,nshd->nhts', [1, 2, 2, 3], [1, 3, 2, 3]),
  einsum('i,j->ji', [2], [3]),
  einsum('ij->ji', [2, 3]),
  einsum('ij->', [2, 3]),
  einsum('ii->i', [3, 3]),
  einsum('ii', [3, 3]),
  einsum('iji->j', [2, 3, 2]),
  einsum('...ij,...jk->...ik', [2, 3, 2, 3], [2, 3, 3, 2]),
  einsum('b...,b->b...', [2, 3, 2], [2]),
  einsum('ij,jk,kl->il', [2, 3], [3, 2], [2, 2]),
  einsum('ab,bc,b->c', [2, 3], [3, 2], [3]),
  einsum('bchw, bkhw -> bck', [2, 2, 2, 2], [2, 3, 2, 2]),
  einsum('ij,kj->k', [2, 3], [4, 3]),
];

const LAYOUTS: readonly OpCase[] = [
  ...['DCR', 'CRD'].map((mode) =>
    one(mode, 'DepthToSpace', [uniform([2, 8, 2, 3])], { blocksize: int(2), mode: str(mode) }),
  ),
  one('', 'SpaceToDepth', [uniform([2, 3, 4, 6])], { blocksize: int(2) }),
  one('', 'CenterCropPad', [uniform([5, 4]), integers([2, 7])]),
  one('along some axes', 'CenterCropPad', [uniform([2, 5, 4]), integers([3, 8])], { axes: ints([-1, 1]) }),
  one('of the same size', 'CenterCropPad', [uniform([2, 3]), integers([2, 3])]),
];

const OLDER_LAYOUTS: readonly OpCase[] = [
  fused('of onnxruntime', 'Pad', [uniform([2, 3]), integers([0, 1, 1, 0])]),
  fused('of onnxruntime, by the edge', 'Pad', [uniform([2, 3]), integers([0, 1, 1, 0])], {
    mode: str('edge'),
  }),
  fused('of onnxruntime', 'Trilu', [uniform([2, 3, 3])]),
  fused('of onnxruntime, lower', 'Trilu', [uniform([3, 4]), integers([1], [])], { upper: int(0) }),
  fused('of onnxruntime', 'ExpandDims', [uniform([2, 3]), { ...integers([1], []), dtype: 'int32' }]),
];

const NORMALIZATIONS: readonly OpCase[] = [
  one('', 'RMSNormalization', [uniform([2, 3, 4]), uniform([4])], {}, { opset: 23 }),
  one(
    'from axis 1',
    'RMSNormalization',
    [uniform([2, 3, 4]), uniform([3, 4])],
    { axis: int(1) },
    { opset: 23 },
  ),
  one('', 'SimplifiedLayerNormalization', [uniform([2, 3, 4]), uniform([4])]),
  one(
    'with the inverse deviation',
    'SimplifiedLayerNormalization',
    [uniform([2, 3, 4]), uniform([4])],
    {},
    { outputs: 2 },
  ),
  one('', 'LpNormalization', [awayFromZero([3, 4])]),
  one('sum of magnitudes', 'LpNormalization', [awayFromZero([2, 3, 2])], { p: int(1), axis: int(1) }),
  one('', 'MeanVarianceNormalization', [uniform([2, 3, 2, 2])]),
  one('over two axes', 'MeanVarianceNormalization', [uniform([2, 3, 2, 2])], { axes: ints([2, -1]) }),
  one('of 3', 'LRN', [uniform([2, 5, 2, 2])], { size: int(3), alpha: float(0.5) }),
  one('of 5', 'LRN', [uniform([1, 6, 3, 1])], {
    size: int(5),
    alpha: float(0.8),
    beta: float(0.6),
    bias: float(1.5),
  }),
  fused('', 'SkipLayerNormalization', [uniform([2, 3, 4]), uniform([2, 3, 4]), uniform([4]), uniform([4])]),
  fused(
    'with a bias and the sum',
    'SkipLayerNormalization',
    [uniform([2, 3, 4]), uniform([1, 3, 4]), uniform([4]), uniform([4]), uniform([4])],
    { epsilon: float(1e-3) },
    { outputs: ['float32', '', '', 'float32'] },
  ),
  fused('without beta', 'SkipLayerNormalization', [uniform([2, 3, 4]), uniform([2, 3, 4]), uniform([4])]),
  fused(
    'with the sum',
    'SkipSimplifiedLayerNormalization',
    [uniform([2, 3, 4]), uniform([2, 3, 4]), uniform([4]), uniform([4])],
    {},
    { outputs: ['float32', '', '', 'float32'] },
  ),
  // Sums so small that epsilon decides, which is not the 1e-5 of other ops where it is left out.
  fused('of small sums', 'SkipSimplifiedLayerNormalization', [
    uniform([2, 3, 4], 1e-3, 4e-3),
    uniform([2, 3, 4], 1e-3, 4e-3),
    uniform([4], 0.001, 0.002),
  ]),
  fused(
    '',
    'GroupNorm',
    [uniform([2, 2, 3, 4]), uniform([4]), uniform([4])],
    { groups: int(2), activation: int(1) },
    { kernel: false },
  ),
  fused(
    'channels first',
    'GroupNorm',
    [uniform([2, 4, 2, 3]), uniform([4]), uniform([4])],
    { groups: int(2), activation: int(0), channels_last: int(0), epsilon: float(1e-3) },
    { kernel: false },
  ),
  fused(
    '',
    'SkipGroupNorm',
    [uniform([2, 2, 2, 4]), uniform([4]), uniform([4]), uniform([2, 4]), uniform([4])],
    { groups: int(2), activation: int(1) },
    { kernel: false, outputs: 2 },
  ),
];

const scaler = (label: string, dims: number[], offset: number[], scale: number[]): OpCase =>
  one(
    label,
    'Scaler',
    [uniform(dims)],
    { offset: floats(offset), scale: floats(scale) },
    { domain: 'ai.onnx.ml' },
  );

const SCALERS: readonly OpCase[] = [
  scaler('of each feature', [3, 4], [0.5, -1, 0, 2], [2, 0.1, -1, 1]),
  scaler('of all features alike', [2, 3, 2], [0.5], [2]),
  scaler('of one row', [3], [0.5, -1, 0], [2, 0.1, -1]),
];

const square = (k: number) => ints([k, k]);

const POOLS: readonly OpCase[] = [
  one('2x2', 'LpPool', [awayFromZero([2, 2, 4, 4])], { kernel_shape: square(2), strides: square(2) }),
  one('of 1, padded', 'LpPool', [awayFromZero([1, 2, 5, 4])], {
    kernel_shape: square(3),
    strides: square(2),
    pads: ints([1, 1, 1, 1]),
    p: int(1),
  }),
  one('of 3, ceil', 'LpPool', [awayFromZero([1, 1, 6, 6])], {
    kernel_shape: square(3),
    strides: square(2),
    ceil_mode: int(1),
    p: int(3),
  }),
  one('SAME_UPPER', 'LpPool', [awayFromZero([1, 1, 5, 6])], {
    kernel_shape: square(3),
    strides: square(2),
    auto_pad: str('SAME_UPPER'),
  }),
  one('dilated', 'LpPool', [awayFromZero([1, 2, 6, 5])], { kernel_shape: square(2), dilations: square(2) }),
  one('', 'GlobalLpPool', [awayFromZero([2, 2, 3, 2])]),
  one('of 3', 'GlobalLpPool', [awayFromZero([2, 2, 3])], { p: int(3) }),
  one('of all', 'ReduceLogSum', [uniform([2, 3], 0.3, 2)]),
  ...[0, 1].map((keepdims) =>
    one(`of none, keepdims ${keepdims}`, 'ReduceLogSum', [uniform([2, 3], 0.3, 2)], {
      noop_with_empty_axes: int(1),
      keepdims: int(keepdims),
    }),
  ),
  one('of the last', 'ReduceLogSum', [uniform([2, 3, 2], 0.3, 2), { ...indices([-1]), constant: true }], {
    keepdims: int(0),
  }),
];

const conv = [uniform([1, 2, 4, 4]), uniform([3, 2, 3, 3]), uniform([3])];
const activation = (name: string, parameters: readonly number[] = []): Attributes => ({
  activation: str(name),
  activation_params: floats(parameters),
});

const FUSED: readonly OpCase[] = [
  fused('', 'FusedConv', conv, { pads: ints([1, 1, 1, 1]) }),
  ...(
    [
      ['Relu', []],
      ['Sigmoid', []],
      ['Tanh', []],
      ['HardSigmoid', [0.2, 0.4]],
      ['LeakyRelu', [0.3]],
      ['Clip', [-1, 2]],
    ] as const
  ).map(([name, parameters]) => fused(name, 'FusedConv', conv, activation(name, parameters))),
  fused('with a sum, then Relu', 'FusedConv', [...conv, uniform([1, 3, 2, 2])], activation('Relu')),
  fused('Relu', 'FusedGemm', [uniform([3, 2]), uniform([2, 4]), uniform([4])], { activation: str('Relu') }),
  fused('LeakyRelu, transposed', 'FusedGemm', [uniform([2, 3]), uniform([4, 2]), uniform([4])], {
    activation: str('LeakyRelu'),
    activation_alpha: float(0.2),
    transA: int(1),
    transB: int(1),
    alpha: float(0.5),
    beta: float(2),
  }),
  fused('', 'FusedMatMul', [uniform([2, 3, 2]), uniform([2, 4, 2])], { transB: int(1), alpha: float(0.5) }),
  fused('both transposed', 'FusedMatMul', [uniform([2, 3]), uniform([4, 2])], {
    transA: int(1),
    transB: int(1),
  }),
  fused('batches moved', 'FusedMatMul', [uniform([3, 2, 4]), uniform([4, 2, 5])], {
    transBatchA: int(1),
    transBatchB: int(1),
  }),
  fused('', 'TransposeMatMul', [uniform([3, 2]), uniform([4, 2])], { transB: int(1) }),
  fused(
    '',
    'NhwcConv',
    [uniform([1, 4, 5, 2]), uniform([3, 2, 3, 3]), uniform([3])],
    { pads: ints([1, 1, 0, 0]), strides: ints([2, 1]) },
    { kernel: false },
  ),
  fused(
    'with a sum, then Clip',
    'NhwcFusedConv',
    [uniform([1, 4, 5, 2]), uniform([3, 2, 3, 3]), uniform([3]), uniform([1, 2, 3, 3])],
    activation('Clip', [-1, 2]),
    { kernel: false },
  ),
  fused(
    'LeakyRelu',
    'FusedMatMulActivation',
    [uniform([2, 3]), uniform([4, 3])],
    { transB: int(1), alpha: float(0.5), activation: str('LeakyRelu'), activation_alpha: float(0.2) },
    { kernel: false },
  ),
  fused('', 'GemmFastGelu', [uniform([2, 3]), uniform([3, 4]), uniform([4])], {}, { kernel: false }),
  fused('without a bias', 'GemmFastGelu', [uniform([2, 3]), uniform([3, 4])], {}, { kernel: false }),
  fused('', 'BiasAdd', [uniform([2, 3, 4]), uniform([4]), uniform([2, 3, 4])], {}, { kernel: false }),
];

const heads = (...shapes: readonly (readonly number[])[]) => shapes.map((dims) => uniform(dims));
const onnx = (label: string, inputs: (Sample | undefined)[], attributes = {}, more = {}): OpCase =>
  one(label, 'Attention', inputs, attributes, { opset: 23, ...more });
const multi = (label: string, inputs: (Sample | undefined)[], attributes = {}, more = {}): OpCase =>
  fused(label, 'MultiHeadAttention', inputs, { num_heads: int(2), ...attributes }, more);
const own = (label: string, inputs: (Sample | undefined)[], attributes = {}, more = {}): OpCase =>
  fused(label, 'Attention', inputs, { num_heads: int(2), ...attributes }, more);

const cube = heads([1, 2, 3, 2], [1, 2, 3, 2], [1, 2, 3, 2]);
const lets = (values: readonly number[]): Sample => ({ ...indices(values, [3, 3]), dtype: 'bool' });
/** Its second query sees no key. */
const blind = lets([1, 0, 1, 0, 0, 0, 1, 1, 0]);
/** Its first query sees none but later keys. */
const lateOnly = lets([0, 1, 1, 1, 1, 0, 1, 1, 1]);
/** Added to all scores of a query, the usual -10000 leaves too few digits of them to be compared. */
const precise: Attributes = { mask_filter_value: float(-20) };
const added = (lowest: number): Sample =>
  known(exactly([3, 3], [0.5, lowest, 1, lowest, lowest, lowest, 1, 0, -0.5]));

const ATTENTIONS: readonly OpCase[] = [
  onnx('by heads', heads([1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 2])),
  onnx('in rows', heads([2, 3, 8], [2, 4, 8], [2, 4, 4]), { q_num_heads: int(2), kv_num_heads: int(2) }),
  onnx('of shared heads, scaled', heads([1, 4, 2, 2], [1, 2, 3, 2], [1, 2, 3, 2]), { scale: float(0.3) }),
  onnx('causal', heads([1, 2, 4, 2], [1, 2, 4, 2], [1, 2, 4, 2]), { is_causal: int(1) }),
  onnx('with an added mask', heads([2, 2, 3, 2], [2, 2, 4, 2], [2, 2, 4, 2], [3, 4])),
  onnx('with a mask of booleans', [...heads([1, 2, 3, 2], [1, 2, 4, 2], [1, 2, 4, 2]), booleans([3, 4])]),
  onnx(
    'with a past',
    [...heads([1, 2, 2, 2], [1, 2, 2, 2], [1, 2, 2, 2]), undefined, ...heads([1, 2, 1, 2], [1, 2, 1, 2])],
    {},
    { outputs: 3 },
  ),
  onnx('softly capped', heads([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]), { softcap: float(1.5) }),
  onnx('softly capped, causal', cube, { softcap: float(0.5), is_causal: int(1) }),
  onnx('softly capped, with an added mask', [...cube, uniform([3, 3])], { softcap: float(0.5) }),
  onnx('softly capped, with a mask of booleans', [...cube, blind], { softcap: float(0.5) }),
  onnx('softly capped, with a mask of booleans, causal', [...cube, blind], {
    softcap: float(0.5),
    is_causal: int(1),
  }),
  onnx('with a query that sees nothing', [...cube, blind]),
  onnx('with a query that sees nothing, causal', [...cube, lateOnly], { is_causal: int(1) }),
  ...[-Infinity, -3.4028234663852886e38].map((lowest) =>
    onnx(`with a query of which ${lowest} is added to all scores`, [...cube, added(lowest)]),
  ),
  ...['products', 'capped', 'masked', 'weights'].map((what, mode) =>
    onnx(
      `showing its scores: ${what}`,
      [...cube, uniform([3, 3])],
      { softcap: float(0.5), qk_matmul_output_mode: int(mode) },
      { outputs: ['float32', '', '', 'float32'] },
    ),
  ),
  onnx(
    'showing the weights of a query that sees nothing',
    [...cube, blind],
    { qk_matmul_output_mode: int(3) },
    { outputs: ['float32', '', '', 'float32'] },
  ),
  multi('', heads([2, 3, 4], [2, 5, 4], [2, 5, 6])),
  multi('with a bias', heads([2, 3, 4], [2, 3, 4], [2, 3, 6], [14]), { scale: float(0.4) }),
  multi('by heads', heads([1, 3, 4], [1, 2, 5, 2], [1, 2, 5, 2])),
  multi('with added scores', [
    ...heads([1, 3, 4], [1, 2, 4], [1, 2, 4]),
    undefined,
    undefined,
    uniform([1, 2, 3, 2]),
  ]),
  multi('with lengths', [...heads([2, 3, 4], [2, 3, 4], [2, 3, 4]), undefined, masks([2, 3], [2])]),
  multi('with a padding mask', [
    ...heads([2, 2, 4], [2, 3, 4], [2, 3, 4]),
    undefined,
    masks([1, 1, 0, 0, 1, 1], [2, 3]),
  ]),
  multi('with lengths and beginnings', [
    ...heads([2, 3, 4], [2, 3, 4], [2, 3, 4]),
    undefined,
    masks([2, 3, 0, 3, 6, 0, 2, 5], [8]),
  ]),
  multi(
    'with an image of padding alone',
    [...heads([2, 2, 4], [2, 3, 4], [2, 3, 4]), undefined, masks([0, 0, 0, 0, 1, 1], [2, 3])],
    precise,
  ),
  multi(
    'with an image of no length',
    [...heads([2, 3, 4], [2, 3, 4], [2, 3, 4]), undefined, masks([2, 0], [2])],
    precise,
  ),
  multi(
    'with an image of padding alone, causal',
    [...heads([2, 3, 4], [2, 3, 4], [2, 3, 4]), undefined, masks([0, 0, 0, 0, 1, 1], [2, 3])],
    { ...precise, unidirectional: int(1) },
  ),
  multi('causal', heads([1, 3, 4], [1, 3, 4], [1, 3, 4]), { unidirectional: int(1) }),
  multi('packed', [uniform([1, 3, 2, 3, 2])], {}, { kernel: false }),
  multi('with packed keys', heads([1, 3, 4], [1, 2, 2, 2, 2]), {}, { kernel: false }),
  own('', heads([2, 3, 4], [4, 12], [12])),
  // Without a bias onnxruntime's kernel ends the process.
  own('without a bias', heads([2, 3, 4], [4, 12]), {}, { kernel: false }),
  own('of other widths', heads([1, 3, 4], [4, 14], [14]), { qkv_hidden_sizes: ints([4, 4, 6]) }),
  own('causal', heads([1, 3, 4], [4, 12], [12]), { unidirectional: int(1) }),
  own('with lengths', [...heads([2, 3, 4], [4, 12], [12]), masks([2, 3], [2])]),
  own('with lengths and beginnings', [
    ...heads([2, 3, 4], [4, 12], [12]),
    masks([2, 3, 0, 3, 6, 0, 2, 5], [8]),
  ]),
  own('with a mask of one number an image', [...heads([2, 3, 4], [4, 12], [12]), masks([1, 0], [2, 1])]),
  own('with a mask of one number', [...heads([2, 3, 4], [4, 12], [12]), masks([1], [1, 1])]),
  own('with ends and starts', [...heads([2, 3, 4], [4, 12], [12]), masks([2, 3, 0, 1], [4])]),
  own('with a padding mask', [...heads([2, 3, 4], [4, 12], [12]), masks([1, 1, 0, 1, 1, 1], [2, 3])]),
  own(
    'with an image of padding alone',
    [...heads([2, 3, 4], [4, 12], [12]), masks([0, 0, 0, 0, 1, 1], [2, 3])],
    precise,
  ),
  own('with an image of no length, causal', [...heads([2, 3, 4], [4, 12], [12]), masks([2, 0], [2])], {
    ...precise,
    unidirectional: int(1),
  }),
  own(
    'with a query that sees nothing',
    [...heads([1, 3, 4], [4, 12], [12]), masks([1, 0, 0, 0, 0, 0, 1, 1, 1], [1, 3, 3])],
    precise,
  ),
  own('with a mask a query', [
    ...heads([1, 3, 4], [4, 12], [12]),
    masks([1, 0, 0, 1, 1, 0, 1, 1, 1], [1, 3, 3]),
  ]),
  own(
    'with a past',
    [...heads([1, 2, 4], [4, 12], [12]), undefined, uniform([2, 1, 2, 3, 2])],
    { unidirectional: int(1) },
    { outputs: 2 },
  ),
];

const rotary = (label: string, inputs: (Sample | undefined)[], attributes = {}): OpCase =>
  one(label, 'RotaryEmbedding', inputs, attributes, { opset: 23 });
const ownRotary = (label: string, inputs: Sample[], attributes = {}, more = {}): OpCase =>
  fused(label, 'RotaryEmbedding', inputs, attributes, more);
const table = heads([5, 2], [5, 2]);
const places = indices([0, 1, 4, 3, 2, 0], [2, 3]);

const POSITIONS: readonly OpCase[] = [
  ...[0, 1].flatMap((interleaved): OpCase[] => {
    const turned = interleaved ? 'neighbours' : 'halves';
    const attributes = { interleaved: int(interleaved) };
    const inRows = { ...attributes, num_heads: int(2) };
    const partly = { ...attributes, rotary_embedding_dim: int(4) };
    return [
      rotary(`of ${turned}, by heads`, heads([2, 2, 3, 4], [2, 3, 2], [2, 3, 2]), attributes),
      rotary(`of ${turned}, in rows`, heads([2, 3, 8], [2, 3, 2], [2, 3, 2]), inRows),
      rotary(`of ${turned}, looked up`, [uniform([2, 2, 3, 4]), ...table, places], attributes),
      rotary(`of ${turned}, in rows, looked up`, [uniform([2, 3, 8]), ...table, places], inRows),
      rotary(`of a part's ${turned}`, [uniform([2, 2, 3, 6]), ...table, places], partly),
      rotary(`of a part's ${turned}, in rows`, [uniform([2, 3, 12]), ...table, places], {
        ...partly,
        num_heads: int(2),
      }),
      ownRotary(
        `of ${turned}, by heads, of onnxruntime`,
        [uniform([2, 2, 3, 4]), places, ...table],
        attributes,
      ),
      ownRotary(`of ${turned}, in rows, of onnxruntime`, [uniform([2, 3, 8]), places, ...table], attributes),
      ownRotary(
        `of ${turned} from a place on, of onnxruntime`,
        [uniform([2, 3, 8]), indices([2]), ...table],
        inRows,
      ),
      ownRotary(`of a part's ${turned}, of onnxruntime`, [uniform([2, 3, 12]), places, ...table], {
        ...partly,
        num_heads: int(2),
      }),
    ];
  }),
  one('', 'TensorScatter', heads([2, 2, 4, 3], [2, 2, 2, 3]), {}, { opset: 24 }),
  one(
    'from places on',
    'TensorScatter',
    [...heads([2, 4, 3], [2, 2, 3]), indices([1, 2])],
    { axis: int(1) },
    { opset: 24 },
  ),
  one(
    'around the end',
    'TensorScatter',
    [...heads([2, 2, 4, 3], [2, 2, 3, 3]), indices([3, 1])],
    { mode: str('circular') },
    { opset: 24 },
  ),
];

export const COMPOSED: readonly OpCase[] = [
  ...ACTIVATIONS,
  ...EINSUMS,
  ...LAYOUTS,
  ...OLDER_LAYOUTS,
  ...NORMALIZATIONS,
  ...POOLS,
  ...SCALERS,
  ...FUSED,
  ...ATTENTIONS,
  ...POSITIONS,
];
