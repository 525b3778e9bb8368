import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { WrapOptionsInput } from '../../core/index.ts';
import { parseWrapOptions } from '../../core/wrap/options.ts';
import { withoutEffect } from '../../core/wrap/tuning/without-effect.ts';
import { command } from '../cli/io.ts';
import { colourPlace } from './place.ts';
import { tinyClassifier } from './tiny.ts';

const { root, data, model } = await colourPlace(tinyClassifier({ classes: 3 }));

const said = (input: WrapOptionsInput) => withoutEffect(input, parseWrapOptions(input));

it.each<[WrapOptionsInput, string]>([
  [{ training: { backboneLearningRate: 0.01 } }, '--backbone-lr has no effect with --tune frozen.'],
  [{ training: { layerDecay: 0.5 } }, '--layer-decay has no effect with --tune frozen.'],
  [{ training: { backboneFactor: 0.5 } }, '--set backboneFactor has no effect with --tune frozen.'],
  [
    { tune: 'full', training: { backboneFactor: 0.5, backboneLearningRate: 0.01 } },
    '--set backboneFactor has no effect beside --backbone-lr.',
  ],
  [
    { tune: 'full', training: { batchNormMomentum: 0.5 } },
    '--set batchNormMomentum has no effect without --batch-norm train.',
  ],
  [{ flip: false }, '--no-flip has no effect with --tune frozen, without --views.'],
  [{ flip: false, tune: 'last:1' }, '--no-flip has no effect with --tune last:1, without --augment.'],
  [{ flip: false, tune: 'full', augment: false }, '--no-flip has no effect with --no-augment.'],
  [{ flip: false, tune: 'full', augment: 'jitter' }, '--no-flip has no effect with --augment jitter.'],
])('is said of %o', (input, message) => {
  expect(said(input)).toEqual([message]);
});

it.each<WrapOptionsInput>([
  {},
  { tune: 'full', training: { backboneLearningRate: 0.01, layerDecay: 0.5 } },
  { tune: 'lora:2', flip: false, training: { backboneFactor: 0.5, layerDecay: 0.5 } },
  { tune: 'last:1', flip: false, augment: true, training: { backboneFactor: 0.5 } },
  { tune: 'full', batchNorm: 'train', training: { batchNormMomentum: 0.5 } },
  { views: 2, flip: false },
  { augment: false, training: { layerDecay: undefined } },
])('is not said of %o', (input) => {
  expect(said(input)).toEqual([]);
});

it('is printed of what was typed, not of defaults', async () => {
  const files = ['--out', join(root, 'out.onnx'), '--run', join(root, 'run'), '--cache', join(root, 'cache')];
  const argv = [model, '--data', data, ...files, '--epochs', '1', '--no-compare'];
  const { code, stderr } = await command(...argv, '--layer-decay', '0.5', '--set', 'backboneFactor=0.2');
  expect([code, stderr.match(/\S+( \S+)? has no effect.*/g)]).toEqual([
    0,
    [
      '--layer-decay has no effect with --tune frozen.',
      '--set backboneFactor has no effect with --tune frozen.',
    ],
  ]);
});
