/** What the training loop asks of whatever computes a step. */
import { sizeOf, type Tensor } from '../graph/index.ts';
import type { HeadLosses } from '../marnet/index.ts';
import { type GraphEngine, onnxruntimeEngine } from '../runtime/graph-engine.ts';
import type { LossParts, TrainingJob } from './job.ts';
import type { GradientMemory, Tensors } from './memory/memory.ts';
import type { StepGraph } from './step-graph.ts';

export interface StepOutcome {
  readonly losses: LossParts;
  /** [rows, C] of the batch's images. */
  readonly logits: Float32Array;
}

export interface UpdatedStep {
  readonly outcome: StepOutcome;
  /** Length of the gradient before clipping; NaN where the loss is not finite. */
  readonly norm: number;
}

/** What computes batches; its graphs leave gradients in a `GradientMemory`. */
export interface Stepper {
  /** Images a batch at most. */
  readonly batch: number;
  /**
   * Makes what the step of these images is fed with. Called ahead, while the step before it runs.
   * @param step 0-based within the epoch.
   */
  prepare(indices: readonly number[], epoch: number, step: number): Promise<unknown>;
  /**
   * Losses and logits of a batch; its gradient is left where the memory has it. It is under way when the call returns.
   * @param prepared what `prepare` gave for the same images; it is good for one step.
   */
  step(prepared: unknown, indices: readonly number[], epoch: number, step: number): Promise<StepOutcome>;
  /**
   * As `step`, and the update after it: the next may be begun before this one's promise settles. Where the loss is not
   * finite, nothing is changed. Absent where a step is several batches, or holds up the calling thread.
   */
  readonly stepAndUpdate?: (
    prepared: unknown,
    indices: readonly number[],
    learningRate: number,
  ) => Promise<UpdatedStep>;
  /** Logits [indices.length, C] with the values as they are now. */
  evaluate(indices: readonly number[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** A stepper with the memory it works on. Each batch's gradient counts in the next update. */
export interface Engine extends Stepper, Pick<GradientMemory, 'update' | 'pull' | 'push'> {
  /** What was decided since it was asked last, in words for the user. */
  notices(): readonly string[];
}

/** Who runs the graphs of a job. */
export function graphEngineOf({ engine }: Pick<TrainingJob, 'engine'>): GraphEngine {
  return engine ?? onnxruntimeEngine;
}

type FloatTensor = Tensor & { readonly data: Float32Array };

const zeros = (length: number): Float32Array => new Float32Array(length);

/** Zeros. @param allocate makes arrays of so many of them. */
export function newTensor(dims: readonly number[], allocate = zeros): FloatTensor {
  return { dtype: 'float32', dims, data: allocate(sizeOf(dims)) };
}

/** The same for several shapes, by name. */
export function newTensors(
  shapes: Readonly<Record<string, readonly number[]>>,
  allocate = zeros,
): Record<string, FloatTensor> {
  return Object.fromEntries(Object.entries(shapes).map(([name, dims]) => [name, newTensor(dims, allocate)]));
}

type LossName = keyof HeadLosses | 'loss';

/** Names of the outputs that a step returns: its losses and logits. */
export function outcomeOutputs({ logits, loss, losses }: StepGraph): string[] {
  const names = [logits, loss, ...Object.values(losses)];
  return [...new Set(names.flatMap((name) => name ?? []))];
}

/** Losses, and logits of the first `images` rows, of what a step returned. */
export function outcomeOf(graph: StepGraph, outputs: Tensors, images: number): StepOutcome {
  const names: Record<LossName, string | undefined> = { ...graph.losses, loss: graph.loss };
  const numbers = (output: string): Float32Array => outputs[output]!.data as Float32Array;
  const value = (name: LossName): number | undefined => {
    const output = names[name];
    return output === undefined ? undefined : numbers(output)[0]!;
  };
  const classes = outputs[graph.logits]!.dims[1]!;
  return {
    losses: {
      loss: value('loss')!,
      classification: value('classification')!,
      ema: value('ema'),
      rec: value('rec'),
      cdr: value('cdr'),
      text: value('text'),
    },
    logits: numbers(graph.logits).subarray(0, images * classes),
  };
}
