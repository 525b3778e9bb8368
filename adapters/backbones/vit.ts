import { counted, familyAdapter, type Sign } from './family.ts';
import { hasPatches, patchMergings } from './kinds.ts';
import type { Network } from './network.ts';
import { clipPreprocess } from './preprocessing.ts';
import { stagesByBlock } from './stages.ts';

/** Residual connections a block: attention and dense layers. */
const ADDITIONS = 2;

function* isTransformer(network: Network): Iterable<Sign> {
  yield [network.attention >= 2, counted(network.attention, 'attention', 'attentions')];
  yield* hasPatches(network);
  yield [network.depthwise.length === 0, counted(network.depthwise.length, 'depthwise convolution')];
  yield [patchMergings(network) === 0, 'patches are merged on the way, as in a Swin Transformer'];
}

/** Normalizations beyond two a block and the last one. */
const extraNorms = (network: Network): number => network.layerNorms - 2 * network.attention - 1;

/** Dosovitskiy et al. 2020; DeiT (Touvron et al. 2020) has a token of its own for distillation. */
export const vit = familyAdapter({
  name: 'vit',
  about: 'Vision Transformer, DeiT',
  *signs(network): Iterable<Sign> {
    yield* isTransformer(network);
    yield [extraNorms(network) <= 0, 'a normalization before the first block, as in CLIP'];
  },
  because: (network) =>
    `patches of ${network.stem!.kernel} pixels and ${network.attention} attentions over all of them`,
  stages: (network, features) => stagesByBlock(network, features, ADDITIONS),
});

/** Radford et al. 2021: the image tower, with a classifier on top. */
export const clip = familyAdapter({
  name: 'clip',
  about: 'image towers of CLIP, with a classifier',
  *signs(network): Iterable<Sign> {
    yield* isTransformer(network);
    yield [extraNorms(network) >= 1, 'no normalization before the first block'];
    yield [
      extraNorms(network) === 1,
      `${extraNorms(network)} normalizations more than two a block and the last one`,
    ];
  },
  because: (network) =>
    `patches of ${network.stem!.kernel} pixels, a normalization before the first of ${network.attention} attentions`,
  preprocess: clipPreprocess,
  stages: (network, features) => stagesByBlock(network, features, ADDITIONS),
});
