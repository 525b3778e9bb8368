/**
 * Gradients and losses of several batches as those of one: means weighted by each batch's images,
 *   g = sum n_k g_k / sum n_k
 * which is the gradient of the batches taken together wherever the loss is a mean over images.
 */
import type { StepOutcome } from './engine.ts';
import type { LossParts } from './job.ts';
import { addStep, meansOf, newTotals } from './metrics.ts';

export class Accumulation {
  readonly #gradients: Float32Array;
  /** Undefined where a step is one batch, and nothing is summed. */
  readonly #sums: Float32Array | undefined;
  #totals = newTotals();

  /** @param gradients where each batch leaves its gradient. @param batches that make a step. */
  constructor(gradients: Float32Array, batches: number) {
    this.#gradients = gradients;
    this.#sums = batches > 1 ? new Float32Array(gradients.length) : undefined;
  }

  /** @param images of the batch whose gradient has just been computed. */
  add(outcome: StepOutcome, images: number): void {
    addStep(this.#totals, outcome.losses, images, 0);
    const sums = this.#sums;
    if (sums) for (let i = 0; i < sums.length; i++) sums[i]! += images * this.#gradients[i]!;
  }

  /** Leaves the mean in place of the last batch's gradient, and begins anew. @returns means over the images. */
  finish(): { readonly losses: LossParts; readonly images: number } {
    const { images } = this.#totals;
    const losses = meansOf(this.#totals);
    const sums = this.#sums;
    if (sums) {
      for (let i = 0; i < sums.length; i++) this.#gradients[i] = sums[i]! / images;
      sums.fill(0);
    }
    this.#totals = newTotals();
    return { losses, images };
  }
}
