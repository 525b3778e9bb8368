/**
 * Noise levels of the diffusion. With x_0 the clean vector and eps standard normal noise, level t is
 *
 *   x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps,      abar_0 = 1, abar_T close to 0
 *
 * cosine (Nichol and Dhariwal 2021, eq. 17): abar_t = f(t) / f(0), f(t) = cos^2((t/T + s) / (1 + s) * pi/2), s = 0.008,
 *   with every beta_t = 1 - abar_t / abar_(t-1) at most 0.999.
 * linear (Ho et al. 2020): beta_t from 1e-4 to 0.02 at T = 1000, scaled by 1000/T so that the end is as noisy.
 */
import type { HeadOptions } from './options.ts';

/** abar_t for t = 0..T, in double precision; length T + 1. */
export function signalLevels(steps: number, schedule: HeadOptions['schedule']): Float64Array {
  const levels = new Float64Array(steps + 1);
  levels[0] = 1;
  for (let t = 1; t <= steps; t++) {
    const beta = schedule === 'cosine' ? cosineBeta(t, steps) : linearBeta(t, steps);
    levels[t] = levels[t - 1]! * (1 - Math.min(beta, 0.999));
  }
  return levels;
}

const COSINE_OFFSET = 0.008;

function cosineBeta(t: number, steps: number): number {
  const f = (u: number) => Math.cos(((u / steps + COSINE_OFFSET) / (1 + COSINE_OFFSET)) * (Math.PI / 2)) ** 2;
  return 1 - f(t) / f(t - 1);
}

function linearBeta(t: number, steps: number): number {
  const at = steps === 1 ? 1 : (t - 1) / (steps - 1);
  return (1000 / steps) * (1e-4 + at * (0.02 - 1e-4));
}

/**
 * The levels a sampler visits, from T down to 0: K + 1 numbers, evenly spaced.
 * More sampling steps than levels would visit a level twice, so K is at most T.
 */
export function samplingLevels(steps: number, samplingSteps: number): number[] {
  const k = Math.min(samplingSteps, steps);
  return Array.from({ length: k + 1 }, (_, i) => Math.round((steps * (k - i)) / k));
}

/**
 * The sinusoidal embedding of a noise level (Vaswani et al. 2017, as diffusion models use it):
 * [sin(t w_0) .. sin(t w_(n-1)), cos(t w_0) .. cos(t w_(n-1))], n = width / 2, w_i = 10000^(-i/n).
 */
export function timeEmbedding(t: number, width: number): Float32Array {
  const half = width / 2;
  const embedding = new Float32Array(width);
  for (let i = 0; i < half; i++) {
    const angle = t * 10000 ** (-i / half);
    embedding[i] = Math.sin(angle);
    embedding[i + half] = Math.cos(angle);
  }
  return embedding;
}

/** DDIM without noise (Song et al. 2021, eq. 12, eta = 0) as x_next = signal * x0_hat + rest * x_t. */
export interface SamplingStep {
  readonly t: number;
  readonly signal: number;
  readonly rest: number;
}

/**
 * eps_hat = (x_t - sqrt(abar_t) x0_hat) / sqrt(1 - abar_t);  x_next = sqrt(abar_next) x0_hat + sqrt(1 - abar_next) eps_hat.
 * Collected: rest = sqrt((1 - abar_next) / (1 - abar_t)), signal = sqrt(abar_next) - rest sqrt(abar_t). The last step,
 * to level 0, returns x0_hat itself.
 */
export function samplingSteps(options: HeadOptions): SamplingStep[] {
  const levels = signalLevels(options.diffusionSteps, options.schedule);
  const visited = samplingLevels(options.diffusionSteps, options.samplingSteps);
  return visited.slice(0, -1).map((t, i) => {
    const [now, next] = [levels[t]!, levels[visited[i + 1]!]!];
    const rest = Math.sqrt((1 - next) / (1 - now));
    return { t, signal: Math.sqrt(next) - rest * Math.sqrt(now), rest };
  });
}
