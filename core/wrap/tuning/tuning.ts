/** What full tuning does with a model, found out without training it. */
import { MarnetError } from '../../errors.ts';
import { differentiate } from '../../grad/index.ts';
import { GraphBuilder, sizeOf, type Tensor, toFloat32 } from '../../graph/index.ts';
import type { FeatureSite } from '../../locate/index.ts';
import type { Model } from '../../model.ts';
import { type FixedGraph, fixShapes } from '../../runtime/backbone.ts';
import type { ImageInput } from '../../runtime/image-input.ts';
import type { Stage } from '../../runtime/layers.ts';
import { mayRebatch, rebatchIfSame } from '../../runtime/rebatch.ts';
import { type TuningCost, tuningCosts } from './costs.ts';

/** How many images the model takes a run, and how full tuning deals with a fixed number. */
export type Batching =
  | { readonly kind: 'dynamic' }
  /**
   * The file fixes the batch, and its graph can be rewritten for more images. `compared`: the rewritten one was run and
   * gives the same result; where the weights are large, that is left to the beginning of the training.
   */
  | { readonly kind: 're-batched'; readonly fixed: number; readonly compared: boolean }
  /** The file fixes the batch and its graph cannot be rewritten for more: gradients are accumulated over runs. */
  | { readonly kind: 'accumulated'; readonly fixed: number }
  | { readonly kind: 'fixed'; readonly fixed: number };

export interface Tuning {
  readonly batching: Batching;
  /** Undefined where every weight can be tuned; else why not. */
  readonly problem: string | undefined;
  /** The ways of tuning, cheapest first; empty where there is a problem. */
  readonly costs: readonly TuningCost[];
}

/** What the input alone tells. */
export function batchingOf(image: ImageInput | undefined): Batching {
  return image?.batch === undefined ? { kind: 'dynamic' } : { kind: 'fixed', fixed: image.batch };
}

/** The size for models that leave it open. */
const SIZE = 224;
/** Images a run that a fixed model is tried with. */
const TRIED = 2;
/** With more weights than these (64 MB), no run is made: reading them and running would take seconds. */
const FEW_WEIGHTS = 16 * 1024 * 1024;

/** What an adapter says of how a model is tuned. */
export interface TuningKnowledge {
  readonly stages: readonly Stage[] | undefined;
  readonly loraTargets: readonly string[] | undefined;
  /** Constants that are never trained. */
  readonly frozen: readonly string[];
}

/** Fixes the shapes, as full tuning would, and differentiates; weights are read only where they are few. */
export async function tuningOf(
  model: Model,
  image: ImageInput,
  site: FeatureSite,
  { stages, loraTargets, frozen }: TuningKnowledge,
): Promise<Tuning> {
  const kept = new Set(frozen);
  const batching = batchingOf(image);
  try {
    const fixed = await fixShapes(model.graph, {
      outputs: [site.value],
      batch: TRIED,
      size: { height: image.height ?? SIZE, width: image.width ?? SIZE },
      trainable: (name) => !kept.has(name),
    });
    requireGradient(fixed, site.value);
    return {
      batching: image.batch === 1 ? await rebatching(fixed) : batching,
      problem: undefined,
      costs: await tuningCosts(fixed, site, stages, loraTargets),
    };
  } catch (error) {
    if (error instanceof MarnetError) return { batching, problem: error.message, costs: [] };
    throw error;
  }
}

/** @throws MarnetError 'no-gradient' when an op between a weight and the features has no rule. */
function requireGradient({ graph, weights }: FixedGraph, features: string): void {
  const trial = graph.clone();
  const builder = new GraphBuilder(trial, 'marnet/');
  const value = builder.value(features);
  const loss = builder.reduceSum(
    value,
    value.shape.map((_, axis) => axis),
  );
  differentiate(trial, loss.name, [...weights.keys()]);
}

async function rebatching({ graph, image, weights }: FixedGraph): Promise<Batching> {
  const elements = [...weights.values()].reduce((sum, { dims }) => sum + sizeOf(dims), 0);
  const compared = elements <= FEW_WEIGHTS;
  const tensors = (): Map<string, Tensor> =>
    new Map(
      [...weights].map(([name, constant]) => [
        name,
        { dtype: 'float32', dims: constant.dims, data: toFloat32(constant.read()) },
      ]),
    );
  const possible = compared
    ? (await rebatchIfSame(graph, image.name, TRIED, tensors())) !== undefined
    : await mayRebatch(graph, image.name, TRIED);
  return possible ? { kind: 're-batched', fixed: 1, compared } : { kind: 'accumulated', fixed: 1 };
}
