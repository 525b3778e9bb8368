/**
 * AdamW (Loshchilov and Hutter 2019) with bias correction and decoupled decay, after clipping by the global norm:
 *
 *   g = gradient * min(1, clip / (norm + 1e-6))
 *   p = p (1 - lr decay);  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 *   p = p - lr / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + eps)
 *
 * One pass over flat vectors on the CPU: as ONNX ops nothing would fuse it, and each op would pass over memory. Moments
 * under 1e-30 count as zero.
 */
import type { Hyperparameters } from './hyperparameters.ts';
import type { Segment, TrainingState } from './state.ts';

export type AdamSettings = Pick<Hyperparameters, 'beta1' | 'beta2' | 'epsilon' | 'weightDecay' | 'clipNorm'>;

/** The length of the whole gradient; not finite where an element is not. */
export function gradientNorm(state: TrainingState): number {
  return Math.sqrt(state.memory.sumOfSquares());
}

/**
 * One step, in place.
 * @param learningRate the run's step size at this step. @param norm what `gradientNorm` gave.
 */
export function adamW(
  state: TrainingState,
  settings: AdamSettings,
  learningRate: number,
  norm: number,
): void {
  const { beta1, beta2 } = settings;
  state.steps++;
  const shorten = settings.clipNorm > 0 ? Math.min(1, settings.clipNorm / (norm + 1e-6)) : 1;
  // sqrt(v / c) + eps = (sqrt(v) + eps sqrt(c)) / sqrt(c): the corrections leave the loop.
  const root = Math.sqrt(1 - beta2 ** state.steps);
  for (const segment of state.segments) {
    const rate = learningRate * segment.rateFactor;
    state.memory.update(segment.begin, segment.begin + segment.room, {
      shorten,
      beta1,
      beta2,
      keep: segment.decay ? 1 - rate * settings.weightDecay : 1,
      size: (rate / (1 - beta1 ** state.steps)) * root,
      epsilon: settings.epsilon * root,
    });
    if (segment.maximum !== undefined) cut(state.values, segment, segment.maximum);
  }
}

function cut(values: Float32Array, { begin, end }: Segment, maximum: number): void {
  for (let i = begin; i < end; i++) if (values[i]! > maximum) values[i] = maximum;
}
