import type { Node } from '../../core/graph/index.ts';
import { counted, familyAdapter, type Sign } from './family.ts';
import { isPlainConvolutional, isTokenFree } from './kinds.ts';
import type { Network } from './network.ts';
import { stagesByScale } from './stages.ts';

/** Iandola et al. 2016. */
export const squeezenet = familyAdapter({
  name: 'squeezenet',
  about: 'SqueezeNet',
  *signs(network): Iterable<Sign> {
    yield* isTokenFree(network);
    yield* isPlainConvolutional(network);
    const fires = firesOf(network);
    yield [fires >= 4, `${counted(fires, 'concatenation')} of a 1x1 and a 3x3 convolution of one value`];
    yield [fires === network.concatenations.length, 'other concatenations than those of its fire modules'];
  },
  because: (network) => `${firesOf(network)} fire modules: a 1x1 and a 3x3 convolution of one value, joined`,
  stages: stagesByScale,
});

/** Concatenations of exactly a 1x1 and a 3x3 convolution that read the same value. */
function firesOf(network: Network): number {
  const convolutionBefore = (name: string): Node | undefined => {
    let node = network.view.uses.producer(name);
    for (let steps = 0; node && node.op !== 'Conv' && steps < 3; steps++)
      node = network.view.uses.producer(network.view.dynamicInputs(node)[0] ?? '');
    return node?.op === 'Conv' ? node : undefined;
  };
  const kernelOf = new Map(network.convolutions.map(({ node, kernel }) => [node, kernel]));
  return network.concatenations.filter((concatenation) => {
    const read = network.view.dynamicInputs(concatenation).map(convolutionBefore);
    const [a, b] = read;
    if (read.length !== 2 || !a || !b || a.inputs[0] !== b.inputs[0]) return false;
    return [kernelOf.get(a), kernelOf.get(b)].sort().join() === '1,3';
  }).length;
}
