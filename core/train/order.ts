import { balancedOrder, epochOrder } from '../data/sampler.ts';

/**
 * The training images in the order in which an epoch visits them: a function of seed and epoch alone.
 * @param balanced draw every class equally often; the epoch is as long either way.
 */
export function imageOrder(
  indices: readonly number[],
  labels: Int32Array,
  seed: number,
  epoch: number,
  balanced: boolean,
): number[] {
  const positions = balanced
    ? balancedOrder(
        indices.map((i) => labels[i]!),
        seed,
        epoch,
      )
    : epochOrder(indices.length, seed, epoch);
  return Array.from(positions, (p) => indices[p]!);
}
