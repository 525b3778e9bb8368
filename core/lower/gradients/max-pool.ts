/**
 * Each tap of the window is compared with the window's maximum; the first that equals it takes the gradient, and
 * nothing is left for those after it, which is PyTorch's rule for ties.
 */
import type { Value } from '../../graph/index.ts';
import { fixedShape, input, type Lowerings, type Site } from '../lowering.ts';
import { spreadWindows, takeTaps, windowsOf } from '../window.ts';

/** Padding that no real maximum equals. */
const LOWEST = -3.4028234663852886e38;

export function maxPoolGradient(site: Site): Value[] {
  const { builder, node } = site;
  const [x, y, dy] = [input(site, 0), input(site, 1), input(site, 2)];
  const windows = windowsOf(node);
  const outputs = fixedShape(y).slice(2, 2 + windows.length);
  const zero = builder.scalar(0, dy);
  let left = dy;
  const taken: Value[] = [];
  const taps = takeTaps(builder, x, windows, outputs, LOWEST);
  for (const [i, tap] of taps.entries()) {
    const isMaximum = builder.equal(tap, y);
    taken.push(builder.where(isMaximum, left, zero));
    if (i + 1 < taps.length) left = builder.where(isMaximum, zero, left);
  }
  return [spreadWindows(builder, taken, windows, fixedShape(x).slice(2))];
}

export const MAX_POOL: Lowerings = { MaxPoolGradient: maxPoolGradient };
