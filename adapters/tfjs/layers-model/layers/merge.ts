/** Layers with several inputs. */
import type { GraphBuilder, Value } from '../../../../core/graph/index.ts';
import { type LayerTranslation, numbersOf } from '../layer-call.ts';

type Combine = (b: GraphBuilder, a: Value, c: Value) => Value;

const add: Combine = (b, a, c) => b.add(a, c);
const subtract: Combine = (b, a, c) => b.sub(a, c);
const multiply: Combine = (b, a, c) => b.mul(a, c);
const divide: Combine = (b, a, c) => b.div(a, c);

const elementwise =
  (combine: Combine): LayerTranslation =>
  (call) =>
    aligned(call.builder, call.inputs).reduce((a, c) => combine(call.builder, a, c));

/** Inputs of fewer axes get axes of size 1 after the batch, as in Keras; constants of rank 0 go with any. */
function aligned(b: GraphBuilder, inputs: readonly Value[]): readonly Value[] {
  const rank = Math.max(...inputs.map((x) => x.shape.length));
  return inputs.map((x) => {
    const missing = rank - x.shape.length;
    if (missing === 0 || x.shape.length === 0) return x;
    return b.unsqueeze(
      x,
      Array.from({ length: missing }, (_, i) => i + 1),
    );
  });
}

const average: LayerTranslation = (call) => {
  const { builder: b } = call;
  const sum = elementwise(add)(call);
  return b.mul(sum, b.scalar(1 / call.inputs.length, sum));
};

const concatenate: LayerTranslation = (call) => {
  const axis = call.number('axis', -1);
  return call.builder.concat(call.inputs, axis < 0 ? axis + call.x.shape.length : axis);
};

/** For each example the products along one axis of both, summed. */
const dot: LayerTranslation = (call) => {
  const { builder: b } = call;
  const [x, y] = call.inputs;
  if (!x || !y || [x, y].some((v) => v.shape.length < 2 || v.shape.length > 3))
    throw call.unsupported('it takes two inputs of two or three axes');
  const given = numbersOf(call.config.axes);
  const one = call.number('axes', -1);
  const [ax, ay] = [x, y].map((v, i) => {
    const axis = given[i] ?? one;
    return axis < 0 ? axis + v.shape.length : axis;
  }) as [number, number];
  const normalize = call.flag('normalize', false);
  const [left, right] = [normalize ? unit(b, x, ax) : x, normalize ? unit(b, y, ay) : y];
  // [batch, rest, summed] x [batch, summed, rest]
  const rows =
    left.shape.length === 2 ? b.unsqueeze(left, [1]) : b.transpose(left, ax === 1 ? [0, 2, 1] : [0, 1, 2]);
  const columns =
    right.shape.length === 2 ? b.unsqueeze(right, [2]) : b.transpose(right, ay === 2 ? [0, 2, 1] : [0, 1, 2]);
  const product = b.matMul(rows, columns);
  if (left.shape.length === 2) return b.squeeze(product, [1]);
  return right.shape.length === 2 ? b.squeeze(product, [2]) : product;
};

/** x / |x| along an axis, |x|^2 at least 1e-7. */
function unit(b: GraphBuilder, x: Value, axis: number): Value {
  const square = b.reduceSum(b.mul(x, x), [axis], true);
  return b.div(x, b.sqrt(b.op('Max', [square, b.scalar(1e-7, x)])));
}

/** TensorFlow functions that Keras 2 keeps as layers where a model computes with operators (`x * 2`). */
const OPERATORS: Readonly<Record<string, Combine>> = {
  '__operators__.add': add,
  'math.add': add,
  'math.subtract': subtract,
  'math.multiply': multiply,
  'math.truediv': divide,
  'math.divide': divide,
};

const operator: LayerTranslation = (call) => {
  const name = call.text('function', '?');
  const combine = OPERATORS[name];
  if (!combine || call.inputs.length !== 2)
    throw call.unsupported(`the function "${name}" has no translation here`);
  return elementwise(combine)(call);
};

export const MERGE_LAYERS: readonly (readonly [string, LayerTranslation])[] = [
  ['Add', elementwise(add)],
  ['Subtract', elementwise(subtract)],
  ['Multiply', elementwise(multiply)],
  ['Divide', elementwise(divide)],
  ['TrueDivide', elementwise(divide)],
  ['Maximum', elementwise((b, a, c) => b.op('Max', [a, c]))],
  ['Minimum', elementwise((b, a, c) => b.op('Min', [a, c]))],
  ['Average', average],
  ['Concatenate', concatenate],
  ['Dot', dot],
  ['TFOpLambda', operator],
];
