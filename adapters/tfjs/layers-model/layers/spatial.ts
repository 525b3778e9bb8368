/** Layers that add, take away or repeat positions in space. */
import { crop, pad, resize, spatialOf, upsampleNearest } from '../../ops/index.ts';
import type { LayerTranslation } from '../layer-call.ts';

const NONE = [0, 0] as const;

const zeroPadding =
  (dimensions: 1 | 2): LayerTranslation =>
  (call) =>
    pad(call.builder, call.x, [NONE, ...call.sides('padding', dimensions, 1), NONE]);

const cropping =
  (dimensions: 1 | 2): LayerTranslation =>
  (call) =>
    crop(call.builder, call.x, [NONE, ...call.sides('cropping', dimensions, 0), NONE]);

/** [batch, steps, features] with each step repeated. */
const upsampling1d: LayerTranslation = (call) => {
  const { builder: b, x } = call;
  const [size] = call.perAxis('size', 1, 2) as [number];
  const [, steps, features] = x.shape;
  if (typeof steps !== 'number' || typeof features !== 'number')
    throw call.unsupported(`repeating the steps of [${x.shape}] needs their number to be known`);
  const repeated = b.expand(b.unsqueeze(x, [2]), [1, 1, size, 1]);
  return b.reshape(repeated, [0, steps * size, features]);
};

/** tfjs-layers samples bilinearly without half-pixel centers, unlike Keras, and so does this. */
const upsampling2d: LayerTranslation = (call) => {
  const factors = call.perAxis('size', 2, 2) as [number, number];
  const interpolation = call.text('interpolation', 'nearest');
  if (interpolation === 'nearest') return upsampleNearest(call.builder, call.x, factors);
  if (interpolation !== 'bilinear')
    throw call.unsupported(`interpolation "${interpolation}" has no translation`);
  const size = spatialOf(call.x).map((d, i) => Number(d) * factors[i]!) as [number, number];
  return resize(call.builder, 'bilinear', call.x, size);
};

export const SPATIAL_LAYERS: readonly (readonly [string, LayerTranslation])[] = [
  ['ZeroPadding1D', zeroPadding(1)],
  ['ZeroPadding2D', zeroPadding(2)],
  ['Cropping1D', cropping(1)],
  ['Cropping2D', cropping(2)],
  ['UpSampling1D', upsampling1d],
  ['UpSampling2D', upsampling2d],
];
