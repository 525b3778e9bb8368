/**
 * The input gradient of a strided convolution, residue by residue. With i = stride * q + r, position i of x is met
 * by the kernel positions k = k0 + stride * t, k0 = (r + before) mod stride, in the windows o = q + c - t,
 * c = floor((r + before) / stride): for each residue r an ordinary convolution of dy with every stride-th kernel
 * position, flipped. No zeros are multiplied, and the residues interleave to dx.
 */
import type { AxisWindow } from '../window.ts';

/** The convolution along one axis that gives the positions of one residue. */
export interface Phase {
  /** Kernel positions in the order in which the convolution meets them; empty where no window meets the residue. */
  readonly positions: readonly number[];
  readonly before: number;
  readonly after: number;
}

/**
 * One phase a residue, each of which gives ceil(size / stride) positions.
 * Undefined where dy would have to be cropped (padding of a kernel's width and more) or the kernel is dilated.
 * @param size of x, `count` of dy along the axis.
 */
export function phasesOf(w: AxisWindow, size: number, count: number): Phase[] | undefined {
  if (w.dilation !== 1) return undefined;
  const length = Math.ceil(size / w.stride);
  const phases: Phase[] = [];
  for (let r = 0; r < w.stride; r++) {
    const first = (r + w.before) % w.stride;
    const c = Math.floor((r + w.before) / w.stride);
    const positions: number[] = [];
    for (let k = first; k < w.kernel; k += w.stride) positions.unshift(k);
    if (positions.length === 0) {
      phases.push({ positions, before: 0, after: 0 });
      continue;
    }
    const before = positions.length - 1 - c;
    const after = length + c - count;
    if (before < 0 || after < 0) return undefined;
    phases.push({ positions, before, after });
  }
  return phases;
}
