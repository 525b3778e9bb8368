/**
 * Cross-modal diffusion reconstruction (CDR). A denoiser f(x_t, t, z_v) is trained to predict the text's vector x_0
 * from a noised copy of it, guided by the image; the sampler starts from the image alone and arrives at x_CDR.
 *
 * Denoiser: residual blocks with adaptive LayerNorm (Peebles and Xie 2023), h += gate * MLP(scale * LN(h) + shift),
 *   [shift, scale, gate] = A silu(time MLP(t)) + B z_v + c.
 * The modulation is a sum of a time part and an image part, so that in the exported model the first is a constant of
 * each step and the second is computed once for all K steps.
 */
import { float32, type GraphBuilder, type Value } from '../graph/index.ts';
import { type Lookup, learnedNorm, linear, plainNorm, silu } from './layers.ts';
import type { HeadOptions } from './options.ts';
import { PREFIX } from './parameters.ts';
import { samplingSteps, signalLevels, timeEmbedding } from './schedule.ts';

/** The image's part of each block's modulation, [N, 3 width]. */
export function imageModulation(
  b: GraphBuilder,
  zv: Value,
  parameter: Lookup,
  options: HeadOptions,
): Value[] {
  return Array.from({ length: options.denoiserBlocks }, (_, i) =>
    linear(b, zv, parameter, `${PREFIX}cdr/block/${i}/visual`),
  );
}

/**
 * f(x_t, t, z_v), the prediction of x_0.
 * @param xt [N,d].
 * @param time [N,e] or [1,e], the embedding of t.
 * @param modulation what `imageModulation` made of z_v.
 * @returns [N,d].
 */
export function denoise(
  b: GraphBuilder,
  xt: Value,
  time: Value,
  modulation: readonly Value[],
  parameter: Lookup,
  options: HeadOptions,
): Value {
  const width = options.denoiserWidth;
  const timeHidden = silu(b, linear(b, time, parameter, `${PREFIX}cdr/time`));
  let h = linear(b, xt, parameter, `${PREFIX}cdr/input`);
  modulation.forEach((image, i) => {
    const block = `${PREFIX}cdr/block/${i}`;
    const both = b.add(image, b.matMul(timeHidden, parameter(`${block}/time/weight`)));
    const [shift, scale, gate] = b.split(both, [width, width, width], 1) as [Value, Value, Value];
    const inner = b.add(b.mul(plainNorm(b, h), scale), shift);
    const hidden = silu(b, linear(b, inner, parameter, `${block}/0`));
    h = b.add(h, b.mul(gate, linear(b, hidden, parameter, `${block}/1`)));
  });
  return linear(
    b,
    learnedNorm(b, h, parameter, `${PREFIX}cdr/output/norm`),
    parameter,
    `${PREFIX}cdr/output`,
  );
}

/**
 * x_t = signal x_0 + noise eps, row by row.
 * @param signal [N,1] sqrt(abar_t). @param noise [N,1] sqrt(1 - abar_t). @param eps [N,d] standard normal.
 */
export function diffuse(b: GraphBuilder, x0: Value, signal: Value, noise: Value, eps: Value): Value {
  return b.add(b.mul(x0, signal), b.mul(eps, noise));
}

/**
 * x_CDR: K unrolled DDIM steps (eta 0) from the image's own vector carried to level T,
 * x_T = sqrt(abar_T) z_v + sqrt(1 - abar_T) direction, with a direction that was drawn once and is stored.
 * No loop operator and no randomness: the exported model is a function of the image.
 * @returns [N,d].
 */
export function reconstruct(
  b: GraphBuilder,
  zv: Value,
  modulation: readonly Value[],
  parameter: Lookup,
  options: HeadOptions,
): Value {
  const last = signalLevels(options.diffusionSteps, options.schedule)[options.diffusionSteps]!;
  const carried = b.mul(zv, b.scalar(Math.sqrt(last), zv));
  const direction = b.mul(parameter(`${PREFIX}cdr/direction`), b.scalar(Math.sqrt(1 - last), zv));
  let x = b.add(carried, direction);
  for (const step of samplingSteps(options)) {
    const time = b.constant(float32(timeEmbedding(step.t, options.timeWidth), [1, options.timeWidth]));
    const x0 = denoise(b, x, time, modulation, parameter, options);
    // The last step has rest = 0 and signal = 1.
    x = step.rest === 0 ? x0 : b.add(b.mul(x0, b.scalar(step.signal, x0)), b.mul(x, b.scalar(step.rest, x)));
  }
  return x;
}
