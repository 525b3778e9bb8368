import { batchNorm, layerNorm } from '../../ops/index.ts';
import { type LayerTranslation, numbersOf } from '../layer-call.ts';

const batch: LayerTranslation = (call) => {
  const scale = call.weightIf(call.flag('scale', true), 'gamma');
  const offset = call.weightIf(call.flag('center', true), 'beta');
  return batchNorm(call.builder, call.x, {
    scale,
    offset,
    mean: call.weight('moving_mean'),
    variance: call.weight('moving_variance'),
    epsilon: call.number('epsilon', 1e-3),
    axis: numbersOf(call.config.axis)[0] ?? call.number('axis', -1),
    name: call.name,
  });
};

const layer: LayerTranslation = (call) => {
  const axes = numbersOf(call.config.axis);
  return layerNorm(call.builder, call.x, {
    scale: call.weightIf(call.flag('scale', true), 'gamma'),
    offset: call.weightIf(call.flag('center', true), 'beta'),
    epsilon: call.number('epsilon', 1e-3),
    axes: axes.length > 0 ? axes : [call.number('axis', -1)],
    name: call.name,
  });
};

/** x gamma along the channels: a layer that ConvNeXt defines for itself. */
const layerScale: LayerTranslation = (call) => {
  const gamma = call.builder.weight(`${call.name}/gamma`, call.weight('gamma', 'Variable'));
  return call.builder.mul(call.x, gamma);
};

export const NORMALIZATION_LAYERS: readonly (readonly [string, LayerTranslation])[] = [
  ['BatchNormalization', batch],
  ['BatchNormalizationV1', batch],
  ['LayerNormalization', layer],
  ['LayerScale', layerScale],
];
