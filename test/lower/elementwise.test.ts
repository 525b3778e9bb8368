import { describe, expect, it } from 'vitest';
import { type Attributes, float, int, int64, str } from '../../core/graph/index.ts';
import { type Array64, noise, relativeError, runLowered, zeros } from './gradient-op.ts';

/** erf by its Maclaurin series: good to ten digits below 3. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const tanhGelu = (x: number): number =>
  (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

interface Activation {
  readonly op: string;
  readonly f: (x: number) => number;
  /** Whether the gradient op reads y instead of x. */
  readonly fromOutput?: boolean;
  readonly attributes?: Attributes;
  /** Arguments to try lie in [-range, range]; 8 unless told. */
  readonly range?: number;
}

const ACTIVATIONS: readonly Activation[] = [
  { op: 'ReluGradient', f: (x) => Math.max(x, 0), fromOutput: true },
  { op: 'ClipGradient', f: (x) => clip(x, 0, 6), attributes: { min: float(0), max: float(6) } },
  { op: 'ClipGradient', f: (x) => Math.max(x, -1.5), attributes: { min: float(-1.5) } },
  { op: 'ClipGradient', f: (x) => Math.min(x, 0.5), attributes: { max: float(0.5) } },
  { op: 'ClipGradient', f: (x) => x },
  { op: 'HardSwishGradient', f: (x) => x * clip(x / 6 + 0.5, 0, 1) },
  {
    op: 'HardSigmoidGradient',
    f: (x) => clip(0.2 * x + 0.4, 0, 1),
    attributes: { alpha: float(0.2), beta: float(0.4) },
  },
  { op: 'SigmoidGradient', f: sigmoid, fromOutput: true },
  { op: 'TanhGradient', f: Math.tanh, fromOutput: true },
  {
    op: 'GeluGradient',
    f: (x) => (x / 2) * (1 + erf(x * Math.SQRT1_2)),
    range: 4,
    attributes: { approximate: str('none') },
  },
  { op: 'GeluGradient', f: tanhGelu, attributes: { approximate: str('tanh') } },
];

const targets = ['portable', 'cpu'] as const;

describe.each(targets)('activation gradients, %s', (target) => {
  it.each(ACTIVATIONS)(
    '$op is the slope of its function $attributes',
    async ({ op, f, fromOutput, attributes, range = 8 }) => {
      const dims = [2, 3, 5, 4];
      // No point within the step of a difference from a kink.
      const x = { dims, data: noise(dims, 1).data.map((v) => Math.fround(range * v + 0.00137)) };
      const dy = noise(dims, 2);
      const h = 1e-5;
      const slope = x.data.map((v) => (f(v + h) - f(v - h)) / (2 * h));
      const expected: Array64 = { dims, data: dy.data.map((v, i) => v * slope[i]!) };
      const first = fromOutput ? { dims, data: x.data.map(f) } : x;
      const gradient = { op, inputs: [first, dy], outputs: [dims], ...(attributes ? { attributes } : {}) };
      const [dx] = await runLowered(gradient, target);
      expect(relativeError(dx!, expected)).toBeLessThan(2e-5);
    },
  );

  it.each([
    ['ReluGradient', {}],
    ['ClipGradient', { min: float(0), max: float(6) }],
  ])('%s is zero at the kink itself', async (op, attributes) => {
    const x = { dims: [4], data: Float64Array.of(0, -1, 1e-20, 3) };
    const dy = { dims: [4], data: Float64Array.of(5, 6, 7, 8) };
    const [dx] = await runLowered({ op, inputs: [x, dy], outputs: [[4]], attributes }, target);
    expect(Array.from(dx!.data as Float32Array)).toEqual([0, 0, 7, 8]);
  });

  it('StopGradient gives what it is given', async () => {
    const x = noise([3, 2], 1);
    const [y] = await runLowered({ op: 'StopGradient', inputs: [x], outputs: [[3, 2]] }, target);
    expect(Array.from(y!.data as Float32Array)).toEqual(Array.from(x.data));
  });
});

/** dx of a function of whole rows along an axis, by central differences in double precision. */
function rowGradient(x: Array64, dy: Array64, axis: number, f: (row: number[]) => number[]): Array64 {
  const size = x.dims[axis]!;
  const inner = x.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const dx = zeros(x.dims);
  const h = 1e-6;
  x.data.forEach((_, at) => {
    const k = Math.floor(at / inner) % size;
    const start = at - k * inner;
    const row = (delta: number): number[] =>
      f(Array.from({ length: size }, (_, j) => x.data[start + j * inner]! + (j === k ? delta : 0)));
    const [up, down] = [row(h), row(-h)];
    for (let j = 0; j < size; j++)
      dx.data[at]! += (dy.data[start + j * inner]! * (up[j]! - down[j]!)) / (2 * h);
  });
  return dx;
}

