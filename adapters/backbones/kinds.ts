/** Signs that several families share. */
import { counted, type Sign } from './family.ts';
import type { Network } from './network.ts';

/** No tokens: neither attention nor a normalization of each place alone. */
export function* isTokenFree(network: Network): Iterable<Sign> {
  yield [network.attention === 0, counted(network.attention, 'attention', 'attentions')];
  yield [network.layerNorms === 0, counted(network.layerNorms, 'layer normalization')];
}

/** Convolutions over all channels, or groups of them. */
export function* isPlainConvolutional(network: Network): Iterable<Sign> {
  yield [network.depthwise.length === 0, counted(network.depthwise.length, 'depthwise convolution')];
  yield [
    network.full.length + network.grouped.length >= 4,
    counted(network.full.length, 'convolution larger than 1x1', 'convolutions larger than 1x1'),
  ];
  const enlarged = network.count('Resize') + network.count('Upsample');
  yield [enlarged === 0, `${counted(enlarged, 'map')} made larger again, as in an HRNet`];
}

/** Depthwise convolutions between pointwise ones, with no other convolution than the stem. */
export function* isDepthwiseSeparable(network: Network): Iterable<Sign> {
  yield* isTokenFree(network);
  yield [network.depthwise.length >= 4, counted(network.depthwise.length, 'depthwise convolution')];
  yield [network.shuffles === 0, 'channels are shuffled, as in a ShuffleNet'];
  yield [network.concatenations.length === 0, counted(network.concatenations.length, 'concatenation')];
  yield [network.stem?.group === 1 && network.stem.kernel === 3, 'the stem is no 3x3 convolution'];
}

/** One full convolution, the stem. */
export function* hasFullStemAlone(network: Network): Iterable<Sign> {
  yield [
    network.full.length === 1,
    `${network.full.length} convolutions over all channels that are larger than 1x1, where the family has its stem alone`,
  ];
}

/** The image is cut into patches by a convolution whose steps are as wide as its kernel. */
export function* hasPatches(network: Network): Iterable<Sign> {
  const { stem } = network;
  yield [
    stem !== undefined && stem.kernel === stem.stride && stem.kernel > 1,
    `the stem is a ${stem?.kernel}x${stem?.kernel} convolution with stride ${stem?.stride}, which makes no patches`,
  ];
}

/** Four neighbouring places joined into one, as Swin makes its maps smaller. */
export function patchMergings(network: Network): number {
  return network.concatenations.filter((node) => network.view.dynamicInputs(node).length === 4).length;
}
