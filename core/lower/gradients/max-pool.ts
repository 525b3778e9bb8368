/**
 * The maximum of a window is the maximum, over its rows, of the maximum of each row: so is its gradient passed on one
 * axis after the other, first among rows, then within them. Along an axis, each kernel position is compared with the
 * maximum; the first that equals it takes the gradient, and nothing is left for those after it. Ties thus go to the
 * first maximum in row-major order, which is PyTorch's rule.
 */
import { float, type Value } from '../../graph/index.ts';
import { fixedShape, input, type Lowerings, type Site } from '../lowering.ts';
import { type AxisWindow, spreadTaps, takeTaps, windowsOf } from '../window.ts';
import { STEEPEST } from './activations.ts';

/** Padding that no real maximum equals. */
const LOWEST = -3.4028234663852886e38;

/** @param pool gives the maxima of windows along one axis, where something does it faster than comparing taps. */
export function maxPoolGradient(
  site: Site,
  pool?: (x: Value, axis: number, window: AxisWindow, count: number) => Value | undefined,
): Value[] {
  const { builder, node } = site;
  const [x, y] = [input(site, 0), input(site, 1)];
  let gradient = input(site, 2);
  const windows = windowsOf(node);
  let values = x;
  const stages = windows
    .map((window, i) => ({ window, axis: i + 2 }))
    .reverse()
    .map(({ window, axis }) => {
      const size = fixedShape(values)[axis]!;
      const count = fixedShape(y)[axis]!;
      const taps = takeTaps(builder, values, axis, window, count, LOWEST);
      const maximum =
        axis === 2
          ? y
          : taps.length === 1
            ? taps[0]!
            : (pool?.(values, axis, window, count) ?? builder.op('Max', taps));
      values = maximum;
      return { window, axis, size, taps, maximum };
    });
  for (const { window, axis, size, taps, maximum } of stages.reverse())
    gradient = spreadTaps(builder, toFirst(site, taps, maximum, gradient), axis, window, size);
  return [gradient];
}

/** The gradient of each tap: all of it where the tap is the first that equals the maximum, else zero. */
function toFirst(site: Site, taps: readonly Value[], maximum: Value, gradient: Value): Value[] {
  const { builder } = site;
  let left = gradient;
  return taps.map((tap, i) => {
    if (i === taps.length - 1) return left; // some tap is the maximum
    const taken = whereEqual(site, tap, maximum, left);
    left = builder.sub(left, taken);
    return taken;
  });
}

/**
 * The gradient where the tap equals the maximum, else zero. On a CPU by a HardSigmoid of how far the tap is below, which is 1
 * or 0 (`STEEPEST`): Where makes three passes there (8x64x112x56, two threads: 4.0 ms for 7.5).
 */
function whereEqual({ builder, target }: Site, tap: Value, maximum: Value, gradient: Value): Value {
  if (target === 'portable' || tap.dtype !== 'float32')
    return builder.where(builder.equal(tap, maximum), gradient, builder.scalar(0, gradient));
  const mask = builder.op('HardSigmoid', [builder.sub(tap, maximum)], {
    alpha: float(STEEPEST),
    beta: float(1),
  });
  return builder.mul(gradient, mask);
}

export const MAX_POOL: Lowerings = { MaxPoolGradient: maxPoolGradient };
