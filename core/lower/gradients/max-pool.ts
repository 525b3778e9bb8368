/**
 * The maximum of a window is the maximum, over its rows, of the maximum of each row: so is its gradient passed on one
 * axis after the other, first among rows, then within them. Along an axis, each kernel position is compared with the
 * maximum; the first that equals it takes the gradient, and nothing is left for those after it. Ties thus go to the
 * first maximum in row-major order, which is PyTorch's rule.
 */
import type { GraphBuilder, Value } from '../../graph/index.ts';
import { fixedShape, input, type Lowerings, type Site } from '../lowering.ts';
import { spreadTaps, takeTaps, windowsOf } from '../window.ts';

/** Padding that no real maximum equals. */
const LOWEST = -3.4028234663852886e38;

export function maxPoolGradient(site: Site): Value[] {
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
      const taps = takeTaps(builder, values, axis, window, fixedShape(y)[axis]!, LOWEST);
      const maximum = axis === 2 ? y : taps.length === 1 ? taps[0]! : builder.op('Max', taps);
      values = maximum;
      return { window, axis, size, taps, maximum };
    });
  for (const { window, axis, size, taps, maximum } of stages.reverse())
    gradient = spreadTaps(builder, toFirst(builder, taps, maximum, gradient), axis, window, size);
  return [gradient];
}

/** The gradient of each tap: all of it where the tap is the first that equals the maximum, else zero. */
function toFirst(builder: GraphBuilder, taps: readonly Value[], maximum: Value, gradient: Value): Value[] {
  const zero = builder.scalar(0, gradient);
  let left = gradient;
  return taps.map((tap, i) => {
    if (i === taps.length - 1) return left; // some tap is the maximum
    const taken = builder.where(builder.equal(tap, maximum), left, zero);
    left = builder.sub(left, taken);
    return taken;
  });
}

export const MAX_POOL: Lowerings = { MaxPoolGradient: maxPoolGradient };