function softmax(row: number[]): number[] {
  const exps = row.map(Math.exp);
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
}

/** f applied to every row along the axis. */
function alongAxis(x: Array64, axis: number, f: (row: number[]) => number[]): Array64 {
  const size = x.dims[axis]!;
  const inner = x.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const y = zeros(x.dims);
  x.data.forEach((_, at) => {
    const k = Math.floor(at / inner) % size;
    const start = at - k * inner;
    y.data[at] = f(Array.from({ length: size }, (_, j) => x.data[start + j * inner]!))[k]!;
  });
  return y;
}

describe.each(targets)('gradients of normalizations, %s', (target) => {
  it.each([0, 1, 2])('softmax and log-softmax along axis %i', async (axis) => {
    const dims = [3, 4, 5];
    const [x, dy] = [noise(dims, 1), noise(dims, 2)];
    for (const [op, f] of [
      ['SoftmaxGradient', softmax],
      ['LogSoftmaxGradient', (row: number[]) => softmax(row).map(Math.log)],
    ] as const) {
      const inputs = [alongAxis(x, axis, f), dy];
      const [dx] = await runLowered({ op, inputs, outputs: [dims], attributes: { axis: int(axis) } }, target);
      expect(relativeError(dx!, rowGradient(x, dy, axis, f))).toBeLessThan(1e-5);
    }
  });

  it.each([0, 1, 2])('layer normalization from axis %i', async (axis) => {
    const dims = [3, 4, 5];
    const normalized = dims.slice(axis);
    const width = normalized.reduce((a, b) => a * b, 1);
    const flat = [60 / width, width];
    const [x, scale, dy] = [noise(dims, 1), noise(normalized, 2), noise(dims, 3)];
    const epsilon = 1e-3;
    const h = (row: number[]): number[] => {
      const mean = row.reduce((a, b) => a + b, 0) / row.length;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
      return row.map((v) => (v - mean) / Math.sqrt(variance + epsilon));
    };
    const rows = { dims: flat, data: x.data };
    const scaled = { dims: flat, data: dy.data.map((v, i) => v * scale.data[i % width]!) };
    const dx = { dims, data: rowGradient(rows, scaled, 1, h).data };
    const [dscale, dbias] = [zeros(normalized), zeros(normalized)];
    alongAxis(rows, 1, h).data.forEach((v, i) => {
      dscale.data[i % width]! += v * dy.data[i]!;
      dbias.data[i % width]! += dy.data[i]!;
    });
    const results = await runLowered(
      {
        op: 'LayerNormalizationGradient',
        inputs: [x, scale, dy],
        outputs: [dims, normalized, normalized],
        attributes: { axis: int(axis), epsilon: float(epsilon) },
      },
      target,
    );
    for (const [i, expected] of [dx, dscale, dbias].entries())
      expect(relativeError(results[i]!, expected)).toBeLessThan(1e-5);
  });
});

describe.each(targets)('gather gradient, %s', (target) => {
  const cases: readonly (readonly [string, number[], number[]])[] = [
    ['one index', [2], []],
    ['a run', [1, 2, 3], [3]],
    ['all, permuted', [3, 0, 4, 1, 2], [5]],
    ['duplicates, negative ones among them', [4, -1, 0, 4, 2, -5], [2, 3]],
  ];
  it.each(cases)('%s', async (_, indices, shape) => {
    for (const axis of [0, 1, 2]) {
      const data = [5, 5, 5];
      const dims = [...data.slice(0, axis), ...shape, ...data.slice(axis + 1)];
      const dy = noise(dims, 3);
      const inner = 5 ** (2 - axis);
      const expected = zeros(data);
      dy.data.forEach((v, at) => {
        const k = Math.floor(at / inner) % indices.length;
        const outer = Math.floor(at / inner / indices.length);
        const row = (indices[k]! + 5) % 5;
        expected.data[(outer * 5 + row) * inner + (at % inner)]! += v;
      });
      for (const constant of [[], [0]]) {
        const gradient = {
          op: 'GatherGradient',
          inputs: [int64(indices, shape), dy],
          outputs: [data],
          attributes: { axis: int(axis), data_shape: { kind: 'ints' as const, value: data } },
          constant,
        };
        const [dx] = await runLowered(gradient, target);
        expect(relativeError(dx!, expected)).toBeLessThan(1e-6);
      }
    }
  });
});
