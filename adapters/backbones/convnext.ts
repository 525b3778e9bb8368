import { counted, familyAdapter, type Sign } from './family.ts';
import { hasPatches } from './kinds.ts';
import { stagesByScale } from './stages.ts';

/** Liu et al. 2022; v2, Woo et al. 2023. */
export const convnext = familyAdapter({
  name: 'convnext',
  about: 'ConvNeXt v1 and v2',
  *signs(network): Iterable<Sign> {
    yield [network.attention === 0, counted(network.attention, 'attention', 'attentions')];
    yield [network.layerNorms >= 3, counted(network.layerNorms, 'layer normalization')];
    yield* hasPatches(network);
    const wide = network.depthwise.filter(({ kernel }) => kernel >= 7);
    yield [
      wide.length >= 3,
      counted(wide.length, 'depthwise convolution of 7x7', 'depthwise convolutions of 7x7'),
    ];
  },
  because: ({ depthwise, layerNorms }) =>
    `patches, ${depthwise.length} depthwise convolutions of 7x7, ${layerNorms} layer normalizations`,
  stages: stagesByScale,
});
