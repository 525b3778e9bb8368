import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int, ints } from '../../core/graph/index.ts';
import type { Target } from '../../core/lower/index.ts';
import { noise, relativeError, runLowered } from './gradient-op.ts';
import { convInputGradient, convWeightGradient, type Geometry, outputSizes } from './window-reference.ts';

interface Convolution extends Geometry {
  readonly input: readonly number[];
  readonly weight: readonly number[];
  readonly output: readonly number[];
  readonly group: number;
}

const axis = fc.record({
  size: fc.integer({ min: 1, max: 9 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  before: fc.integer({ min: 0, max: 2 }),
  after: fc.integer({ min: 0, max: 2 }),
});

/** 1-D and 2-D; plain, grouped and depthwise; strided, dilated, padded on one side; ends that no window reaches. */
const convolutions: fc.Arbitrary<Convolution> = fc
  .record({
    axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
    batch: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 4 }),
    channels: fc.integer({ min: 1, max: 4 }),
    filters: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ axes, batch, group, channels, filters }) => {
    const geometry: Geometry = {
      kernel: axes.map((a) => a.kernel),
      strides: axes.map((a) => a.stride),
      dilations: axes.map((a) => a.dilation),
      pads: [...axes.map((a) => a.before), ...axes.map((a) => a.after)],
    };
    const spatial = axes.map((a) => a.size);
    return {
      ...geometry,
      input: [batch, channels * group, ...spatial],
      weight: [filters * group, channels, ...geometry.kernel],
      output: [batch, filters * group, ...outputSizes(spatial, geometry)],
      group,
    };
  })
  .filter((c) => c.output.every((size) => size >= 1));

const attributesOf = (c: Convolution) => ({
  kernel_shape: ints(c.kernel),
  strides: ints(c.strides),
  dilations: ints(c.dilations),
  pads: ints(c.pads),
  group: int(c.group),
  input_shape: ints(c.input),
});

async function checkInput(c: Convolution, target: Target): Promise<void> {
  const [dy, w] = [noise(c.output, 1), noise(c.weight, 2)];
  const expected = convInputGradient(dy, w, c.input, c, c.group);
  const gradient = {
    op: 'ConvInputGradient',
    inputs: [dy, w],
    attributes: attributesOf(c),
    outputs: [c.input],
  };
  const [dx] = await runLowered(gradient, target);
  expect(relativeError(dx!, expected)).toBeLessThan(1e-5);
}

async function checkWeight(c: Convolution, target: Target): Promise<void> {
  const [x, dy] = [noise(c.input, 3), noise(c.output, 4)];
  const expected = convWeightGradient(x, dy, c.weight, c, c.group);
  const attributes = { ...attributesOf(c), weight_shape: ints(c.weight) };
  const gradient = { op: 'ConvWeightGradient', inputs: [x, dy], attributes, outputs: [c.weight] };
  const [dw] = await runLowered(gradient, target);
  expect(relativeError(dw!, expected)).toBeLessThan(1e-5);
}

const square = (
  [batch, channels, filters]: readonly [number, number, number],
  size: number,
  kernel: number,
  stride: number,
  pad: number,
  group = 1,
): Convolution => {
  const geometry: Geometry = {
    kernel: [kernel, kernel],
    strides: [stride, stride],
    dilations: [1, 1],
    pads: [pad, pad, pad, pad],
  };
  return {
    ...geometry,
    input: [batch, channels, size, size],
    weight: [filters, channels / group, kernel, kernel],
    output: [batch, filters, ...outputSizes([size, size], geometry)],
    group,
  };
};

/** The kinds of layer that networks are made of, small; a cost rule may treat each in its own way. */
const LAYERS: Readonly<Record<string, Convolution>> = {
  '3x3': square([2, 16, 24], 10, 3, 1, 1),
  '3x3 stride 2': square([2, 16, 24], 10, 3, 2, 1),
  '3x3 stride 2, odd size': square([2, 8, 16], 11, 3, 2, 1),
  '1x1': square([3, 24, 16], 7, 1, 1, 0),
  '1x1 stride 2': square([3, 24, 16], 8, 1, 2, 0),
  '7x7 stride 2 of an image': square([2, 3, 16], 24, 7, 2, 3),
  'depthwise 3x3': square([2, 24, 24], 9, 3, 1, 1, 24),
  'depthwise 3x3 stride 2': square([2, 24, 24], 10, 3, 2, 1, 24),
  'depthwise 5x5 stride 2': square([2, 16, 16], 12, 5, 2, 2, 16),
  'grouped 3x3': square([2, 16, 32], 8, 3, 1, 1, 4),
  'patches 4x4 stride 4': square([2, 3, 16], 16, 4, 4, 0),
  'as wide as the input': square([2, 8, 16], 5, 5, 1, 0),
};

describe.each(['portable', 'cpu'] as const)('convolution gradients, %s', (target) => {
  it.each(Object.entries(LAYERS))('%s', async (_, c) => {
    await checkInput(c, target);
    await checkWeight(c, target);
  });

  it('the input gradient agrees with loops over any geometry', () =>
    fc.assert(
      fc.asyncProperty(convolutions, (c) => checkInput(c, target)),
      { numRuns: 60 },
    ));

  it('the weight gradient agrees with loops over any geometry', () =>
    fc.assert(
      fc.asyncProperty(convolutions, (c) => checkWeight(c, target)),
      { numRuns: 60 },
    ));
});
