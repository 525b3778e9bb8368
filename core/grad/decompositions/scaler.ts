/** Scaler, of ai.onnx.ml: (x - offset) * scale, by features or with one number of each for all. */
import { float32, floatsAttribute } from '../../graph/index.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';
import { CLASSIC } from './domain.ts';

/** The numbers of an attribute along the features of the input, [N, F] or [F]. */
function perFeature(c: NodeContext, name: 'offset' | 'scale') {
  const shape = c.shape(0);
  const values = floatsAttribute(c.node, name, []);
  if (values.length !== 1 && (values.length !== shape.at(-1) || shape.length > 2))
    throw c.unsupported(`its ${name} has ${values.length} numbers, for an input of [${shape}]`);
  return c.builder.constant(float32(Float32Array.from(values)));
}

export const SCALER_DECOMPOSITION: DecompositionRule = {
  op: 'Scaler',
  domain: CLASSIC,
  form: '(x - offset) * scale',
  decompose: (c) => {
    const b = c.builder;
    const x = b.cast(c.input(0), 'float32');
    return [b.mul(b.sub(x, perFeature(c, 'offset')), perFeature(c, 'scale'))];
  },
};
