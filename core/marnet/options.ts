/**
 * The options of the MARNet heads and their losses, with the defaults in this one place. docs/method.md says which
 * parts are the paper's statement and which are this project's choice.
 */
import * as v from 'valibot';
import { between, choice, fraction, parseOptions, strictObject, whole } from '../schema/index.ts';

const weight = between(0, 1000);
const width = whole(2, 8192);

export const headOptionsSchema = strictObject({
  /** Embedding matching alignment: the contrastive loss, and x_EMA in the fusion. */
  ema: v.optional(v.boolean(), true),
  /** Cross-modal diffusion reconstruction: its losses, and x_CDR in the fusion. Both off is plain fine-tuning. */
  cdr: v.optional(v.boolean(), true),

  /** d, the width of the space that images and texts share. */
  latent: v.optional(width, 256),
  /** Width of the hidden layer between the feature layer and z_v. */
  visualHidden: v.optional(width, 256),
  /** Width of the learned vector of each word, tag or ingredient. */
  textWidth: v.optional(width, 128),
  /** Width of the denoiser's stream and of its hidden layers. */
  denoiserWidth: v.optional(width, 128),
  /** Residual blocks of the denoiser. */
  denoiserBlocks: v.optional(whole(1, 16), 2),
  /** Width of the sinusoidal time embedding; even. */
  timeWidth: v.optional(v.pipe(width, v.multipleOf(2)), 64),
  /** Width of the hidden layer of the fusion. */
  fusionHidden: v.optional(width, 256),

  /** T, the number of noise levels in training. */
  diffusionSteps: v.optional(whole(2, 4000), 100),
  /** K, the number of DDIM steps in the exported model. */
  samplingSteps: v.optional(whole(1, 64), 4),
  /** The last of the DDIM steps that gradients run through in training; K and more for all of them. */
  gradientSteps: v.optional(whole(1, 64), 1),
  /** How the signal fades with t: 'cosine' (Nichol and Dhariwal 2021) or 'linear' (Ho et al. 2020, scaled to T). */
  schedule: v.optional(choice(['cosine', 'linear']), 'cosine'),

  /** Probability that a unit of a hidden layer is zeroed in training. */
  dropout: v.optional(fraction, 0.3),
  /**
   * Probability that a feature is zeroed in training, for the base's linear layer and the heads alike; 'auto' is 0.5 where
   * the backbone is frozen and has more features than half the training images, else 0.
   */
  featureDropout: v.optional(v.union([v.literal('auto'), fraction]), 'auto'),
  /** tau at the start; it is learned, and kept at 0.01 or above. */
  temperature: v.optional(between(0.01, 10), 0.07),

  /** Weight of the contrastive loss L_EMA. */
  wEma: v.optional(weight, 1),
  /** Weight of the reconstruction loss L_rec, a mean squared error. */
  wRec: v.optional(weight, 1),
  /** Weight of L_cdr, the cross-entropy of the classifier on the reconstruction. */
  wCdr: v.optional(weight, 0.5),
  /** Weight of L_text, the cross-entropy of the same classifier on the text's own embedding. */
  wText: v.optional(weight, 0.5),
});

/** Options of the heads, with defaults filled in. */
export interface HeadOptions extends v.InferOutput<typeof headOptionsSchema> {}
/** Options of the heads; what is left out has its default. */
export interface HeadOptionsInput extends v.InferInput<typeof headOptionsSchema> {}

/** The options with defaults filled in. @throws MarnetError 'usage' naming each that is unknown or out of range. */
export function headOptions(input: HeadOptionsInput = {}): HeadOptions {
  return parseOptions(headOptionsSchema, input);
}
