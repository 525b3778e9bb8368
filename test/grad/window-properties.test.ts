import fc from 'fast-check';
import { describe, it } from 'vitest';
import { int, ints } from '../../core/graph/index.ts';
import { checkCase, type OpCase } from './check.ts';
import { distinct, uniform } from './samples.ts';

const RUNS = { seed: 20, numRuns: 60 };

interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
}

const extentOf = (a: Pick<Axis, 'kernel' | 'dilation'>): number => a.dilation * (a.kernel - 1) + 1;

/** One axis of a window that fits at least once; pads of pools are below the kernel, so that no window misses the input. */
const axis = (dilated: boolean, padsBelowKernel: boolean): fc.Arbitrary<Axis> =>
  fc
    .record({
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: dilated ? fc.integer({ min: 1, max: 2 }) : fc.constant(1),
      begin: fc.integer({ min: 0, max: 2 }),
      end: fc.integer({ min: 0, max: 2 }),
      extra: fc.integer({ min: 0, max: 4 }),
    })
    .map(({ extra, ...window }) => {
      const limit = padsBelowKernel ? window.kernel - 1 : 2;
      const [begin, end] = [Math.min(window.begin, limit), Math.min(window.end, limit)];
      return {
        ...window,
        begin,
        end,
        size: Math.max(window.dilation, extentOf(window) - begin - end) + extra,
      };
    });

const windows = (dilated: boolean, padsBelowKernel: boolean): fc.Arbitrary<Axis[]> =>
  fc.array(axis(dilated, padsBelowKernel), { minLength: 1, maxLength: 2 });

const attributesOf = (axes: readonly Axis[]) => ({
  strides: ints(axes.map((a) => a.stride)),
  dilations: ints(axes.map((a) => a.dilation)),
  pads: ints([...axes.map((a) => a.begin), ...axes.map((a) => a.end)]),
});

const describeAxes = (axes: readonly Axis[]): string => JSON.stringify(axes);

const convolutions: fc.Arbitrary<OpCase> = fc
  .record({
    axes: windows(true, false),
    batch: fc.integer({ min: 1, max: 2 }),
    group: fc.integer({ min: 1, max: 3 }),
    depth: fc.integer({ min: 1, max: 2 }),
    filters: fc.integer({ min: 1, max: 2 }),
    bias: fc.boolean(),
  })
  .map(({ axes, batch, group, depth, filters, bias }) => ({
    label: `Conv ${describeAxes(axes)} batch ${batch} group ${group} depth ${depth} filters ${filters}`,
    op: 'Conv',
    inputs: [
      uniform([batch, group * depth, ...axes.map((a) => a.size)]),
      uniform([group * filters, depth, ...axes.map((a) => a.kernel)]),
      ...(bias ? [uniform([group * filters])] : []),
    ],
    attributes: { ...attributesOf(axes), group: int(group) },
  }));

const transposedConvolutions: fc.Arbitrary<OpCase> = fc
  .record({
    axes: windows(true, true),
    group: fc.integer({ min: 1, max: 2 }),
    depth: fc.integer({ min: 1, max: 2 }),
    filters: fc.integer({ min: 1, max: 2 }),
  })
  .filter(({ axes }) => axes.every((a) => a.stride * (a.size - 1) + extentOf(a) > a.begin + a.end))
  .map(({ axes, group, depth, filters }) => ({
    label: `ConvTranspose ${describeAxes(axes)} group ${group} depth ${depth} filters ${filters}`,
    op: 'ConvTranspose',
    inputs: [
      uniform([2, group * depth, ...axes.map((a) => a.size)]),
      uniform([group * depth, filters, ...axes.map((a) => a.kernel)]),
    ],
    attributes: { ...attributesOf(axes), group: int(group) },
  }));

/**
 * Whether ceil_mode adds a window that begins in the end padding and is then left out: onnxruntime's shape inference
 * counts it all the same, and refuses what its own kernel gives.
 */
function endsInPadding({ size, kernel, dilation, stride, begin, end }: Axis): boolean {
  const last = Math.ceil((size + begin + end - extentOf({ kernel, dilation })) / stride) * stride;
  return last >= size + begin;
}

const pools = (op: 'MaxPool' | 'AveragePool'): fc.Arbitrary<OpCase> =>
  fc
    .record({
      axes: windows(op === 'MaxPool', true),
      ceil: fc.boolean(),
      countPadding: fc.boolean(),
    })
    .filter(({ axes, ceil }) => !ceil || !axes.some(endsInPadding))
    .map(({ axes, ceil, countPadding }) => {
      const dims = [2, 2, ...axes.map((a) => a.size)];
      return {
        label: `${op} ${describeAxes(axes)} ceil ${ceil} count ${countPadding}`,
        op,
        inputs: [op === 'MaxPool' ? distinct(dims) : uniform(dims)],
        attributes: {
          ...attributesOf(axes),
          kernel_shape: ints(axes.map((a) => a.kernel)),
          ceil_mode: int(ceil ? 1 : 0),
          ...(op === 'AveragePool' ? { count_include_pad: int(countPadding ? 1 : 0) } : {}),
        },
      };
    });

describe('windows at any combination of attributes', () => {
  it.each([
    ['Conv', convolutions],
    ['ConvTranspose', transposedConvolutions],
    ['MaxPool', pools('MaxPool')],
    ['AveragePool', pools('AveragePool')],
  ])('%s', (_, cases) =>
    fc.assert(
      fc.asyncProperty(cases, (test) => checkCase(test)),
      RUNS,
    ),
  );
});
