/**
 * Where a run's parameters, moments and gradients are while it trains: in arrays of the host (`HostMemory`), or in a
 * device's memory (resident/). Engines build graphs and say what they compute; this says what the graphs read and where
 * gradients go.
 */
import type { Graph, Tensor } from '../../graph/index.ts';
import type { StepGraph } from '../step-graph.ts';

/** A graph that is run again and again on the same arrays. */
export interface GraphRunner {
  run(): Promise<void>;
  close(): Promise<void>;
}

export interface RunnerRequest {
  readonly graph: Graph;
  /** Of messages: "the training step". */
  readonly what: string;
  /** What the graph's inputs may be fed with, by name, the parameters apart. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Arrays for its outputs, gradients by parameters apart. */
  readonly fetches: Readonly<Record<string, Tensor>>;
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
  begin(): void;
}

export interface GradientMemory {
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
  /** Brings the state's arrays on the host up to date. */
  pull(what: 'values' | 'all'): Promise<void>;
  /** Takes the state's arrays on the host over, or only the values of those parameters. */
  push(names?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
