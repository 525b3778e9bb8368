import { counted, familyAdapter, type Sign } from './family.ts';
import { isPlainConvolutional, isTokenFree } from './kinds.ts';
import { stagesByScale } from './stages.ts';

/** Radosavovic et al. 2020; RegNetY has squeeze and excitation, RegNetX has none. */
export const regnet = familyAdapter({
  name: 'regnet',
  about: 'RegNetX and RegNetY',
  *signs(network): Iterable<Sign> {
    yield* isTokenFree(network);
    yield* isPlainConvolutional(network);
    yield [network.residuals.length >= 3, counted(network.residuals.length, 'residual connection')];
    yield [network.concatenations.length === 0, counted(network.concatenations.length, 'concatenation')];
    yield [network.grouped.length >= 3, counted(network.grouped.length, 'grouped convolution')];
    yield [network.count('MaxPool') === 0, 'maximum pooling after the stem, as in a ResNeXt'];
  },
  because: ({ gates, grouped }) =>
    `RegNet${gates > 0 ? 'Y' : 'X'}: ${grouped.length} grouped convolutions in residual blocks, no pooling after the stem`,
  stages: stagesByScale,
});
