import { counted, familyAdapter, type Sign } from './family.ts';
import { hasPatches, patchMergings } from './kinds.ts';
import { stagesByBlock } from './stages.ts';

/** Liu et al. 2021; v2, 2022. */
export const swin = familyAdapter({
  name: 'swin',
  about: 'Swin Transformer v1 and v2',
  *signs(network): Iterable<Sign> {
    yield [network.attention >= 2, counted(network.attention, 'attention', 'attentions')];
    yield* hasPatches(network);
    yield [network.depthwise.length === 0, counted(network.depthwise.length, 'depthwise convolution')];
    yield [patchMergings(network) >= 1, 'patches are never merged'];
  },
  because: (network) =>
    `${network.attention} attentions in windows, patches merged ${counted(patchMergings(network), 'time')}`,
  stages: (network, features) => stagesByBlock(network, features, 2),
});
