import { counted, familyAdapter, type Sign } from './family.ts';
import { stagesByBlock } from './stages.ts';

/** Tu et al. 2022. A layer is a convolutional block, attention within windows, and attention over a grid. */
export const maxvit = familyAdapter({
  name: 'maxvit',
  about: 'MaxViT',
  *signs(network): Iterable<Sign> {
    yield [network.attention >= 4, counted(network.attention, 'attention', 'attentions')];
    const convolutions = network.depthwise.length;
    yield [
      2 * convolutions === network.attention,
      `${counted(convolutions, 'depthwise convolution')} for ${network.attention} attentions, not one for two`,
    ];
    yield [network.gates >= 1, 'no squeeze and excitation'];
  },
  because: ({ attention, depthwise }) =>
    `${attention} attentions with ${counted(depthwise.length, 'depthwise convolution')} between them`,
  stages: (network, features) => stagesByBlock(network, features, 5),
});
