import { DTYPE_NUMBER, dtypeFromNumber, intAttribute } from '../../../../core/graph/index.ts';
import type { Rules, Site } from '../rule.ts';
import { type TfValue, tfDType } from '../tf-builder.ts';
import { broadcast, type Unary, unary, type Variadic } from './elementwise.ts';

const direct =
  (op: string): Unary =>
  (s, x) =>
    s.tf.op(op, [x]);

const two =
  (op: string): Variadic =>
  (s, [a, b]) =>
    s.tf.op(op, [a!, b!]);

const chain =
  (op: string): Variadic =>
  (s, values) =>
    values.reduce((a, b) => s.tf.op(op, [a, b]));

/** Comparisons give booleans. */
const compare =
  (op: string): Variadic =>
  (s, [a, b]) =>
    s.tf.op(op, [a!, b!], {}, 'bool');

const cast = (s: Site, x: TfValue, dtype: 'float32' | 'int32' | 'bool'): TfValue =>
  x.dtype === dtype ? x : s.tf.op('Cast', [x], {}, dtype);

/** Division of integers rounds towards zero in ONNX, down in TensorFlow.js. */
const divide: Variadic = (s, [a, b]) => {
  if (a!.dtype === 'float32') return s.tf.op('RealDiv', [a!, b!]);
  const sign = s.tf.op('Mul', [s.tf.op('Sign', [a!]), s.tf.op('Sign', [b!])]);
  return s.tf.op('Mul', [sign, s.tf.op('FloorDiv', [s.tf.op('Abs', [a!]), s.tf.op('Abs', [b!])])]);
};

const power: Variadic = (s, [a, b]) => {
  const exponent = s.known(1);
  const only = exponent?.length === 1 ? exponent[0] : undefined;
  if (only === 2) return s.tf.op('Square', [a!]);
  if (only === 0.5 && a!.dtype === 'float32') return s.tf.op('Sqrt', [a!]);
  if (only === -0.5 && a!.dtype === 'float32') return s.tf.op('Rsqrt', [a!]);
  return s.tf.op('Pow', [a!, cast(s, b!, a!.dtype)]);
};

/** fmod has the sign of the dividend, mod that of the divisor, as TensorFlow's has. */
const modulo: Variadic = (s, [a, b]) => {
  if (intAttribute(s.node, 'fmod') === 0) return s.tf.op('FloorMod', [a!, b!]);
  const rest = s.tf.op('FloorMod', [s.tf.op('Abs', [a!]), s.tf.op('Abs', [b!])]);
  return s.tf.op('Mul', [s.tf.op('Sign', [a!]), rest]);
};

const mean: Variadic = (s, values) => {
  const sum = chain('AddV2')(s, values);
  return values.length === 1 ? sum : s.tf.op('Mul', [sum, s.tf.scalar(1 / values.length)]);
};

const castTo: Unary = (s, x) => {
  const number = intAttribute(s.node, 'to');
  const to = dtypeFromNumber(number);
  const dtype = to && tfDType(to);
  if (!dtype)
    throw s.unsupported(
      `TensorFlow.js has no ${Object.entries(DTYPE_NUMBER).find(([, n]) => n === number)?.[0] ?? `type ${number}`}`,
    );
  return cast(s, x, dtype);
};

/** TensorFlow.js has no op of its own for exclusive or. */
const xor: Variadic = (s, [a, b]) =>
  s.tf.op('NotEqual', [cast(s, a!, 'int32'), cast(s, b!, 'int32')], {}, 'bool');

const where: Variadic = (s, [condition, a, b]) => s.tf.op('SelectV2', [condition!, a!, b!], {}, a!.dtype);

const unaries: readonly string[] = [
  ...['Abs', 'Neg', 'Exp', 'Log', 'Sqrt', 'Reciprocal', 'Floor', 'Ceil', 'Round', 'Sign', 'Erf'],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh'],
];

export const ARITHMETIC: Rules = {
  ...Object.fromEntries(unaries.map((op) => [op, unary(direct(op))])),
  Identity: unary((_, x) => x),
  Dropout: (s) => {
    if ((s.node.outputs[1] ?? '') !== '') throw s.unsupported('its mask is read');
    const perm = s.order(0);
    return [[{ perm, value: s.as(0, perm) }]];
  },
  Not: unary((s, x) => s.tf.op('LogicalNot', [x], {}, 'bool')),
  IsNaN: unary((s, x) => s.tf.op('IsNan', [x], {}, 'bool')),
  IsInf: unary((s, x) => {
    if (intAttribute(s.node, 'detect_negative') !== 1 || intAttribute(s.node, 'detect_positive') !== 1)
      throw s.unsupported('it looks for infinities of one sign only');
    return s.tf.op('IsInf', [x], {}, 'bool');
  }),
  Cast: unary(castTo),
  CastLike: (s) => {
    const perm = s.order(0);
    return [[{ perm, value: cast(s, s.as(0, perm), s.outType()) }]];
  },
  Add: broadcast(two('AddV2')),
  Sub: broadcast(two('Sub')),
  Mul: broadcast(two('Mul')),
  Div: broadcast(divide),
  Pow: broadcast(power),
  Mod: broadcast(modulo),
  Sum: broadcast(chain('AddV2')),
  Mean: broadcast(mean),
  Max: broadcast(chain('Maximum')),
  Min: broadcast(chain('Minimum')),
  Equal: broadcast(compare('Equal')),
  Greater: broadcast(compare('Greater')),
  GreaterOrEqual: broadcast(compare('GreaterEqual')),
  Less: broadcast(compare('Less')),
  LessOrEqual: broadcast(compare('LessEqual')),
  And: broadcast(compare('LogicalAnd')),
  Or: broadcast(compare('LogicalOr')),
  Xor: broadcast(xor),
  Where: broadcast(where),
};
