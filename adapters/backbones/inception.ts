import { counted, familyAdapter, type Sign } from './family.ts';
import { isPlainConvolutional, isTokenFree } from './kinds.ts';
import type { Network } from './network.ts';
import { stagesByScale } from './stages.ts';

/** Szegedy et al. 2014 (GoogLeNet), 2015 (v2 and v3), 2016 (v4, Inception-ResNet). */
export const inception = familyAdapter({
  name: 'inception',
  about: 'Inception v2 to v4, GoogLeNet, Inception-ResNet',
  *signs(network): Iterable<Sign> {
    yield* isTokenFree(network);
    yield* isPlainConvolutional(network);
    const modules = modulesOf(network);
    yield [modules >= 3, `${counted(modules, 'concatenation')} of three and more branches`];
    yield [
      !network.concatenations.some((node) => network.isDense(node)),
      'a value is concatenated with what is made of it, as in a DenseNet',
    ];
  },
  because: (network) => `${modulesOf(network)} modules of three and more branches, joined by concatenation`,
  stages: stagesByScale,
});

function modulesOf(network: Network): number {
  return network.concatenations.filter((node) => network.view.dynamicInputs(node).length >= 3).length;
}
