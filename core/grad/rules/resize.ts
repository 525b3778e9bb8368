/**
 * Resize: along each axis the output is a fixed linear map of the input, y = W x with a few weights a row, so that
 * dx = W^T dy, one axis after the other. Rows of W by the ONNX specification: see resample.ts.
 *
 * Where every input element is repeated the same number of times (enlarging by a whole number with mode nearest), W^T
 * is a sum over the repetitions, without a product of matrices.
 */
import {
  float32,
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  toNumbers,
  type Value,
} from '../../graph/index.ts';
import { normalizeAxis, productOf } from '../axes.ts';
import { type Resampling, resamplingRows } from '../resample.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

function resize(c: RuleContext): InputGradient[] {
  const sizes = c.shape(0);
  const output = c.y.shape as readonly number[];
  const axes = intsAttribute(c.node, 'axes', undefined)?.map((a) => normalizeAxis(a, sizes.length));
  const listed = (i: number): number[] | undefined => {
    const tensor = c.known(i);
    return tensor && toNumbers(tensor);
  };
  const scales = listed(2);
  const roi = listed(1);
  const mode = stringAttribute(c.node, 'mode');
  const coordinates = stringAttribute(c.node, 'coordinate_transformation_mode');
  if (coordinates === 'tf_crop_and_resize' && !roi)
    throw c.unsupported('the region that it crops is known only when it runs');
  const resampling = (axis: number): Resampling => {
    const at = axes ? axes.indexOf(axis) : axis;
    const count = axes?.length ?? sizes.length;
    // Without scales, sizes are given: both say the same up to rounding, but the given scale counts.
    const given = at >= 0 && scales && scales.length > 0 ? scales[at] : undefined;
    return {
      from: sizes[axis]!,
      to: output[axis]!,
      scale: given ?? output[axis]! / sizes[axis]!,
      mode: mode as Resampling['mode'],
      coordinates,
      nearest: stringAttribute(c.node, 'nearest_mode'),
      cubic: floatAttribute(c.node, 'cubic_coeff_a'),
      excludeOutside: intAttribute(c.node, 'exclude_outside') === 1,
      antialias: intAttribute(c.node, 'antialias') === 1,
      region: roi && roi.length > 0 && at >= 0 ? [roi[at]!, roi[at + count]!] : [0, 1],
    };
  };
  return [
    () =>
      sizes.reduce((dy, size, axis) => {
        const touched = !axes || axes.includes(axis);
        if (!touched || (size === output[axis] && coordinates !== 'tf_crop_and_resize')) return dy;
        return alongAxis(c, dy, axis, resamplingRows(resampling(axis)), size);
      }, c.dy),
  ];
}

/** W^T dy along one axis; `rows` are those of W, each a list of weights by input position. */
function alongAxis(
  c: RuleContext,
  dy: Value,
  axis: number,
  rows: readonly ReadonlyMap<number, number>[],
  size: number,
): Value {
  const b = c.builder;
  const shape = dy.shape as readonly number[];
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const result = [...before, size, ...after];
  const times = rows.length / size;
  const repeats = rows.every((row, i) => row.size === 1 && row.get(Math.floor(i / times)) === 1);
  if (Number.isInteger(times) && repeats) {
    const split = b.reshape(dy, [productOf(before) * size, times, productOf(after)]);
    return b.reshape(b.reduceSum(split, [1]), result);
  }
  const weights = new Float32Array(size * rows.length);
  rows.forEach((row, i) => {
    for (const [place, weight] of row) weights[place * rows.length + i] = weight;
  });
  const matrix = b.cast(b.constant(float32(weights, [size, rows.length])), dy.dtype);
  // Rows of the last axis multiply from the right, so that the product is one matrix instead of a batch of columns.
  if (after.length === 0 || productOf(after) === 1)
    return b.reshape(
      b.matMul(b.reshape(dy, [productOf(before), rows.length]), b.transpose(matrix, [1, 0])),
      result,
    );
  const flat = b.reshape(dy, [productOf(before), rows.length, productOf(after)]);
  return b.reshape(b.matMul(matrix, flat), result);
}

export const RESIZE_RULES: readonly GradientRule[] = [{ op: 'Resize', gradient: resize }];
