import { sizeOf, type Tensor } from '../graph/index.ts';
import { packedShape, packWeights, unpackWeights } from '../lower/blocked/packing.ts';
import { OptimizerMemory } from './kernel/optimizer-memory.ts';
import { LossScale } from './loss-scale.ts';

/** One trainable tensor and how the optimizer treats it. */
export interface TrainableSpec {
  readonly name: string;
  readonly dims: readonly number[];
  /** Gives its first value, in the model's order, which is copied; zeros unless given. */
  readonly initial?: () => Float32Array;
  /** Times the run's step size. */
  readonly rateFactor: number;
  readonly decay: boolean;
  /** The value is cut to this after each step. */
  readonly maximum?: number | undefined;
  /** Convolution weights that are kept packed, in blocks as wide as this; see `packWeights`. */
  readonly block?: number | undefined;
}

export interface Segment extends Omit<TrainableSpec, 'initial'> {
  readonly begin: number;
  readonly end: number;
  /** Floats from `begin` to the next segment; those from `end` on stay zero. */
  readonly room: number;
}

/** Tensors begin at multiples of this many floats, so that vector loads are aligned. */
const ALIGNMENT = 16;

/** Flat vectors of a state, each as long as all of its segments. */
export interface StateVectors {
  readonly values: Float32Array;
  /** Moments of the optimizer. */
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** All that training changes and a checkpoint keeps, as flat vectors: parameters, and both moments of the optimizer. */
export class KeptState implements StateVectors {
  readonly segments: readonly Segment[];
  readonly values: Float32Array;
  first: Float32Array;
  second: Float32Array;
  /** Steps taken. */
  steps = 0;
  /** What gradients are multiplied with, where steps compute in float16. */
  readonly lossScale: LossScale | undefined;

  /** @param allocate makes vectors of so many floats. */
  constructor(
    specs: readonly TrainableSpec[],
    scaled = false,
    allocate: (size: number) => StateVectors = zeros,
  ) {
    this.lossScale = scaled ? new LossScale() : undefined;
    let size = 0;
    this.segments = specs.map(({ initial: _, ...spec }) => {
      const begin = size;
      const end = begin + sizeOf(spec.dims);
      size = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      return { ...spec, begin, end, room: size - begin };
    });
    const { values, first, second } = allocate(size);
    this.values = values;
    this.first = first;
    this.second = second;
    specs.forEach(({ initial }, i) => {
      if (initial) this.restore(this.values, this.segments[i]!, initial());
    });
  }

  /** Views of `vector` (one of the state's, or one as long), by name, as a step's graph has them: some packed. */
  views(vector: Float32Array): Map<string, Tensor> {
    return new Map(
      this.segments.map(({ name, dims, block, begin, end }) => [
        name,
        {
          dtype: 'float32',
          dims: block === undefined ? dims : packedShape(dims, block),
          data: vector.subarray(begin, end),
        },
      ]),
    );
  }

  /** Copies, by name, in the order of elements that the model has. */
  snapshot(vector: Float32Array = this.values): Map<string, Tensor> {
    return new Map(
      this.segments.map(({ name, dims, block, begin, end }) => {
        const data = vector.subarray(begin, end);
        const copy = block === undefined ? data.slice() : unpackWeights(data, dims, block);
        return [name, { dtype: 'float32', dims, data: copy }];
      }),
    );
  }

  /** Puts elements in the model's order into a segment of `vector`. */
  restore(vector: Float32Array, { begin, dims, block }: Segment, data: Float32Array): void {
    vector.set(block === undefined ? data : packWeights(data, dims, block), begin);
  }
}

function zeros(size: number): StateVectors {
  return { values: new Float32Array(size), first: new Float32Array(size), second: new Float32Array(size) };
}

/**
 * A state together with its gradient, in memory that the optimizer works on as one loop. The tensors that a session is
 * fed with, and those it writes gradients into, are views of it.
 */
export class TrainingState extends KeptState {
  readonly memory: OptimizerMemory;

  constructor(specs: readonly TrainableSpec[], scaled = false) {
    let memory: OptimizerMemory | undefined;
    super(specs, scaled, (size) => {
      memory = new OptimizerMemory(size);
      return memory;
    });
    this.memory = memory!;
  }

  get gradients(): Float32Array {
    return this.memory.gradients;
  }
}
