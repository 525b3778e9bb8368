import type { FeatureStatistics } from './job.ts';

/**
 * Mean and 1/deviation of each feature over the given rows. Deviations are not taken below a hundredth of the typical
 * one: a feature that hardly moves in training would be blown up on other images. Nor below a thousandth of the
 * features' size (root mean square): what moves less comes near to rounding, which differs between engines.
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
  const meanSquare = mean.reduce((sum, m) => sum + m * m, 0) / width + typical ** 2;
  const floor = Math.max(typical / 100, Math.sqrt(meanSquare) / 1000) || 1;
  return { mean, scale: Float32Array.from(variances, (v) => 1 / Math.max(Math.sqrt(v), floor)) };
}
