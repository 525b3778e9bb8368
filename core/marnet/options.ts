/**
 * The options of the MARNet heads and their losses, with the defaults in this one place. docs/method.md says which
 * parts are the paper's statement and which are this project's choice.
 */
import { z } from 'zod';

const probability = z.number().min(0).lt(1);
const weight = z.number().min(0).max(1000);
const width = z.int().min(2).max(8192);

export const headOptionsSchema = z.strictObject({
  /** Embedding matching alignment: the contrastive loss, and x_EMA in the fusion. */
  ema: z.boolean().default(true),
  /** Cross-modal diffusion reconstruction: its losses, and x_CDR in the fusion. Both off is plain fine-tuning. */
  cdr: z.boolean().default(true),

  /** d, the width of the space that images and texts share. */
  latent: width.default(256),
  /** Width of the hidden layer between the feature layer and z_v. */
  visualHidden: width.default(256),
  /** Width of the learned vector of each word, tag or ingredient. */
  textWidth: width.default(128),
  /** Width of the denoiser's stream and of its hidden layers. */
  denoiserWidth: width.default(128),
  /** Residual blocks of the denoiser. */
  denoiserBlocks: z.int().min(1).max(16).default(2),
  /** Width of the sinusoidal time embedding; even. */
  timeWidth: width.multipleOf(2).default(64),
  /** Width of the hidden layer of the fusion. */
  fusionHidden: width.default(256),

  /** T, the number of noise levels in training. */
  diffusionSteps: z.int().min(2).max(4000).default(100),
  /** K, the number of DDIM steps in the exported model. */
  samplingSteps: z.int().min(1).max(64).default(4),
  /** The last of the DDIM steps that gradients run through in training; K and more for all of them. */
  gradientSteps: z.int().min(1).max(64).default(1),
  /** How the signal fades with t: 'cosine' (Nichol and Dhariwal 2021) or 'linear' (Ho et al. 2020, scaled to T). */
  schedule: z.enum(['cosine', 'linear']).default('cosine'),

  /** Probability that a unit of a hidden layer is zeroed in training. */
  dropout: probability.default(0.3),
  /**
   * Probability that a feature is zeroed in training, for the base's linear layer and the heads alike; 'auto' is 0.5 where
   * the backbone is frozen and has more features than half the training images, else 0.
   */
  featureDropout: z.union([z.literal('auto'), probability]).default('auto'),
  /** tau at the start; it is learned, and kept at 0.01 or above. */
  temperature: z.number().min(0.01).max(10).default(0.07),

  /** Weight of the contrastive loss L_EMA. */
  wEma: weight.default(1),
  /** Weight of the reconstruction loss L_rec, a mean squared error. */
  wRec: weight.default(1),
  /** Weight of L_cdr, the cross-entropy of the classifier on the reconstruction. */
  wCdr: weight.default(0.5),
  /** Weight of L_text, the cross-entropy of the same classifier on the text's own embedding. */
  wText: weight.default(0.5),
});

/** Options of the heads, with defaults filled in. */
export interface HeadOptions extends z.output<typeof headOptionsSchema> {}
/** Options of the heads; what is left out has its default. */
export interface HeadOptionsInput extends z.input<typeof headOptionsSchema> {}

/** The options with defaults filled in. @throws ZodError naming the option that is out of range or unknown. */
export function headOptions(input: HeadOptionsInput = {}): HeadOptions {
  return headOptionsSchema.parse(input);
}
