/** onnxruntime's own ops, each as the ops that it fuses. */
import { float, int, str } from '../../../core/graph/index.ts';
import { type Array64, array, atBroadcast, build, mapBroadcast } from './array.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { LAYOUT } from './layout.ts';
import { LINEAR } from './linear.ts';
import { NORMALIZATION } from './normalization.ts';
import { Call, type Operators } from './operator.ts';

const one = (result: Array64 | Array64[]): Array64 => (Array.isArray(result) ? result[0]! : result);
const apply = (op: string, inputs: readonly (Array64 | undefined)[], attributes = {}): Array64 =>
  one({ ...ELEMENTWISE, ...LINEAR, ...NORMALIZATION }[op]!(new Call(attributes, inputs, 1)));

const sum = (...terms: readonly (Array64 | undefined)[]): Array64 =>
  terms.filter((t) => t !== undefined).reduce((a, b) => mapBroadcast((x, y) => x! + y!, a, b));

const gelu = (x: Array64, approximate = 'none') => apply('Gelu', [x], { approximate: str(approximate) });
const swish = (x: Array64, alpha: number) => apply('Swish', [x], { alpha: float(alpha) });

const permuted = (x: Array64, perm: readonly number[]): Array64 =>
  build(
    perm.map((p) => x.dims[p]!),
    (index) =>
      atBroadcast(
        x,
        x.dims.map((_, i) => index[perm.indexOf(i)]!),
      ),
  );

function activated(call: Call, x: Array64, parameter: (name: string, i: number) => number | undefined) {
  const name = call.text('activation', '');
  if (name === '') return x;
  if (name === 'Clip') return apply('Clip', [x, ...[0, 1].map((i) => array([], [parameter('', i)!]))]);
  const [alpha, beta] = [parameter('alpha', 0), parameter('beta', 1)];
  return apply(name, [x], {
    ...(alpha === undefined ? {} : { alpha: float(alpha) }),
    ...(beta === undefined ? {} : { beta: float(beta) }),
  });
}

function matrix(call: Call, x: Array64, side: string): Array64 {
  const rank = x.dims.length;
  let axes = x.dims.map((_, i) => i);
  if (call.int(`transBatch${side}`, 0)) axes = [...axes.slice(1, rank - 1), 0, rank - 1];
  if (call.int(`trans${side}`, 0)) axes = [...axes.slice(0, -2), axes[rank - 1]!, axes[rank - 2]!];
  return permuted(x, axes);
}

function groupNorm(call: Call, x: Array64): Array64 {
  const last = call.int('channels_last', 1) === 1;
  const first = last ? permuted(x, [0, 3, 1, 2]) : x;
  const y = apply('GroupNormalization', [first, call.input(1), call.input(2)], {
    num_groups: int(call.int('groups', 1)),
    epsilon: float(call.float('epsilon', 1e-5)),
  });
  const activatedY = call.int('activation', 0) ? swish(y, 1) : y;
  return last ? permuted(activatedY, [0, 2, 3, 1]) : activatedY;
}

const OPS: Operators = {
  Gelu: (call) => gelu(call.x),
  FastGelu: (call) => gelu(sum(call.x, call.inputs[1]), 'tanh'),
  BiasGelu: (call) => gelu(sum(call.x, call.input(1))),
  QuickGelu: (call) => swish(call.x, call.float('alpha', 1.702)),
  BiasSplitGelu: (call) => {
    const x = sum(call.x, call.input(1));
    const half = x.dims.at(-1)! / 2;
    const part = (from: number) =>
      build([...x.dims.slice(0, -1), half], (index) =>
        atBroadcast(x, [...index.slice(0, -1), from + index.at(-1)!]),
      );
    return mapBroadcast((a, b) => a! * b!, part(0), gelu(part(half)));
  },
  BiasAdd: (call) => sum(call.x, call.input(1), call.input(2)),
  FusedConv: (call) => {
    const conv = apply('Conv', call.inputs.slice(0, 3), call.attributes);
    return activated(call, sum(conv, call.inputs[3]), (_, i) => call.floats('activation_params', [])[i]);
  },
  FusedGemm: (call) =>
    activated(call, apply('Gemm', call.inputs, call.attributes), (name) => {
      const value = call.float(`activation_${name}`, Number.NaN);
      return Number.isNaN(value) ? undefined : value;
    }),
  FusedMatMul: (call) => {
    const product = apply('MatMul', [matrix(call, call.x, 'A'), matrix(call, call.input(1), 'B')]);
    return mapBroadcast((x) => call.float('alpha', 1) * x!, product);
  },
  NhwcConv: (call) => {
    const y = apply('Conv', [permuted(call.x, [0, 3, 1, 2]), ...call.inputs.slice(1)], call.attributes);
    return permuted(y, [0, 2, 3, 1]);
  },
  NhwcFusedConv: (call) => {
    const y = apply('Conv', [permuted(call.x, [0, 3, 1, 2]), ...call.inputs.slice(1, 3)], call.attributes);
    const total = sum(permuted(y, [0, 2, 3, 1]), call.inputs[3]);
    return activated(call, total, (_, i) => call.floats('activation_params', [])[i]);
  },
  FusedMatMulActivation: (call) =>
    activated(call, one(OPS.FusedMatMul!(call)), (name) => {
      const value = call.float(`activation_${name}`, Number.NaN);
      return Number.isNaN(value) ? undefined : value;
    }),
  GemmFastGelu: (call) => gelu(sum(apply('MatMul', [call.x, call.input(1)]), call.inputs[2]), 'tanh'),
  Pad: (call) => one(LAYOUT.Pad!(call)),
  Trilu: (call) => one(LAYOUT.Trilu!(call)),
  ExpandDims: (call) => {
    const at = call.input(1).data[0]!;
    return array([...call.x.dims.slice(0, at), 1, ...call.x.dims.slice(at)], call.x.data);
  },
  SkipLayerNormalization: (call) => {
    const [x, skip, gamma, beta, bias] = call.inputs;
    const total = sum(x, skip, bias);
    const y = apply('LayerNormalization', [total, gamma, beta], {
      epsilon: float(call.float('epsilon', 1e-12)),
    });
    return [y, y, y, total];
  },
  SkipSimplifiedLayerNormalization: (call) => {
    const [x, skip, gamma, bias] = call.inputs;
    const total = sum(x, skip, bias);
    const y = apply('RMSNormalization', [total, gamma], { epsilon: float(call.float('epsilon', 1e-12)) });
    return [y, y, y, total];
  },
  GroupNorm: (call) => groupNorm(call, call.x),
  SkipGroupNorm: (call) => {
    const skip = call.input(3);
    const [n, channels] = [call.x.dims[0]!, call.x.dims[3]!];
    const shaped = skip.dims.length === 2 ? array([n, 1, 1, channels], skip.data) : skip;
    const x = sum(call.x, shaped, call.inputs[4]);
    return [groupNorm(call, x), x];
  },
};

export const FUSED: Operators = {
  ...Object.fromEntries(Object.entries(OPS).map(([op, f]) => [`com.microsoft.${op}`, f])),
  'com.microsoft.TransposeMatMul': OPS.FusedMatMul!,
};
