/**
 * Where a run's parameters, moments and gradients are while it trains: in arrays of the host (`HostMemory`), in a
 * device's memory (`ResidentMemory`), or either of these on another thread (`RemoteMemory`). Engines build graphs and say
 * what they compute; this says what the graphs read and where gradients go.
 */
import type { Graph, Tensor } from '../../graph/index.ts';
import type { StepGraph } from '../step-graph.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** A graph that is run again and again. */
export interface GraphRunner {
  /**
   * @param feeds what the graph's inputs may be fed with, by name, the parameters apart. Their arrays are handed over: they
   *   may be empty afterwards, but for those of `feedArray`.
   * @returns the outputs that were asked for; the next run may change them.
   */
  run(feeds: Tensors): Promise<Tensors>;
  close(): Promise<void>;
}

export interface RunnerRequest {
  readonly graph: Graph;
  /** Of messages: "the training step". */
  readonly what: string;
  /** Names of the outputs that runs return. */
  readonly outputs: readonly string[];
}

export interface GradientRequest extends RunnerRequest, Pick<StepGraph, 'gradients'> {
  /**
   * 'whole': each run leaves the gradient of a batch. 'part': runs add to it, for the parameters that they have
   * gradients of, from the first one after `begin` on.
   */
  readonly share: 'whole' | 'part';
}

export interface GradientRunner extends GraphRunner {
  /** Called before the first part of a batch, after the runs for the batch as a whole. */
  begin(): Promise<void>;
  /**
   * A run and the update after it, asked for at once, so that the next may be asked for before this one is done. Where the
   * loss is not finite, nothing is changed. Absent where a step is several batches, or runs hold up the calling thread.
   * @param loss name of the output.
   */
  readonly runAndUpdate?: (feeds: Tensors, loss: string, learningRate: number) => Promise<UpdatedRun>;
}

export interface UpdatedRun {
  readonly outputs: Tensors;
  /** Length of the gradient before clipping; NaN where the loss is not finite. */
  readonly norm: number;
}

export interface BegunUpdate {
  /** Length of the gradient before clipping. */
  readonly norm: number;
  /** Takes the step. */
  finish(): void;
}

export interface GradientMemory {
  /** Zeros that runs can be fed with again and again: they are the caller's again as soon as the run is over. */
  feedArray(length: number): Float32Array;
  /** A graph that reads parameters. */
  open(request: RunnerRequest): Promise<GraphRunner>;
  /** A graph that gives gradients by them, too. */
  openGradient(request: GradientRequest): Promise<GradientRunner>;
  /** A batch of so many images is complete: its gradient counts in the next update. */
  settle(images: number): Promise<void>;
  /**
   * A step of the optimizer with the mean of the gradients since the last one, weighted by images and divided by the
   * state's loss scale. Where its length is not finite, nothing is changed. @returns its length before clipping.
   */
  update(learningRate: number): Promise<number>;
  /** The same in two: the gradient's length is known before the step is taken. Absent where it is not. */
  readonly beginUpdate?: (learningRate: number) => BegunUpdate;
  /** Brings the state's arrays here up to date, until the next update. */
  pull(what: 'values' | 'all'): Promise<void>;
  /** Takes the values here over, or only those of these parameters. */
  push(names?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
