import { counted, familyAdapter, type Sign } from './family.ts';
import { isTokenFree } from './kinds.ts';
import { stagesByScale } from './stages.ts';

/** Tan & Le 2019; v2 (2021) has full convolutions in its first stages. */
export const efficientnet = familyAdapter({
  name: 'efficientnet',
  about: 'EfficientNet v1 and v2',
  *signs(network): Iterable<Sign> {
    yield* isTokenFree(network);
    yield [network.depthwise.length >= 2, counted(network.depthwise.length, 'depthwise convolution')];
    yield [network.shuffles === 0, 'channels are shuffled, as in a ShuffleNet'];
    yield [network.swishes >= 4, counted(network.swishes, 'swish', 'swishes')];
    yield [network.gates >= 1, 'no squeeze and excitation'];
    yield [network.residuals.length >= 1, 'no residual connection'];
    yield [network.concatenations.length === 0, counted(network.concatenations.length, 'concatenation')];
  },
  because: ({ depthwise, swishes, gates, full }) =>
    `${full.length > 1 ? 'v2: ' : ''}${depthwise.length} depthwise convolutions, ${counted(swishes, 'swish', 'swishes')}, ${counted(gates, 'squeeze and excitation', 'squeezes and excitations')}`,
  stages: stagesByScale,
});
