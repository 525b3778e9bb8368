/**
 * Cross-modal diffusion reconstruction (CDR). A denoiser f(x_t, t, z_v) is trained to predict the text's vector x_0
 * from a noised copy of it, guided by the image; the sampler starts from the image alone and arrives at x_CDR.
 *
 * Denoiser: residual blocks with adaptive LayerNorm (Peebles and Xie 2023), h += gate * MLP(scale * LN(h) + shift),
 *   [shift, scale, gate] = A silu(time MLP(t)) + B z_v + c.
 * The modulation is a sum of a time part and an image part, so that in the exported model the first is a constant of
 * each step and the second is computed once for all K steps.
 */
import { stopGradient } from '../grad/ops.ts';
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
 * The time's part of each block's modulation, A silu(time MLP(t)), for any number of levels at once.
 * @param time [R,e], embeddings of levels. @returns [R,3 width] for each block.
 */
export function timeModulation(
  b: GraphBuilder,
  time: Value,
  parameter: Lookup,
  options: HeadOptions,
): Value[] {
  const hidden = silu(b, linear(b, time, parameter, `${PREFIX}cdr/time`));
  return Array.from({ length: options.denoiserBlocks }, (_, i) =>
    b.matMul(hidden, parameter(`${PREFIX}cdr/block/${i}/time/weight`)),
  );
}

/**
 * f(x_t, t, z_v), the prediction of x_0.
 * @param xt [N,d].
 * @param modulation of each block, [N,3 width]: the image's part plus the time's.
 * @returns [N,d].
 */
export function denoise(
  b: GraphBuilder,
  xt: Value,
  modulation: readonly Value[],
  parameter: Lookup,
  options: HeadOptions,
): Value {
  const width = options.denoiserWidth;
  let h = linear(b, xt, parameter, `${PREFIX}cdr/input`);
  modulation.forEach((both, i) => {
    const block = `${PREFIX}cdr/block/${i}`;
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

/** One more denoising, which training asks for beside the sampler's. */
export interface Denoising {
  /** [N,d]. */
  readonly xt: Value;
  /** [N,e], the embedding of each row's level. */
  readonly time: Value;
}

export interface Reconstruction {
  /** x_CDR [N,d]. */
  readonly sample: Value;
  /** What f predicts for `beside`, [N,d]. */
  readonly estimate: Value | undefined;
}

/**
 * x_CDR: K unrolled DDIM steps (eta 0) from the image's own vector carried to level T,
 * x_T = sqrt(abar_T) z_v + sqrt(1 - abar_T) direction, with a direction that was drawn once and is stored.
 * No loop operator and no randomness: the exported model is a function of the image.
 * @param image what `imageModulation` made of z_v.
 * @param training gradients run through the last `gradientSteps` steps alone (DRaFT-K, Clark et al. 2024). `beside`
 *   goes through the denoiser together with the first of these, as 2 N rows; N must be a number then.
 */
export function reconstruct(
  b: GraphBuilder,
  zv: Value,
  image: readonly Value[],
  parameter: Lookup,
  options: HeadOptions,
  training?: { readonly beside: Denoising | undefined },
): Reconstruction {
  const steps = samplingSteps(options);
  const beside = training?.beside;
  const levels = steps.flatMap(({ t }) => Array.from(timeEmbedding(t, options.timeWidth)));
  const visited = b.constant(float32(levels, [steps.length, options.timeWidth]));
  const time = timeModulation(b, beside ? b.concat([visited, beside.time], 0) : visited, parameter, options);
  const rows = beside?.xt.shape[0] as number;
  const counts = [...steps.map(() => 1), ...(beside ? [rows] : [])];
  /** Of each block, by step and last `beside`'s: the image's part plus the time's. */
  const parts = time.map((all, i) =>
    (counts.length === 1 ? [all] : b.split(all, counts, 0)).map((part) => b.add(image[i]!, part)),
  );

  const last = signalLevels(options.diffusionSteps, options.schedule)[options.diffusionSteps]!;
  const carried = b.mul(zv, b.scalar(Math.sqrt(last), zv));
  const direction = b.mul(parameter(`${PREFIX}cdr/direction`), b.scalar(Math.sqrt(1 - last), zv));
  let x = b.add(carried, direction);
  let estimate: Value | undefined;
  const trainedFrom = training ? Math.max(0, steps.length - options.gradientSteps) : -1;
  for (const [i, step] of steps.entries()) {
    if (i === trainedFrom && i > 0) x = stopGradient(b, x);
    let x0: Value;
    if (i === trainedFrom && beside) {
      const both = parts.map((part) => b.concat([part[i]!, part.at(-1)!], 0));
      const denoised = denoise(b, b.concat([x, beside.xt], 0), both, parameter, options);
      [x0, estimate] = b.split(denoised, [rows, rows], 0) as [Value, Value];
    } else {
      const modulation = parts.map((part) => part[i]!);
      x0 = denoise(b, x, modulation, parameter, options);
    }
    // The last step has rest = 0 and signal = 1.
    x = step.rest === 0 ? x0 : b.add(b.mul(x0, b.scalar(step.signal, x0)), b.mul(x, b.scalar(step.rest, x)));
  }
  return { sample: x, estimate };
}
