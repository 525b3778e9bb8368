/**
 * The MARNet heads on a graph builder, in the form that an exported model has and in the form that training has: the
 * same functions make both.
 */
import { stopGradient } from '../grad/ops.ts';
import type { GraphBuilder, Value } from '../graph/index.ts';
import { embedFeatures } from './alignment.ts';
import { type Denoising, diffuse, imageModulation, reconstruct } from './diffusion.ts';
import { fuse } from './fusion.ts';
import { dropout, type Lookup, linear } from './layers.ts';
import { crossEntropy, infoNce, meanSquaredError, weightedSum } from './losses.ts';
import type { HeadOptions } from './options.ts';
import { type BaseKind, PREFIX } from './parameters.ts';
import { embedText, type TextKind } from './text.ts';

export interface HeadInputs {
  /** x_v [N,D], float32, as the backbone gives it. */
  readonly features: Value;
  /** The original classifier's logits [N,C]; needed unless `base` is 'new'. */
  readonly baseLogits?: Value | undefined;
}

export interface HeadMasks {
  /** [N,D]: 0, or 1/(1-p). */
  readonly features?: Value | undefined;
  /** [N, visualHidden]: 0, or 1/(1-p). */
  readonly visual?: Value | undefined;
  /** [N, fusionHidden]. */
  readonly fusion?: Value | undefined;
}

export interface InferenceHeads {
  /** What is added to the original logits [N,C]; undefined where nothing is (both heads off, base 'given'). */
  readonly addition: Value | undefined;
  /** z_v = x_EMA [N,d]. */
  readonly zv: Value | undefined;
  /** x_CDR [N,d]. */
  readonly reconstruction: Value | undefined;
  /** What the denoiser predicts for `beside` [N,d]. */
  readonly estimate: Value | undefined;
}

/**
 * Everything from x_v to what is added to the original logits (with base 'new': to the logits themselves).
 * @param training what training adds: dropout, and one more denoising with CDR (see `reconstruct`).
 */
export function buildHeads(
  b: GraphBuilder,
  features: Value,
  parameter: Lookup,
  options: HeadOptions,
  base: BaseKind,
  training?: { readonly masks: HeadMasks; readonly beside: Denoising | undefined },
): InferenceHeads {
  const active = options.ema || options.cdr;
  if (!active && base === 'given')
    return { addition: undefined, zv: undefined, reconstruction: undefined, estimate: undefined };
  const [mean, scale] = [parameter(`${PREFIX}features/mean`), parameter(`${PREFIX}features/scale`)];
  const x = dropout(b, b.mul(b.sub(features, mean), scale), training?.masks.features);
  const baseTerm = base === 'given' ? undefined : linear(b, x, parameter, `${PREFIX}base`);
  if (!active) return { addition: baseTerm, zv: undefined, reconstruction: undefined, estimate: undefined };

  const zv = embedFeatures(b, x, parameter, training?.masks.visual);
  const cdr = options.cdr
    ? reconstruct(b, zv, imageModulation(b, zv, parameter, options), parameter, options, training)
    : undefined;
  const reconstruction = cdr?.sample;
  const parts = [...(options.ema ? [zv] : []), ...(reconstruction ? [reconstruction] : [])];
  const fused = fuse(b, parts, parameter, training?.masks.fusion);
  return { addition: baseTerm ? b.add(baseTerm, fused) : fused, zv, reconstruction, estimate: cdr?.estimate };
}

/** The logits [N,C] that an exported model gives, and the parts they are made of. */
export function buildInference(
  b: GraphBuilder,
  inputs: HeadInputs,
  parameter: Lookup,
  options: HeadOptions,
  base: BaseKind,
): { readonly logits: Value; readonly parts: InferenceHeads } {
  const parts = buildHeads(b, inputs.features, parameter, options, base);
  return { logits: addToBase(b, inputs.baseLogits, parts.addition, base), parts };
}

