/** Layers that are an activation function, and the argument `activation` of others. */
import type { Value } from '../../../../core/graph/index.ts';
import { type ActivationOptions, activation } from '../../ops/index.ts';
import type { JsonObject } from '../json.ts';
import { activationConfig, type LayerCall, type LayerTranslation, numbersOf } from '../layer-call.ts';

/** What the layer computes before its `activation`, with that applied. */
export function activated(call: LayerCall, y: Value): Value {
  const { name, config } = activationConfig(call.config.activation);
  return applied(call, y, name, optionsOf(config));
}

function applied(call: LayerCall, x: Value, name: string, options: ActivationOptions): Value {
  const y = activation(call.builder, name, x, { ...options, kerasVersion: call.keras });
  if (!y) throw call.unsupported(`activation "${name}" has no translation`);
  return y;
}

/** Options by the names of both versions of Keras: LeakyReLU's slope is `alpha` in 2 and `negative_slope` in 3. */
function optionsOf(config: JsonObject): ActivationOptions {
  const number = (key: string): number | undefined => {
    const value = config[key];
    return typeof value === 'number' ? value : undefined;
  };
  return {
    alpha: number('alpha') ?? number('negative_slope'),
    maxValue: number('max_value'),
    negativeSlope: number('negative_slope') ?? number('alpha'),
    threshold: number('threshold'),
    axis: number('axis') ?? numbersOf(config.axis)[0],
    approximate: config.approximate === true,
  };
}

const prelu: LayerTranslation = (call) => {
  const slope = call.builder.weight(`${call.name}/alpha`, call.weight('alpha'));
  return call.builder.op('PRelu', [call.x, slope]);
};

const leaky: LayerTranslation = (call) => {
  const alpha = call.number('negative_slope', undefined) ?? call.number('alpha', 0.3);
  return applied(call, call.x, 'leaky_relu', { alpha });
};

const softmax: LayerTranslation = (call) => {
  const axes = numbersOf(call.config.axis);
  if (axes.length > 1) throw call.unsupported(`softmax over the axes [${axes}] at once has no translation`);
  return applied(call, call.x, 'softmax', { axis: axes[0] ?? call.number('axis', -1) });
};

export const ACTIVATION_LAYERS: readonly (readonly [string, LayerTranslation])[] = [
  ['Activation', (call) => activated(call, call.x)],
  ['ReLU', (call) => applied(call, call.x, 'relu', optionsOf(call.config))],
  ['LeakyReLU', leaky],
  ['PReLU', prelu],
  ['ELU', (call) => applied(call, call.x, 'elu', { alpha: call.number('alpha', 1) })],
  ['ThresholdedReLU', (call) => applied(call, call.x, 'relu', { threshold: call.number('theta', 1) })],
  ['Softmax', softmax],
];
