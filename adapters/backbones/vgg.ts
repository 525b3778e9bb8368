import { counted, familyAdapter, type Sign } from './family.ts';
import { isPlainConvolutional, isTokenFree } from './kinds.ts';
import { stagesByScale } from './stages.ts';

/** Simonyan & Zisserman 2014; AlexNet (Krizhevsky et al. 2012, as Krizhevsky 2014 has it). */
export const vgg = familyAdapter({
  name: 'vgg',
  about: 'VGG with and without batch normalization, AlexNet',
  *signs(network): Iterable<Sign> {
    yield* isTokenFree(network);
    yield* isPlainConvolutional(network);
    yield [network.residuals.length === 0, counted(network.residuals.length, 'residual connection')];
    yield [network.concatenations.length === 0, counted(network.concatenations.length, 'concatenation')];
    yield [network.count('MaxPool') >= 3, counted(network.count('MaxPool'), 'maximum pooling')];
    yield [network.count('Gemm', 'MatMul') >= 2, counted(network.count('Gemm', 'MatMul'), 'dense layer')];
    yield [
      network.convolutions.every(({ kernel }) => kernel > 1),
      '1x1 convolutions, which neither VGG nor AlexNet has',
    ];
    yield [
      network.convolutions.every(({ kernel, padded }) => kernel > 3 || padded),
      '3x3 convolutions without padding, where VGG and AlexNet keep the size of the map',
    ];
  },
  because: (network) =>
    `${(network.stem?.kernel ?? 0) > 7 ? 'AlexNet' : 'VGG'}: a chain of ${network.convolutions.length} convolutions, ${counted(network.count('MaxPool'), 'maximum pooling')}, hidden dense layers`,
  stages: stagesByScale,
});
