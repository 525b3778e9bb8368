/**
 * AdamW (Loshchilov and Hutter 2019) with bias correction and decoupled decay, after clipping by the global norm:
 *
 *   g = gradient * min(1, clip / (norm + 1e-6))
 *   p = p (1 - lr decay);  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 *   p = p - lr / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + eps)
 *
 * One pass over flat vectors on the CPU: as ONNX ops nothing would fuse it, and each op would pass over memory.
 */
import type { Hyperparameters } from './hyperparameters.ts';
import type { Segment, TrainingState } from './state.ts';

type AdamSettings = Pick<Hyperparameters, 'beta1' | 'beta2' | 'epsilon' | 'weightDecay' | 'clipNorm'>;

/** The length of the whole gradient; not finite where an element is not. */
export function gradientNorm(state: TrainingState): number {
  const { gradients } = state;
  // Four sums, so that an addition need not wait for the one before it.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < gradients.length; i += 4) {
    a += gradients[i]! * gradients[i]!;
    b += gradients[i + 1]! * gradients[i + 1]!;
    c += gradients[i + 2]! * gradients[i + 2]!;
    d += gradients[i + 3]! * gradients[i + 3]!;
  }
  return Math.sqrt(a + b + c + d);
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
  state.steps++;
  const shorten = settings.clipNorm > 0 ? Math.min(1, settings.clipNorm / (norm + 1e-6)) : 1;
  for (const segment of state.segments) {
    update(state, segment, settings, learningRate * segment.rateFactor, shorten);
    if (segment.maximum !== undefined) cut(state.values, segment, segment.maximum);
  }
}

function update(
  state: TrainingState,
  segment: Segment,
  settings: AdamSettings,
  rate: number,
  shorten: number,
): void {
  const { values: p, gradients: g, first: m, second: v, steps } = state;
  const { beta1, beta2 } = settings;
  const keep = segment.decay ? 1 - rate * settings.weightDecay : 1;
  // sqrt(v / c) + eps = (sqrt(v) + eps sqrt(c)) / sqrt(c): the corrections leave the loop.
  const root = Math.sqrt(1 - beta2 ** steps);
  const size = (rate / (1 - beta1 ** steps)) * root;
  const epsilon = settings.epsilon * root;
  const [share1, share2] = [1 - beta1, 1 - beta2];
  for (let i = segment.begin; i < segment.end; i++) {
    const gradient = g[i]! * shorten;
    const mean = beta1 * m[i]! + share1 * gradient;
    const square = beta2 * v[i]! + share2 * gradient * gradient;
    m[i] = mean;
    v[i] = square;
    p[i] = p[i]! * keep - (size * mean) / (Math.sqrt(square) + epsilon);
  }
}

function cut(values: Float32Array, { begin, end }: Segment, maximum: number): void {
  for (let i = begin; i < end; i++) if (values[i]! > maximum) values[i] = maximum;
}
