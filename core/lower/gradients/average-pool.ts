/** dy over the number of elements that its window averages, added at each of them. */
import { float32, type Value } from '../../graph/index.ts';
import { fixedShape, input, intOf, intsOf, type Lowerings, type Site } from '../lowering.ts';
import { type AxisWindow, extentOf, spreadTaps, windowsOf } from '../window.ts';

/**
 * How many elements of the window that begins at output position `o` count: those within the input, or within the
 * padded input when padding counts. What a last window of ceil_mode reaches beyond the padding never counts.
 */
function counted(w: AxisWindow, size: number, o: number, includePad: boolean): number {
  const low = includePad ? -w.before : 0;
  const high = includePad ? size + w.after : size;
  let count = 0;
  for (let k = 0; k < w.kernel; k++) {
    const at = o * w.stride + k * w.dilation - w.before;
    if (at >= low && at < high) count++;
  }
  return count;
}

export function averagePoolGradient(site: Site): Value[] {
  const { builder, node } = site;
  const dy = input(site, 0);
  const windows = windowsOf(node);
  const includePad = intOf(node, 'count_include_pad') === 1;
  const spatial = intsOf(node, 'input_shape').slice(2);
  const output = fixedShape(dy).slice(2);
  const rank = fixedShape(dy).length;

  let result = dy;
  // A box is a product of intervals: the axes can be done one after the other, and the divisor is a product too.
  for (const [i, w] of windows.entries()) {
    const size = spatial[i]!;
    const counts = Array.from({ length: output[i]! }, (_, o) => counted(w, size, o, includePad));
    const share =
      new Set(counts).size === 1
        ? builder.scalar(1 / counts[0]!, dy)
        : builder.cast(
            builder.constant(
              float32(
                counts.map((n) => 1 / n),
                [counts.length, ...new Array<number>(rank - 3 - i).fill(1)],
              ),
            ),
            dy.dtype,
          );
    if (counts.some((n) => n !== 1)) result = builder.mul(result, share);
    const whole = output[i] === 1 && w.before === 0 && extentOf(w) === size && w.dilation === 1;
    if (whole) {
      const shape = fixedShape(result).map((d, axis) => (axis === i + 2 ? size : d));
      result = builder.expand(result, shape);
    } else {
      const taps = new Array<Value>(w.kernel).fill(result);
      result = spreadTaps(builder, taps, i + 2, w, size);
    }
  }
  return [result];
}

export const AVERAGE_POOL: Lowerings = { AveragePoolGradient: averagePoolGradient };
