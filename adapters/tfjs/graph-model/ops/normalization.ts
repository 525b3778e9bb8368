import { float, int } from '../../../../core/graph/index.ts';
import { batchNorm, toChannelsFirst, toChannelsLast } from '../../ops/index.ts';
import type { Translation, Translations } from '../operation.ts';
import { inChannelsLast } from './window.ts';

/** Inputs: x, scale, offset, mean, variance. */
const fusedBatchNorm: Translation = (operation) => {
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((i) => operation.tensor(i));
  if (mean!.data.length === 0)
    operation.fail(
      'has no mean and variance: it is in training mode',
      'Convert the model in inference mode (is_training false).',
    );
  const options = {
    scale,
    offset,
    mean: mean!,
    variance: variance!,
    epsilon: operation.attributes.float('epsilon', 0.0001),
    name: operation.node.name,
  };
  return inChannelsLast(operation, operation.x(0), (b, x) => batchNorm(b, x, options));
};

/**
 * TensorFlow: x / (bias + alpha * s)^beta, s the sum of squares over 2 * depth_radius + 1 neighbouring channels.
 * ONNX: the same with the mean of the squares, so its alpha is larger by their number.
 */
const lrn: Translation = (operation) => {
  const { attributes: a, builder: b } = operation;
  const size = 2 * a.int('depth_radius', 5) + 1;
  const y = b.op('LRN', [toChannelsFirst(b, operation.x())], {
    size: int(size),
    alpha: float(a.float('alpha', 1) * size),
    beta: float(a.float('beta', 0.5)),
    bias: float(a.float('bias', 1)),
  });
  return toChannelsLast(b, y);
};

export const NORMALIZATIONS: Translations = {
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
  LRN: lrn,
};
