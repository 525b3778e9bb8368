/**
 * Reshape and Flatten of a value whose Transpose is put off. A reshape splits and merges runs of axes: [n, h, w, c] to
 * [n, h * w, c] is n | h w | c. Where each run lies together and in order in the source too ([n, c, h, w]), the source is
 * reshaped run by run ([n, c, h * w]), and the runs are in another order.
 */
import type { Dim, Shape } from '../../../core/graph/index.ts';
import type { Permutation } from './permutation.ts';
import type { LayoutRule } from './rule.ts';

/** Axes of the input that together become axes of the output. */
interface Run {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Undefined where a size that is not known is part of a run of several axes. */
export function runsOf(from: Shape, to: Shape): Run[] | undefined {
  const runs: Run[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const run = { from: [] as number[], to: [] as number[] };
    const [a, b] = [from[i], to[j]];
    if (typeof a === 'string' || typeof b === 'string') {
      // A run of 1s before or after it makes no difference, but one must come by itself.
      if (a === 1) run.from.push(i++);
      else if (b === 1) run.to.push(j++);
      else if (a !== b || a === '?') return undefined;
      else {
        run.from.push(i++);
        run.to.push(j++);
      }
      runs.push(run);
      continue;
    }
    let [left, right] = [1, 1];
    if (a !== undefined) left *= take(run.from, i++, a);
    if (b !== undefined) right *= take(run.to, j++, b);
    while (left !== right) {
      const next: Dim | undefined = left < right ? from[i] : to[j];
      if (typeof next !== 'number' || next === 0) return undefined;
      if (left < right) left *= take(run.from, i++, next);
      else right *= take(run.to, j++, next);
    }
    runs.push(run);
  }
  return runs;
}

function take(axes: number[], axis: number, size: number): number {
  axes.push(axis);
  return size;
}

interface Reshaped {
  /** Shape of the reshaped source. */
  readonly shape: readonly Dim[];
  readonly perm: Permutation;
}

/** Undefined where a run is scattered in the source. */
export function reshapeSource(from: Shape, to: Shape, perm: Permutation): Reshaped | undefined {
  const runs = runsOf(from, to);
  if (!runs) return undefined;
  const longInSource = perm
    .map((place, axis) => ({ place, axis }))
    .filter(({ axis }) => from[axis] !== 1)
    .sort((a, b) => a.place - b.place)
    .map(({ axis }) => axis);
  const placed = runs.map((run, at) => {
    const long = run.from.filter((axis) => from[axis] !== 1);
    const start = long.length > 0 ? longInSource.indexOf(long[0]!) : -1;
    return { run, at, start, together: long.every((axis, i) => longInSource[start + i] === axis) };
  });
  if (placed.some(({ together }) => !together)) return undefined;
  // Runs of 1s alone stay behind the run before them.
  placed.forEach((each, i) => {
    if (each.start < 0) each.start = placed[i - 1]?.start ?? -1;
  });
  const order = [...placed].sort((a, b) => a.start - b.start || a.at - b.at).flatMap(({ run }) => run.to);
  return { shape: order.map((axis) => to[axis]!), perm: to.map((_, axis) => order.indexOf(axis)) };
}

export const reshape: LayoutRule = (site) => {
  const perm = site.perm(0);
  const [from, to] = [site.shape(0), site.outputShape(0)];
  if (!perm || !from || !to) return undefined;
  const moved = reshapeSource(from, to, perm);
  const target = moved && targetOf(moved.shape);
  if (!moved || !target) return undefined;
  return {
    op: 'Reshape',
    inputs: [site.source(0, perm), site.integers(target)],
    attributes: {},
    perms: [moved.perm],
  };
};

/** As Reshape's input has it: -1 for a size that is not known; undefined where there are several. */
export function targetOf(shape: Shape): number[] | undefined {
  if (shape.filter((d) => typeof d === 'string').length > 1) return undefined;
  return shape.map((d) => (typeof d === 'number' ? d : -1));
}
