/** Padding of any axes, and its opposite. */
import { MarnetError } from '../../../core/errors.ts';
import { type GraphBuilder, str, type Value } from '../../../core/graph/index.ts';

/** 'reflect' does not repeat the border (TensorFlow's REFLECT), 'symmetric' does. */
export type PadMode = 'constant' | 'reflect' | 'symmetric';

/** @param paddings [before, after] for each axis of x. */
export function pad(
  b: GraphBuilder,
  x: Value,
  paddings: readonly (readonly [number, number])[],
  mode: PadMode = 'constant',
  value = 0,
): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  if (mode === 'symmetric') return padSymmetric(b, x, paddings);
  const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  if (mode === 'constant' && value === 0) return b.pad(x, pads);
  const filling = mode === 'constant' ? b.scalar(value, x) : undefined;
  return b.op('Pad', [x, b.integers(pads), filling], { mode: str(mode) });
}

/** ONNX has no mode that repeats the border, so the mirrored edges are cut out and joined. */
function padSymmetric(b: GraphBuilder, x: Value, paddings: readonly (readonly [number, number])[]): Value {
  return paddings.reduce((y, [before, after], axis) => {
    if (before === 0 && after === 0) return y;
    const size = y.shape[axis];
    if (typeof size !== 'number')
      throw new MarnetError('unsupported-model', `symmetric padding of axis ${axis} of [${y.shape}]`, {
        hint: 'Give the model fixed image sizes and convert it again.',
      });
    const parts: Value[] = [];
    const start = Number.MIN_SAFE_INTEGER;
    if (before > 0) parts.push(b.slice(y, [before - 1], [start], [axis], [-1]));
    parts.push(y);
    if (after > 0)
      parts.push(b.slice(y, [size - 1], [after === size ? start : size - 1 - after], [axis], [-1]));
    return b.concat(parts, axis);
  }, x);
}

/** Takes elements off both ends of each axis. @param cropping [before, after] for each axis of x. */
export function crop(b: GraphBuilder, x: Value, cropping: readonly (readonly [number, number])[]): Value {
  const axes = cropping.flatMap(([before, after], axis) => (before > 0 || after > 0 ? [axis] : []));
  if (axes.length === 0) return x;
  const starts = axes.map((axis) => cropping[axis]![0]);
  const ends = axes.map((axis) => {
    const after = cropping[axis]![1];
    return after === 0 ? Number.MAX_SAFE_INTEGER : -after;
  });
  return b.slice(x, starts, ends, axes);
}
