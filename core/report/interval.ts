/**
 * Means over repeated runs, with the interval that holds the true mean with 95 % confidence if runs are independent
 * and normal: mean +- t s / sqrt(n), with s the standard deviation of the sample and t Student's quantile for n - 1
 * degrees of freedom.
 */

export interface MeanInterval {
  readonly mean: number;
  /** Half the width of the 95 % interval; NaN for a single value. */
  readonly half: number;
  readonly count: number;
}

/** @throws RangeError for no values. */
export function meanInterval(values: readonly number[], confidence = 0.95): MeanInterval {
  const count = values.length;
  if (count === 0) throw new RangeError('no values to take the mean of');
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, half: Number.NaN, count };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, half: studentQuantile(count - 1, confidence) * Math.sqrt(variance / count), count };
}

/**
 * The mean of after - before, pair by pair: runs that share a seed share its luck, so their difference varies less
 * than either.
 */
export function pairedDifference(
  before: readonly number[],
  after: readonly number[],
  confidence = 0.95,
): MeanInterval {
  if (before.length !== after.length)
    throw new RangeError(`${before.length} values before and ${after.length} after are not pairs`);
  return meanInterval(
    after.map((value, i) => value - before[i]!),
    confidence,
  );
}

/** t such that a variable of Student's distribution lies within -t..t with probability `confidence`. */
export function studentQuantile(degrees: number, confidence: number): number {
  let [low, high] = [0, 1];
  while (withinProbability(high, degrees) < confidence) high *= 2;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (withinProbability(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * P(|T| <= t) for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4), with theta = atan(t / sqrt(v)):
 *   v odd:   2/pi (theta + sin theta (cos theta + 2/3 cos^3 theta + 2/3 4/5 cos^5 theta + ... up to cos^(v-2)))
 *   v even:  sin theta (1 + 1/2 cos^2 theta + 1/2 3/4 cos^4 theta + ... up to cos^(v-2))
 */
function withinProbability(t: number, degrees: number): number {
  const theta = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}
