/** TensorFlow's operations on [batch, ...spatial, channels], made of plain ONNX ops between Transposes. */
export { type ActivationOptions, activation } from './activation.ts';
export { spatialOf, toChannelsFirst, toChannelsLast } from './channels.ts';
export {
  type ConvolutionOptions,
  conv,
  convTranspose,
  depthwiseConv,
  type TransposedConvolutionOptions,
} from './convolution.ts';
export { transposeTensor } from './kernel.ts';
export { named } from './naming.ts';
export { type BatchNormOptions, batchNorm, type LayerNormOptions, layerNorm } from './normalization.ts';
export { crop, type PadMode, pad } from './pad.ts';
export { halves, type Padding, samePadding } from './padding.ts';
export { globalPool, type PoolOptions, pool } from './pooling.ts';
export { type ResizeOptions, resize, upsampleNearest } from './resize.ts';
export { depthToSpace, spaceToDepth } from './space-depth.ts';
