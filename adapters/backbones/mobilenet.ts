import { counted, familyAdapter, type Sign } from './family.ts';
import { hasFullStemAlone, isDepthwiseSeparable } from './kinds.ts';
import { stagesByScale } from './stages.ts';

/** Howard et al. 2017. */
export const mobilenetV1 = familyAdapter({
  name: 'mobilenet-v1',
  about: 'MobileNet v1',
  *signs(network): Iterable<Sign> {
    yield* isDepthwiseSeparable(network);
    yield* hasFullStemAlone(network);
    yield [network.residuals.length === 0, counted(network.residuals.length, 'residual connection')];
    yield [network.gates === 0, counted(network.gates, 'squeeze and excitation', 'squeezes and excitations')];
    yield [network.hardSwishes + network.swishes === 0, 'swishes, where MobileNet v1 has ReLUs'];
  },
  because: ({ depthwise }) =>
    `a chain of ${depthwise.length} depthwise convolutions with ReLUs, none residual`,
  stages: stagesByScale,
});

/** Sandler et al. 2018. */
export const mobilenetV2 = familyAdapter({
  name: 'mobilenet-v2',
  about: 'MobileNet v2',
  *signs(network): Iterable<Sign> {
    yield* isDepthwiseSeparable(network);
    yield* hasFullStemAlone(network);
    yield [network.residuals.length >= 2, counted(network.residuals.length, 'residual connection')];
    yield [network.gates === 0, counted(network.gates, 'squeeze and excitation', 'squeezes and excitations')];
    yield [network.hardSwishes + network.swishes === 0, 'swishes, where MobileNet v2 has ReLU6'];
    yield [network.clipped >= network.depthwise.length, 'its activations do not end at 6'];
  },
  because: ({ depthwise, residuals }) =>
    `inverted residuals: ${depthwise.length} depthwise convolutions with ReLU6, ${counted(residuals.length, 'residual connection')}`,
  stages: stagesByScale,
});

/** Howard et al. 2019. */
export const mobilenetV3 = familyAdapter({
  name: 'mobilenet-v3',
  about: 'MobileNet v3, small and large',
  *signs(network): Iterable<Sign> {
    yield* isDepthwiseSeparable(network);
    yield* hasFullStemAlone(network);
    yield [network.residuals.length >= 2, counted(network.residuals.length, 'residual connection')];
    yield [network.hardSwishes >= 4, counted(network.hardSwishes, 'hard swish', 'hard swishes')];
  },
  because: ({ depthwise, hardSwishes, gates }) =>
    `${depthwise.length} depthwise convolutions, ${counted(hardSwishes, 'hard swish', 'hard swishes')}, ${counted(gates, 'squeeze and excitation', 'squeezes and excitations')}`,
  stages: stagesByScale,
});

/** Tan et al. 2018. */
export const mnasnet = familyAdapter({
  name: 'mnasnet',
  about: 'MNASNet',
  *signs(network): Iterable<Sign> {
    yield* isDepthwiseSeparable(network);
    yield* hasFullStemAlone(network);
    yield [network.residuals.length >= 2, counted(network.residuals.length, 'residual connection')];
    yield [network.clipped === 0, 'activations that end at 6, as in MobileNet v2'];
    yield [network.hardSwishes + network.swishes === 0, 'swishes, where MNASNet has ReLUs'];
    yield [network.depthwise.some(({ kernel }) => kernel === 5), 'no 5x5 depthwise convolution'];
  },
  because: ({ depthwise, residuals }) =>
    `${depthwise.length} depthwise convolutions of 3x3 and 5x5 with ReLU, ${counted(residuals.length, 'residual connection')}`,
  stages: stagesByScale,
});
