import { counted, familyAdapter, type Sign } from './family.ts';
import { hasPatches } from './kinds.ts';
import { stagesByBlock } from './stages.ts';

/** Tolstikhin et al. 2021: dense layers over tokens, then over channels. */
export const mixer = familyAdapter({
  name: 'mixer',
  about: 'MLP-Mixer',
  *signs(network): Iterable<Sign> {
    yield [network.attention === 0, counted(network.attention, 'attention', 'attentions')];
    yield [network.layerNorms >= 3, counted(network.layerNorms, 'layer normalization')];
    yield* hasPatches(network);
    yield [
      network.convolutions.length === 1,
      `${network.convolutions.length} convolutions, not the stem alone`,
    ];
    yield [network.residuals.length >= 4, counted(network.residuals.length, 'residual connection')];
  },
  because: ({ layerNorms, residuals }) =>
    `patches, ${residuals.length} residual dense blocks with ${layerNorms} layer normalizations, no attention`,
  stages: (network, features) => stagesByBlock(network, features, 2),
});
