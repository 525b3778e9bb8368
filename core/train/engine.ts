/** What the training loop asks of whatever computes a step. */
import type { Tensor } from '../graph/index.ts';
import type { HeadLosses } from '../marnet/index.ts';
import { type GraphEngine, type OpenedGraph, onnxruntimeEngine } from '../runtime/graph-engine.ts';
import type { LossParts, TrainingJob } from './job.ts';
import type { GradientMemory } from './memory/memory.ts';
import type { StepGraph } from './step-graph.ts';

export interface StepOutcome {
  readonly losses: LossParts;
  /** [rows, C] of the batch's images. */
  readonly logits: Float32Array;
}

/** What computes batches; its graphs leave gradients in a `GradientMemory`. */
export interface Stepper {
  /** Images a batch at most. */
  readonly batch: number;
  /** Begins loading what the step of these images needs. Called ahead of `step`, once for each. */
  prepare(indices: readonly number[], epoch: number, step: number): Promise<unknown>;
  /**
   * Losses and logits of a batch; its gradient is left where the memory has it.
   * @param prepared what `prepare` gave for the same images. @param step 0-based within the epoch.
   */
  step(prepared: unknown, indices: readonly number[], epoch: number, step: number): Promise<StepOutcome>;
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

/** Runs one graph again and again on the same arrays. */
export class Runner {
  readonly #opened: OpenedGraph;
  readonly #feeds: Record<string, Tensor>;
  readonly #fetches: Record<string, Tensor>;

  /** @param available what the graph's inputs may be fed with, by name. @param fetches arrays for all outputs. */
  constructor(
    opened: OpenedGraph,
    available: ReadonlyMap<string, Tensor>,
    fetches: Readonly<Record<string, Tensor>>,
  ) {
    this.#opened = opened;
    this.#feeds = Object.fromEntries(opened.inputs.map(({ name }) => [name, available.get(name)!]));
    this.#fetches = { ...fetches };
  }

  /** @param changed feeds that are other arrays than the last time. */
  async run(changed: Readonly<Record<string, Tensor>> = {}): Promise<void> {
    await this.#opened.run({ ...this.#feeds, ...changed }, this.#fetches);
  }

  async close(): Promise<void> {
    await this.#opened.close();
  }
}

export function newTensor(dims: readonly number[]): Tensor & { readonly data: Float32Array } {
  return { dtype: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) };
}

type LossName = keyof HeadLosses | 'loss';

/** Arrays for a step's losses and logits, and the losses read from them. */
export function lossFetches(
  graph: StepGraph,
  batch: number,
  classes: number,
): { readonly fetches: Record<string, Tensor>; readonly logits: Float32Array; read(): LossParts } {
  const logits = newTensor([batch, classes]);
  const fetches: Record<string, Tensor> = { [graph.logits]: logits };
  const outputs: Record<LossName, string | undefined> = { ...graph.losses, loss: graph.loss };
  for (const output of Object.values(outputs)) if (output) fetches[output] ??= newTensor([1]);
  const value = (name: LossName): number | undefined => {
    const output = outputs[name];
    return output === undefined ? undefined : (fetches[output]!.data as Float32Array)[0]!;
  };
  return {
    fetches,
    logits: logits.data,
    read: () => ({
      loss: value('loss')!,
      classification: value('classification')!,
      ema: value('ema'),
      rec: value('rec'),
      cdr: value('cdr'),
      text: value('text'),
    }),
  };
}
