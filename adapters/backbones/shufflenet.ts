import { counted, familyAdapter, type Sign } from './family.ts';
import { isTokenFree } from './kinds.ts';
import { stagesByScale } from './stages.ts';

/** Zhang et al. 2017; v2, Ma et al. 2018. */
export const shufflenet = familyAdapter({
  name: 'shufflenet',
  about: 'ShuffleNet v1 and v2',
  *signs(network): Iterable<Sign> {
    yield* isTokenFree(network);
    yield [network.shuffles >= 3, `${counted(network.shuffles, 'shuffle')} of channels`];
    yield [network.depthwise.length >= 3, counted(network.depthwise.length, 'depthwise convolution')];
  },
  because: ({ shuffles, depthwise }) =>
    `${shuffles} shuffles of channels, ${depthwise.length} depthwise convolutions`,
  stages: stagesByScale,
});
