/**
 * Dynamic loss scaling, with the numbers of torch.amp.GradScaler. Gradients smaller than 6e-8 are zero in float16, so
 * the loss is multiplied before it is differentiated, and gradients are divided again in float32. A scale so large that
 * a gradient overflows shows in its length: the step is left out and the scale halved; after many good steps it doubles.
 */
import type { Tensor } from '../graph/index.ts';
import { batchName } from './batch-name.ts';

/** Name of the input [1] of a step graph. */
export const LOSS_SCALE = batchName('loss-scale');

const START = 2 ** 16;
/** Good steps in a row after which it doubles. */
const GROWTH_STEPS = 2000;
/** Above this, the scale itself would leave float32 some day. */
const LARGEST = 2 ** 100;

/** What a checkpoint keeps of it. */
export interface LossScaleState {
  readonly value: number;
  /** Good steps since it changed. */
  readonly good: number;
}

export class LossScale {
  #value = START;
  #good = 0;

  /** A power of two. */
  get value(): number {
    return this.#value;
  }

  /** Of graphs that take it; a new array each time. */
  get feeds(): Readonly<Record<string, Tensor>> {
    return { [LOSS_SCALE]: { dtype: 'float32', dims: [1], data: Float32Array.of(this.#value) } };
  }

  get state(): LossScaleState {
    return { value: this.value, good: this.#good };
  }

  set state({ value, good }: LossScaleState) {
    this.#value = value;
    this.#good = good;
  }

  /** After a step. @param finite whether its gradient was; where it was not, the step was left out. */
  follow(finite: boolean): void {
    if (!finite) this.state = { value: this.value / 2, good: 0 };
    else if (this.#good + 1 < GROWTH_STEPS) this.#good++;
    else this.state = { value: Math.min(2 * this.value, LARGEST), good: 0 };
  }
}
