import { float, int } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { uniform } from '../samples.ts';

const batchNorm = (dims: number[]): OpCase => {
  const channels = [dims[1]!];
  return {
    label: `BatchNormalization [${dims}]`,
    op: 'BatchNormalization',
    inputs: [
      uniform(dims),
      uniform(channels),
      uniform(channels),
      uniform(channels),
      uniform(channels, 0.5, 2),
    ],
    attributes: { epsilon: float(1e-3) },
  };
};

const layerNorm = (dims: number[], axis: number, bias = true, outputs?: OpCase['outputs']): OpCase => {
  const rest = dims.slice(axis);
  return {
    label: `LayerNormalization [${dims}] axis ${axis}${bias ? '' : ' without bias'}${outputs ? ` to ${outputs}` : ''}`,
    ...(outputs === undefined ? {} : { outputs }),
    op: 'LayerNormalization',
    inputs: [uniform(dims), uniform(rest), ...(bias ? [uniform(rest)] : [])],
    attributes: { axis: int(axis), epsilon: float(1e-5) },
  };
};

export const NORMALIZATION: readonly OpCase[] = [
  batchNorm([2, 3, 2, 2]),
  batchNorm([4, 3]),
  batchNorm([2, 3, 4]),
  layerNorm([3, 4], -1),
  layerNorm([2, 3, 4], 2),
  layerNorm([2, 3, 4], 1),
  layerNorm([2, 3, 4], -1, false),
  layerNorm([2, 3, 4], 1, true, 3),
  layerNorm([2, 3, 4], -1, true, ['float32', '', 'float32']),
  layerNorm([2, 3, 4], -1, false, 2),
  {
    label: 'InstanceNormalization',
    op: 'InstanceNormalization',
    inputs: [uniform([2, 3, 2, 3]), uniform([3]), uniform([3])],
  },
  ...[1, 2, 4].map(
    (groups): OpCase => ({
      label: `GroupNormalization in ${groups}`,
      op: 'GroupNormalization',
      inputs: [uniform([2, 4, 2, 2]), uniform([4]), uniform([4])],
      attributes: { num_groups: int(groups), epsilon: float(1e-3) },
    }),
  ),
  {
    label: 'GroupNormalization of operator set 18',
    op: 'GroupNormalization',
    inputs: [uniform([2, 4, 3]), uniform([2]), uniform([2])],
    attributes: { num_groups: int(2) },
    opset: 18,
  },
];
