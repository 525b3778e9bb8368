import { counted, familyAdapter, type Sign } from './family.ts';
import { isPlainConvolutional, isTokenFree } from './kinds.ts';
import type { Network } from './network.ts';
import { stagesByScale } from './stages.ts';

/** He et al. 2015; ResNeXt (Xie et al. 2016) has grouped convolutions, Wide ResNet (Zagoruyko 2016) more channels. */
export const resnet = familyAdapter({
  name: 'resnet',
  about: 'ResNet, ResNeXt, Wide ResNet, with or without squeeze and excitation',
  *signs(network): Iterable<Sign> {
    yield* isTokenFree(network);
    yield* isPlainConvolutional(network);
    yield [network.residuals.length >= 3, counted(network.residuals.length, 'residual connection')];
    yield [network.concatenations.length === 0, counted(network.concatenations.length, 'concatenation')];
    yield [network.swishes + network.hardSwishes === 0, 'swishes, where a ResNet has ReLUs'];
    yield [
      network.grouped.length === 0 || network.count('MaxPool') > 0,
      'grouped convolutions and no maximum pooling after the stem, as in a RegNet',
    ];
  },
  because: (network) =>
    `${variant(network)}: ${counted(network.residuals.length, 'residual connection')} around full convolutions, ReLU`,
  stages: stagesByScale,
});

function variant(network: Network): string {
  if (network.grouped.length > 0) return 'ResNeXt';
  return network.gates > 0 ? 'SE-ResNet' : 'ResNet';
}
