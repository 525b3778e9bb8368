/** The settings of a training run, with the defaults in this one place. */
import * as v from 'valibot';
import { between, fraction, parseOptions, positive, strictObject, whole } from '../schema/index.ts';

export const hyperparametersSchema = strictObject({
  /** Passes over the training images. */
  epochs: v.optional(whole(1, 100000), 40),
  /** Images a step, or a part of one where gradients are accumulated. */
  batch: v.optional(whole(1, 65536), 64),
  /** Batches whose gradients make one step. */
  accumulate: v.optional(whole(1, 65536), 1),
  /** AdamW's step size at the end of the warm-up. */
  learningRate: v.optional(positive(10), 1e-3),
  /** The backbone's step size is this times the heads'. */
  backboneFactor: v.optional(positive(100), 0.1),
  /** The backbone's step size itself, in place of `backboneFactor`. */
  backboneLearningRate: v.optional(positive(10)),
  /** Each layer's step size is this times that of the layer above it; the classifier has the backbone's whole one. */
  layerDecay: v.optional(positive(1), 1),
  /**
   * Decoupled weight decay, on what products and convolutions multiply with alone: not on biases, scales and slopes,
   * whatever their shape, nor on position embeddings and the temperature.
   */
  weightDecay: v.optional(between(0, 10), 0.05),
  beta1: v.optional(fraction, 0.9),
  beta2: v.optional(fraction, 0.999),
  epsilon: v.optional(positive(1), 1e-8),
  /** Share of all steps in which the step size rises from zero; after it, it falls to zero along a cosine. */
  warmup: v.optional(between(0, 1), 0.1),
  /** Gradients longer than this, all parameters taken together, are shortened to it; 0 never does. */
  clipNorm: v.optional(between(0, 1e6), 1),
  /** Share of a label's weight that is spread evenly over all classes. */
  labelSmoothing: v.optional(fraction, 0.1),
  /** Epochs without a better holdout result after which training stops; 0 never stops early. */
  patience: v.optional(whole(0, 100000), 10),
  /** Share of the running averages of BatchNormalization that a batch leaves, where they are trained. */
  batchNormMomentum: v.optional(fraction, 0.9),
  /** Draw classes equally often, whatever their sizes. */
  balanced: v.optional(v.boolean(), false),
});

/** Settings of training, with defaults filled in. */
export interface Hyperparameters extends v.InferOutput<typeof hyperparametersSchema> {}
/** Settings of training; what is left out has its default. */
export interface HyperparametersInput extends v.InferInput<typeof hyperparametersSchema> {}

/** The settings with defaults filled in. @throws MarnetError 'usage' naming each that is unknown or out of range. */
export function hyperparameters(input: HyperparametersInput = {}): Hyperparameters {
  return parseOptions(hyperparametersSchema, input);
}