function addToBase(
  b: GraphBuilder,
  baseLogits: Value | undefined,
  addition: Value | undefined,
  base: BaseKind,
): Value {
  if (base === 'new') return addition!;
  if (!baseLogits) throw new RangeError(`base "${base}" needs the original classifier's logits`);
  return addition ? b.add(baseLogits, addition) : baseLogits;
}

/** What a training step is given beside features; all float32. Those of a head that is off are left out. */
export interface TrainingInputs extends HeadInputs {
  /** [N,C], one-hot or smoothed. */
  readonly labels: Value;
  /** [N,1], sums to 1; 0 for rows that pad the batch. */
  readonly rows: Value;
  /** Undefined for plain fine-tuning. */
  readonly text: TextInputs | undefined;
  /** Undefined without CDR. */
  readonly diffusion: DiffusionInputs | undefined;
  readonly masks: HeadMasks;
}

export interface TextInputs {
  /** [N,V] words of a vocabulary, or [N,width] values of an encoder. */
  readonly matrix: Value;
  readonly kind: TextKind;
  /** [N,1], sums to 1 over the rows that have text, 0 for the others. */
  readonly rows: Value;
  /** [N,N], `rows` on the diagonal; without EMA undefined, as is `mask`. */
  readonly pairs: Value | undefined;
  /** [N,N], 0 or `MASKED`. */
  readonly mask: Value | undefined;
}

export interface DiffusionInputs {
  /** [N,d] standard normal. */
  readonly eps: Value;
  /** [N,1] sqrt(abar_t). */
  readonly signal: Value;
  /** [N,1] sqrt(1 - abar_t). */
  readonly noise: Value;
  /** [N,e] embedding of t. */
  readonly time: Value;
}

/** The terms of the loss, [1] each; those of a head that is off are absent. */
export interface HeadLosses {
  /** CE(logits). */
  readonly classification: Value;
  readonly ema?: Value;
  readonly rec?: Value;
  readonly cdr?: Value;
  readonly text?: Value;
}

/** L = CE(logits) + wEma L_EMA + wRec L_rec + wCdr L_cdr + wText L_text, [1]. */
export function buildTraining(
  b: GraphBuilder,
  inputs: TrainingInputs,
  parameter: Lookup,
  options: HeadOptions,
  base: BaseKind,
): { readonly loss: Value; readonly logits: Value; readonly losses: HeadLosses } {
  const { text, diffusion, labels } = inputs;
  const active = options.ema || options.cdr;
  const zs = active && text ? embedText(b, text.matrix, parameter, text.kind) : undefined;
  const x0 = options.cdr && diffusion && zs ? stopGradient(b, zs) : undefined;
  const beside = x0 && {
    xt: diffuse(b, x0, diffusion!.signal, diffusion!.noise, diffusion!.eps),
    time: diffusion!.time,
  };
  const heads = buildHeads(b, inputs.features, parameter, options, base, {
    masks: inputs.masks,
    beside,
  });
  const logits = addToBase(b, inputs.baseLogits, heads.addition, base);
  const classification = crossEntropy(b, logits, labels, inputs.rows);
  if (!heads.zv || !text || !zs) return { loss: classification, logits, losses: { classification } };

  const classify = (x: Value) =>
    crossEntropy(b, linear(b, x, parameter, `${PREFIX}text/classifier`), labels, text.rows);
  const losses: { -readonly [K in keyof HeadLosses]: HeadLosses[K] } = { classification };
  const terms: [Value, number][] = [[classification, 1]];
  losses.text = classify(zs);
  terms.push([losses.text, options.wText]);
  if (options.ema) {
    losses.ema = infoNce(b, heads.zv, zs, parameter(`${PREFIX}ema/temperature`), text.pairs!, text.mask!);
    terms.push([losses.ema, options.wEma]);
  }
  if (x0 && heads.estimate) {
    losses.rec = meanSquaredError(b, heads.estimate, x0, text.rows);
    losses.cdr = classify(heads.estimate);
    terms.push([losses.rec, options.wRec], [losses.cdr, options.wCdr]);
  }
  return { loss: weightedSum(b, terms), logits, losses };
}
