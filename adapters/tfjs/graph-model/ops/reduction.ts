import type { Reduction } from '../../../../core/graph/index.ts';
import { normalAxes, type Translation, type Translations } from '../operation.ts';

/** Inputs: x, axes (none: all of them, if the input is there and empty it changes nothing). */
const reduction =
  (op: Reduction): Translation =>
  (operation) => {
    const x = operation.operand(0);
    const rank = x.shape.length;
    const axes = operation.inputs.length > 1 ? normalAxes(operation.ints(1), rank) : x.shape.map((_, i) => i);
    if (axes.length === 0) return x;
    return operation.builder.reduce(op, x.value(), axes, operation.attributes.bool('keep_dims'));
  };

/** Of booleans, as the least or the largest of 0 and 1. */
const logical =
  (op: Reduction): Translation =>
  (operation) => {
    const { builder: b } = operation;
    const x = b.cast(operation.x(0), 'int32');
    const axes = normalAxes(operation.ints(1), x.shape.length);
    return b.cast(b.reduce(op, x, axes, operation.attributes.bool('keep_dims')), 'bool');
  };

export const REDUCTIONS: Translations = {
  Mean: reduction('ReduceMean'),
  Sum: reduction('ReduceSum'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
};
