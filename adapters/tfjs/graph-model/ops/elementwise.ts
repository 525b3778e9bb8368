import type { GraphBuilder, OperatorTaking, Value } from '../../../../core/graph/index.ts';
import type { Translation, Translations } from '../operation.ts';
import { isChannelsFirst } from './window.ts';

const unary =
  (op: OperatorTaking<readonly [Value]>): Translation =>
  (operation) =>
    operation.builder.op(op, [operation.x()]);

const binary =
  (op: OperatorTaking<readonly [Value, Value]>): Translation =>
  (operation) =>
    operation.builder.op(op, [operation.x(0), operation.x(1)]);

const composed =
  (emit: (b: GraphBuilder, x: Value, y: Value) => Value): Translation =>
  (operation) =>
    emit(operation.builder, operation.x(0), operation.inputs.length > 1 ? operation.x(1) : operation.x(0));

/** Along the channels, which are the second axis with data_format NCHW and the last one otherwise. */
const biasAdd: Translation = (operation) => {
  const { builder: b } = operation;
  const x = operation.x(0);
  const bias = operation.x(1);
  if (!isChannelsFirst(operation)) return b.add(x, bias);
  return b.add(x, b.reshape(bias, [-1, ...x.shape.slice(2).map(() => 1)]));
};

const addN: Translation = (operation) => {
  const values = operation.inputs.map((input) => input.value());
  return values.slice(1).reduce((sum, value) => operation.builder.add(sum, value), values[0]!);
};

/** Division of integers rounds towards zero in ONNX, and down in TensorFlow. */
const floorDiv: Translation = (operation) => {
  const { builder: b } = operation;
  const [x, y] = [b.cast(operation.x(0), 'float32'), b.cast(operation.x(1), 'float32')];
  return b.cast(b.op('Floor', [b.div(x, y)]), operation.operand(0).dtype);
};

const realDiv: Translation = (operation) => {
  const { builder: b } = operation;
  return b.div(b.cast(operation.x(0), 'float32'), b.cast(operation.x(1), 'float32'));
};

const cast: Translation = (operation) => {
  const dtype = operation.attributes.dtype('DstT') ?? 'float32';
  // Nothing changes: stand aside, so that constants stay known.
  return operation.operand(0).dtype === dtype
    ? operation.operand(0)
    : operation.builder.cast(operation.x(), dtype);
};

const clip: Translation = (operation) =>
  operation.builder.op('Clip', [operation.x(0), operation.x(1), operation.x(2)]);

const select: Translation = (operation) => {
  const { builder: b } = operation;
  const [condition, yes, no] = [operation.x(0), operation.x(1), operation.x(2)];
  // Select (not SelectV2) takes one condition for each row.
  const extra = operation.node.op === 'Select' && condition.shape.length === 1 ? yes.shape.length - 1 : 0;
  const rows =
    extra > 0
      ? b.unsqueeze(
          condition,
          Array.from({ length: extra }, (_, i) => i + 1),
        )
      : condition;
  return b.where(rows, yes, no);
};

const one = (b: GraphBuilder, x: Value): Value => b.scalar(1, x);

export const ELEMENTWISE: Translations = {
  Add: binary('Add'),
  AddV2: binary('Add'),
  AddN: addN,
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  RealDiv: realDiv,
  Div: realDiv,
  DivNoNan: composed((b, x, y) => {
    const zero = b.scalar(0, y);
    return b.where(b.equal(y, zero), zero, b.div(x, y));
  }),
  FloorDiv: floorDiv,
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  SquaredDifference: composed((b, x, y) => {
    const difference = b.sub(x, y);
    return b.mul(difference, difference);
  }),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Expm1: composed((b, x) => b.sub(b.exp(x), one(b, x))),
  Log: unary('Log'),
  Log1p: composed((b, x) => b.log(b.add(x, one(b, x)))),
  Sqrt: unary('Sqrt'),
  Rsqrt: composed((b, x) => b.op('Reciprocal', [b.sqrt(x)])),
  Square: composed((b, x) => b.mul(x, x)),
  Neg: unary('Neg'),
  Abs: unary('Abs'),
  Sign: unary('Sign'),
  Floor: unary('Floor'),
  Ceil: unary('Ceil'),
  Round: unary('Round'),
  Reciprocal: unary('Reciprocal'),
  Inv: unary('Reciprocal'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  LogicalNot: unary('Not'),
  NotEqual: composed((b, x, y) => b.op('Not', [b.equal(x, y)])),
  Equal: binary('Equal'),
  Greater: binary('Greater'),
  GreaterEqual: binary('GreaterOrEqual'),
  Less: binary('Less'),
  LessEqual: binary('LessOrEqual'),
  LogicalAnd: binary('And'),
  LogicalOr: binary('Or'),
  Select: select,
  SelectV2: select,
  ClipByValue: clip,
  Cast: cast,
};
