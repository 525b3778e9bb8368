import type { LayerTranslation } from '../layer-call.ts';
import { activated } from './activation.ts';

/** activation(x W + b) over the last axis; W is [in, units]. */
const dense: LayerTranslation = (call) => {
  const { builder: b, name } = call;
  const kernel = b.weight(`${name}/kernel`, call.weight('kernel'));
  const bias = call.weightIf(call.flag('use_bias', true), 'bias');
  const y = b.matMul(call.x, kernel);
  return activated(call, bias ? b.add(y, b.weight(`${name}/bias`, bias)) : y);
};

export const DENSE_LAYERS: readonly (readonly [string, LayerTranslation])[] = [['Dense', dense]];
