import type { FeatureStatistics } from './job.ts';

/**
 * Mean and 1/deviation of each feature over the given rows. Deviations are not taken below a hundredth of the typical
 * one: a feature that hardly moves in training would be blown up on other images.
 * @param features [n, width].
 */
export function featureStatistics(
  features: Float32Array,
  width: number,
  rows: readonly number[],
): FeatureStatistics {
  const sums = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) sums[j]! += features[row * width + j]!;
  const mean = Float32Array.from(sums, (s) => s / rows.length);
  const squares = new Float64Array(width);
  for (const row of rows)
    for (let j = 0; j < width; j++) squares[j]! += (features[row * width + j]! - mean[j]!) ** 2;
  const variances = squares.map((s) => s / rows.length);
  const typical = Math.sqrt(variances.reduce((a, b) => a + b, 0) / width);
  const floor = typical > 0 ? typical / 100 : 1;
  return { mean, scale: Float32Array.from(variances, (v) => 1 / Math.max(Math.sqrt(v), floor)) };
}
