/** The settings of a training run, with the defaults in this one place. */
import { z } from 'zod';

export const hyperparametersSchema = z.strictObject({
  /** Passes over the training images. */
  epochs: z.int().min(1).max(100000).default(40),
  /** Images a step, or a part of one where gradients are accumulated. */
  batch: z.int().min(1).max(65536).default(64),
  /** Batches whose gradients make one step. */
  accumulate: z.int().min(1).max(65536).default(1),
  /** AdamW's step size at the end of the warm-up. */
  learningRate: z.number().gt(0).max(10).default(1e-3),
  /** The backbone's step size is this times the heads'. */
  backboneFactor: z.number().gt(0).max(100).default(0.1),
  /** The backbone's step size itself, in place of `backboneFactor`. */
  backboneLearningRate: z.number().gt(0).max(10).optional(),
  /** Each layer's step size is this times that of the layer above it; the classifier has the backbone's whole one. */
  layerDecay: z.number().gt(0).max(1).default(1),
  /** Decoupled weight decay, on matrices and kernels alone: not on biases, norms and the temperature. */
  weightDecay: z.number().min(0).max(10).default(0.05),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().gt(0).max(1).default(1e-8),
  /** Share of all steps in which the step size rises from zero; after it, it falls to zero along a cosine. */
  warmup: z.number().min(0).max(1).default(0.1),
  /** Gradients longer than this, all parameters taken together, are shortened to it; 0 never does. */
  clipNorm: z.number().min(0).max(1e6).default(1),
  /** Share of a label's weight that is spread evenly over all classes. */
  labelSmoothing: z.number().min(0).lt(1).default(0.1),
  /** Epochs without a better holdout result after which training stops; 0 never stops early. */
  patience: z.int().min(0).max(100000).default(10),
  /** Share of the running averages of BatchNormalization that a step leaves, where they are trained. */
  batchNormMomentum: z.number().min(0).lt(1).default(0.9),
  /** Draw classes equally often, whatever their sizes. */
  balanced: z.boolean().default(false),
});

/** Settings of training, with defaults filled in. */
export interface Hyperparameters extends z.output<typeof hyperparametersSchema> {}
/** Settings of training; what is left out has its default. */
export interface HyperparametersInput extends z.input<typeof hyperparametersSchema> {}

/** The settings with defaults filled in. @throws ZodError naming the setting that is out of range or unknown. */
export function hyperparameters(input: HyperparametersInput = {}): Hyperparameters {
  return hyperparametersSchema.parse(input);
}
