import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int, ints } from '../../core/graph/index.ts';
import type { Target } from '../../core/lower/index.ts';
import { type Array64, noise, relativeError, runLowered } from './gradient-op.ts';
import { averagePoolGradient, type Geometry, maxPool, outputSizes } from './window-reference.ts';

interface Pool extends Geometry {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly ceil: boolean;
}

const pools = (dilated: boolean): fc.Arbitrary<Pool> =>
  fc
    .record({
      axes: fc.array(
        fc
          .record({
            size: fc.integer({ min: 1, max: 9 }),
            kernel: fc.integer({ min: 1, max: 4 }),
            stride: fc.integer({ min: 1, max: 4 }),
            dilation: fc.integer({ min: 1, max: dilated ? 2 : 1 }),
            before: fc.integer({ min: 0, max: 2 }),
            after: fc.integer({ min: 0, max: 2 }),
          })
          .filter((a) => a.before < a.kernel && a.after < a.kernel),
        { minLength: 1, maxLength: 2 },
      ),
      batch: fc.integer({ min: 1, max: 2 }),
      channels: fc.integer({ min: 1, max: 3 }),
      ceil: fc.boolean(),
    })
    .map(({ axes, batch, channels, ceil }) => {
      const geometry: Geometry = {
        kernel: axes.map((a) => a.kernel),
        strides: axes.map((a) => a.stride),
        dilations: axes.map((a) => a.dilation),
        pads: [...axes.map((a) => a.before), ...axes.map((a) => a.after)],
      };
      const spatial = axes.map((a) => a.size);
      return {
        ...geometry,
        input: [batch, channels, ...spatial],
        output: [batch, channels, ...outputSizes(spatial, geometry, ceil)],
        ceil,
      };
    })
    .filter((p) => p.output.every((size) => size >= 1))
    .filter((p) => windowsTouchInput(p));

/** Whether no window lies in the padding alone. */
function windowsTouchInput(p: Pool): boolean {
  const ones: Array64 = {
    dims: p.output,
    data: new Float64Array(p.output.reduce((a, b) => a * b, 1)).fill(1),
  };
  const x = noise(p.input, 1);
  return maxPool(x, ones, p).y.data.every((v) => v !== Number.NEGATIVE_INFINITY);
}

const attributesOf = (p: Pool) => ({
  kernel_shape: ints(p.kernel),
  strides: ints(p.strides),
  dilations: ints(p.dilations),
  pads: ints(p.pads),
  ceil_mode: int(p.ceil ? 1 : 0),
});

/** Three different numbers only, so that windows are full of ties. */
const tied = (x: Array64): Array64 => ({ dims: x.dims, data: x.data.map((v) => Math.round(v)) });

async function checkMax(p: Pool, x: Array64, target: Target): Promise<void> {
  const dy = noise(p.output, 5);
  const { y, dx } = maxPool(x, dy, p);
  const gradient = {
    op: 'MaxPoolGradient',
    inputs: [x, y, dy],
    attributes: attributesOf(p),
    outputs: [p.input],
  };
  const [actual] = await runLowered(gradient, target);
  expect(relativeError(actual!, dx)).toBeLessThan(1e-6);
}

async function checkAverage(p: Pool, includePad: boolean, target: Target): Promise<void> {
  const dy = noise(p.output, 6);
  const attributes = {
    ...attributesOf(p),
    count_include_pad: int(includePad ? 1 : 0),
    input_shape: ints(p.input),
  };
  const gradient = { op: 'AveragePoolGradient', inputs: [dy], attributes, outputs: [p.input] };
  const [actual] = await runLowered(gradient, target);
  expect(relativeError(actual!, averagePoolGradient(dy, p.input, p, includePad))).toBeLessThan(1e-6);
}

describe.each(['portable', 'cpu'] as const)('pooling gradients, %s', (target) => {
  it('max pooling agrees with loops', () =>
    fc.assert(
      fc.asyncProperty(pools(true), (p) => checkMax(p, noise(p.input, 7), target)),
      { numRuns: 60 },
    ));

  it('max pooling gives ties to the first maximum', () =>
    fc.assert(
      fc.asyncProperty(pools(true), (p) => checkMax(p, tied(noise(p.input, 8)), target)),
      { numRuns: 40 },
    ));

  it('average pooling agrees with loops', () =>
    fc.assert(
      fc.asyncProperty(pools(true), fc.boolean(), (p, includePad) => checkAverage(p, includePad, target)),
      { numRuns: 60 },
    ));
});
