import fc from 'fast-check';
import { describe, it } from 'vitest';
import { int, ints, str } from '../../core/graph/index.ts';
import { checkCase, type OpCase } from './check.ts';
import { awayFromZero, distinct, exactly, indices, integers, known, uniform } from './samples.ts';

const RUNS = { seed: 20, numRuns: 60 };

const size = fc.integer({ min: 1, max: 5 });

/** Whether an output position lies so near the middle between two pixels that rounding in float32 may decide. */
const isTie = (from: number, to: number, coordinates: string): boolean =>
  Array.from({ length: to }, (_, o) => {
    const scale = to / from;
    if (coordinates === 'align_corners') return to === 1 ? 0 : (o * (from - 1)) / (to - 1);
    return coordinates === 'asymmetric' ? o / scale : (o + 0.5) / scale - 0.5;
  }).some((x) => Math.abs(2 * x - Math.round(2 * x)) < 1e-4 && !Number.isInteger(2 * x));

const resizes: fc.Arbitrary<OpCase> = fc
  .record({
    axes: fc.array(fc.record({ from: size, to: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 1,
      maxLength: 2,
    }),
    mode: fc.constantFrom('nearest', 'linear', 'cubic'),
    coordinates: fc.constantFrom('half_pixel', 'pytorch_half_pixel', 'asymmetric', 'align_corners'),
    nearest: fc.constantFrom('floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'),
    byScale: fc.boolean(),
  })
  // onnxruntime has cubic for images alone.
  .filter(({ axes, mode }) => mode !== 'cubic' || axes.length === 2)
  .filter(
    ({ axes, mode, coordinates }) =>
      mode !== 'nearest' || axes.every(({ from, to }) => !isTie(from, to, coordinates)),
  )
  .map(({ axes, mode, coordinates, nearest, byScale }) => {
    const dims = [1, 2, ...axes.map((a) => a.from)];
    const to = [1, 2, ...axes.map((a) => a.to)];
    const scales = known(
      exactly(
        [dims.length],
        to.map((t, i) => t / dims[i]!),
      ),
    );
    const whole = byScale && to.every((t, i) => Number.isInteger(t / dims[i]!));
    return {
      label: `Resize ${mode} ${coordinates} ${nearest} [${dims}] to [${to}]${whole ? ' by scale' : ''}`,
      op: 'Resize',
      inputs: whole
        ? [uniform(dims), undefined, scales]
        : [uniform(dims), undefined, undefined, integers(to)],
      attributes: {
        mode: str(mode),
        coordinate_transformation_mode: str(coordinates),
        nearest_mode: str(nearest),
      },
    };
  });

const transposed: fc.Arbitrary<OpCase> = fc
  .record({
    axes: fc.array(
      fc.record({
        size,
        kernel: fc.integer({ min: 1, max: 4 }),
        stride: fc.integer({ min: 1, max: 3 }),
        extra: fc.integer({ min: 0, max: 2 }),
        cut: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    auto: fc.constantFrom('NOTSET', 'SAME_UPPER', 'SAME_LOWER'),
    given: fc.boolean(),
  })
  // Output padding is below the stride, and padding cuts less than the kernel.
  .map(({ axes, ...rest }) => ({
    ...rest,
    axes: axes.map((a) => ({
      ...a,
      extra: Math.min(a.extra, a.stride - 1),
      cut: Math.min(a.cut, a.kernel - 1, a.stride * (a.size - 1)),
    })),
  }))
  // Where SAME decides, onnxruntime's shape inference and its kernel differ on output padding and small kernels.
  .filter(
    ({ axes, auto, given }) =>
      auto === 'NOTSET' || given || axes.every((a) => a.extra === 0 && a.kernel >= a.stride),
  )
  .map(({ axes, auto, given }) => {
    const output = axes.map((a) => a.stride * (a.size - 1) + a.kernel + a.extra - a.cut);
    return {
      label: `ConvTranspose ${auto} ${given ? `to [${output}]` : ''} ${JSON.stringify(axes)}`,
      op: 'ConvTranspose',
      inputs: [uniform([1, 2, ...axes.map((a) => a.size)]), uniform([2, 2, ...axes.map((a) => a.kernel)])],
      attributes: {
        strides: ints(axes.map((a) => a.stride)),
        output_padding: ints(axes.map((a) => a.extra)),
        ...(auto === 'NOTSET' ? {} : { auto_pad: str(auto) }),
        ...(given ? { output_shape: ints(output) } : {}),
      },
    };
  });

const lpPools: fc.Arbitrary<OpCase> = fc
  .record({
    axes: fc.array(
      fc.record({
        kernel: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 3 }),
        begin: fc.integer({ min: 0, max: 2 }),
        end: fc.integer({ min: 0, max: 2 }),
        more: fc.integer({ min: 0, max: 4 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    p: fc.constantFrom(1, 2, 3),
  })
  .map(({ axes, p }) => {
    const padded = axes.map((a) => ({
      ...a,
      begin: Math.min(a.begin, a.kernel - 1),
      end: Math.min(a.end, a.kernel - 1),
    }));
    return {
      label: `LpPool ${p} ${JSON.stringify(padded)}`,
      op: 'LpPool',
      inputs: [awayFromZero([1, 2, ...padded.map((a) => a.kernel + a.more)])],
      attributes: {
        kernel_shape: ints(padded.map((a) => a.kernel)),
        strides: ints(padded.map((a) => a.stride)),
        pads: ints([...padded.map((a) => a.begin), ...padded.map((a) => a.end)]),
        p: int(p),
      },
    };
  });

const LETTERS = ['a', 'b', 'c', 'd'];
const term = fc.subarray(LETTERS, { minLength: 1, maxLength: 3 });

/** Products of up to three operands, with any indices kept in any order. */
const einsums: fc.Arbitrary<OpCase> = fc
  .record({
    terms: fc.array(
      term.chain((t) => fc.shuffledSubarray(t, { minLength: t.length })),
      { minLength: 1, maxLength: 3 },
    ),
    kept: fc.shuffledSubarray(LETTERS),
    sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ terms, kept, sizes }) => {
    const output = kept.filter((l) => terms.some((t) => t.includes(l)));
    const equation = `${terms.map((t) => t.join('')).join(',')}->${output.join('')}`;
    const shapes = terms.map((t) => t.map((l) => sizes[LETTERS.indexOf(l)]!));
    return {
      label: `Einsum ${equation} ${JSON.stringify(shapes)}`,
      op: 'Einsum',
      inputs: shapes.map((dims) => uniform(dims)),
      attributes: { equation: str(equation) },
    };
  });

const picks: fc.Arbitrary<OpCase> = fc
  .record({
    dims: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
    axis: fc.nat(2),
    count: fc.integer({ min: 1, max: 4 }),
    places: fc.array(fc.nat(11), { minLength: 64, maxLength: 64 }),
    op: fc.constantFrom('GatherElements', 'ScatterElements'),
    reduction: fc.constantFrom('add', 'max', 'min'),
  })
  .map(({ dims, axis, count, places, op, reduction }) => {
    const at = axis % dims.length;
    const shape = dims.map((d, i) => (i === at ? count : d));
    const total = shape.reduce((a, b) => a * b, 1);
    const where = indices(
      Array.from({ length: total }, (_, i) => places[i % places.length]! % dims[at]!),
      shape,
    );
    const scatters = op === 'ScatterElements';
    return {
      label: `${op} ${reduction} [${dims}] axis ${at} count ${count}`,
      op,
      inputs: scatters ? [distinct(dims), where, uniform(shape)] : [uniform(dims), where],
      attributes: { axis: int(at), ...(scatters ? { reduction: str(reduction) } : {}) },
    };
  });

describe('at any combination of attributes', () => {
  it.each([
    ['Resize', resizes],
    ['ConvTranspose with given sizes', transposed],
    ['LpPool', lpPools],
    ['Einsum', einsums],
    ['GatherElements and ScatterElements', picks],
  ])('%s', (_, cases) =>
    fc.assert(
      fc.asyncProperty(cases, (test) => checkCase(test)),
      RUNS,
    ),
  );
});
