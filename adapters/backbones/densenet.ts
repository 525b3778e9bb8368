import { counted, familyAdapter, type Sign } from './family.ts';
import { isPlainConvolutional, isTokenFree } from './kinds.ts';
import type { Network } from './network.ts';
import { stagesByScale } from './stages.ts';

/** Huang et al. 2016. */
export const densenet = familyAdapter({
  name: 'densenet',
  about: 'DenseNet',
  *signs(network): Iterable<Sign> {
    yield* isTokenFree(network);
    yield* isPlainConvolutional(network);
    yield [network.residuals.length === 0, counted(network.residuals.length, 'residual connection')];
    const dense = denseOf(network);
    yield [dense >= 3, `${counted(dense, 'concatenation')} of a value with what is made of it`];
    const full = network.full.length;
    yield [
      2 * dense >= full,
      `${dense} concatenations of a value with what is made of it for ${full} convolutions`,
    ];
  },
  because: (network) => `${denseOf(network)} concatenations of a value with what is made of it`,
  stages: stagesByScale,
});

function denseOf(network: Network): number {
  return network.concatenations.filter((node) => network.isDense(node)).length;
}
