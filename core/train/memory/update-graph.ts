/**
 * The update of optimizer.ts as a graph, for a device that keeps the state. The same formula on whole vectors: what
 * differs between parameters (step size, decay, largest value) comes as vectors too.
 *
 *   G = gradient * scale;  norm = |G|;  g = G * min(1, clip / (norm + 1e-6))
 *   m' = b1 m + (1 - b1) g;  v' = b2 v + (1 - b2) g^2
 *   p' = p (1 - rate factor decay) - size factor * m' / (sqrt(v') + eps root)
 *
 * with size = rate / (1 - b1^t) * root and root = sqrt(1 - b2^t), which the host computes in double precision. Where the
 * norm is no finite number, so is what comes out: whoever runs it keeps what it had.
 */
import { Graph, GraphBuilder, type Tensor, type Value } from '../../graph/index.ts';
import type { AdamSettings } from '../optimizer.ts';
import type { Segment } from '../state.ts';
import { GRADIENT, VALUES } from './flat.ts';

const OPSET = 21;

export const FIRST = 'marnet/state/first';
export const SECOND = 'marnet/state/second';
/** Per float: what its step size and its decay are multiplied with, and the most it may be. */
export const FACTORS = 'marnet/state/factors';
export const DECAYS = 'marnet/state/decays';
export const MAXIMA = 'marnet/state/maxima';
/** Inputs [1] of a step. */
const SCALE = 'marnet/update/scale';
const RATE = 'marnet/update/rate';
const SIZE = 'marnet/update/size';
const EPSILON = 'marnet/update/epsilon';

/** Names of the outputs. */
export const UPDATED = {
  values: 'marnet/updated/values',
  first: 'marnet/updated/first',
  second: 'marnet/updated/second',
  norm: 'marnet/updated/norm',
} as const;

const LARGEST = 3.4028234663852886e38;

/** @param length floats of each vector, a multiple of 65536. */
export function buildUpdateGraph(settings: AdamSettings, length: number, bounded: boolean): Graph {
  const graph = new Graph();
  graph.opsets.set('', OPSET);
  const b = new GraphBuilder(graph);
  const vector = (name: string): Value => b.input(name, 'float32', [length]);
  const number = (name: string): Value => b.input(name, 'float32', [1]);
  const [values, first, second, gradient] = [VALUES, FIRST, SECOND, GRADIENT].map(vector) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const scaled = b.mul(gradient, number(SCALE));
  const norm = b.sqrt(sumInStages(b, b.mul(scaled, scaled), length));
  const one = b.scalar(1, norm);
  const shorten =
    settings.clipNorm > 0
      ? b.op('Min', [one, b.div(b.scalar(settings.clipNorm, norm), b.add(norm, b.scalar(1e-6, norm)))])
      : undefined;
  const g = shorten ? b.mul(scaled, shorten) : scaled;
  const average = (old: Value, now: Value, beta: number): Value =>
    b.add(b.mul(old, b.scalar(beta, old)), b.mul(now, b.scalar(1 - beta, now)));
  const newFirst = average(first, g, settings.beta1);
  const newSecond = average(second, b.mul(g, g), settings.beta2);
  const factors = vector(FACTORS);
  const step = b.div(newFirst, b.add(b.sqrt(newSecond), number(EPSILON)));
  const kept =
    settings.weightDecay > 0 ? b.mul(values, b.sub(one, b.mul(vector(DECAYS), number(RATE)))) : values;
  const moved = b.sub(kept, b.mul(step, b.mul(factors, number(SIZE))));
  const newValues = bounded ? b.op('Min', [moved, vector(MAXIMA)]) : moved;
  b.output(newValues, UPDATED.values);
  b.output(newFirst, UPDATED.first);
  b.output(newSecond, UPDATED.second);
  b.output(norm, UPDATED.norm);
  return graph;
}

/** One thread summing millions of numbers would take longer than all the rest: 256 at a time, three times. */
function sumInStages(b: GraphBuilder, x: Value, length: number): Value {
  const rows = b.reduceSum(b.reshape(x, [length / 256, 256]), [1]);
  const blocks = b.reduceSum(b.reshape(rows, [length / 65536, 256]), [1]);
  return b.reduceSum(blocks, [0], true);
}

/** The numbers of one step. @param step 1-based. @param scale times the gradient. */
export function updateFeeds(
  { beta1, beta2, epsilon }: AdamSettings,
  rate: number,
  step: number,
  scale: number,
): Record<string, Tensor> {
  const root = Math.sqrt(1 - beta2 ** step);
  const number = (value: number): Tensor => ({ dtype: 'float32', dims: [1], data: Float32Array.of(value) });
  return {
    [SCALE]: number(scale),
    [RATE]: number(rate),
    [SIZE]: number((rate / (1 - beta1 ** step)) * root),
    [EPSILON]: number(epsilon * root),
  };
}

/** The vectors that stay the same: by name, as long as the state. */
export function updateConstants(
  segments: readonly Segment[],
  { weightDecay }: AdamSettings,
  length: number,
): Map<string, Float32Array> {
  const factors = new Float32Array(length);
  const decays = new Float32Array(length);
  const maxima = new Float32Array(length).fill(LARGEST);
  for (const { begin, end, rateFactor, decay, maximum } of segments) {
    factors.fill(rateFactor, begin, end);
    if (decay) decays.fill(rateFactor * weightDecay, begin, end);
    if (maximum !== undefined) maxima.fill(maximum, begin, end);
  }
  const constants = new Map([[FACTORS, factors]]);
  if (weightDecay > 0) constants.set(DECAYS, decays);
  if (segments.some(({ maximum }) => maximum !== undefined)) constants.set(MAXIMA, maxima);
  return constants;
}
