import { sizeOf, type Tensor } from '../graph/index.ts';

/** One trainable tensor and how the optimizer treats it. */
export interface TrainableSpec {
  readonly name: string;
  readonly dims: readonly number[];
  readonly initial: Float32Array;
  /** Times the run's step size. */
  readonly rateFactor: number;
  readonly decay: boolean;
  /** The value is cut to this after each step. */
  readonly maximum?: number | undefined;
}

export interface Segment extends Omit<TrainableSpec, 'initial'> {
  readonly begin: number;
  readonly end: number;
}

/** Tensors begin at multiples of this many floats, so that vector loads are aligned. */
const ALIGNMENT = 16;

/**
 * All that training changes, as four flat vectors, so that the optimizer is one loop. The tensors that a session is fed
 * with, and those it writes gradients into, are views of them.
 */
export class TrainingState {
  readonly segments: readonly Segment[];
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Steps taken. */
  steps = 0;

  constructor(specs: readonly TrainableSpec[]) {
    let size = 0;
    this.segments = specs.map(({ initial: _, ...spec }) => {
      const begin = size;
      const end = begin + sizeOf(spec.dims);
      size = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      return { ...spec, begin, end };
    });
    this.values = new Float32Array(size);
    this.gradients = new Float32Array(size);
    this.first = new Float32Array(size);
    this.second = new Float32Array(size);
    specs.forEach((spec, i) => {
      this.values.set(spec.initial, this.segments[i]!.begin);
    });
  }

  /** Views of `vector` (one of the four, or one as long), by name. */
  views(vector: Float32Array): Map<string, Tensor> {
    return new Map(
      this.segments.map((s) => [
        s.name,
        { dtype: 'float32', dims: s.dims, data: vector.subarray(s.begin, s.end) },
      ]),
    );
  }

  /** Copies, by name. */
  snapshot(vector: Float32Array = this.values): Map<string, Tensor> {
    return new Map(
      this.segments.map((s) => [
        s.name,
        { dtype: 'float32', dims: s.dims, data: vector.slice(s.begin, s.end) },
      ]),
    );
  }
}
