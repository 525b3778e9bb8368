/** What full tuning does with a model, found out without training it. */
import { MarnetError } from '../../errors.ts';
import { differentiate } from '../../grad/index.ts';
import { type Graph, GraphBuilder, sizeOf } from '../../graph/index.ts';
import type { FeatureSite } from '../../locate/index.ts';
import type { Model } from '../../model.ts';
import { type FixedGraph, fixShapes, inFloat32 } from '../../runtime/backbone.ts';
import { checkKernels } from '../../runtime/device/kernels.ts';
import type { Device } from '../../runtime/device/name.ts';
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
  /** What the device has no kernel for, in sentences. */
  readonly kernels: readonly string[];
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

/**
 * Fixes the shapes, as full tuning would, and differentiates; weights are read only where they are few.
 * @param device that works; what a step takes is estimated for it.
 */
export async function tuningOf(
  model: Model,
  image: ImageInput,
  site: FeatureSite,
  { stages, loraTargets, frozen }: TuningKnowledge,
  device: Device = 'cpu',
): Promise<Tuning> {
  const kept = new Set(frozen);
  const batching = batchingOf(image);
  try {
    const fixed = await fixShapes(model.graph, {
      outputs: [site.value, site.classifier.logits],
      batch: TRIED,
      size: { height: image.height ?? SIZE, width: image.width ?? SIZE },
      trainable: (name) => !kept.has(name),
    });
    const step = gradientsOf(fixed, site.value);
    return {
      batching: image.batch === 1 ? await rebatching(fixed) : batching,
      problem: undefined,
      costs: await tuningCosts(fixed, site, stages, loraTargets, device),
      kernels: device === 'cpu' ? [] : missingKernels(model, await step(), device),
    };
  } catch (error) {
    if (error instanceof MarnetError) return { batching, problem: error.message, costs: [], kernels: [] };
    throw error;
  }
}

/** Of the model as features are computed with it, and of a step that trains all of it. */
function missingKernels({ graph }: Model, step: Graph, device: Device): string[] {
  const parts = [
    ['the model', graph],
    ['a step of full tuning', step],
  ] as const;
  return parts.flatMap(([what, part]) => {
    try {
      return checkKernels(part, device, what) ?? [];
    } catch (error) {
      if (error instanceof MarnetError && error.code === 'device') return error.message;
      throw error;
    }
  });
}

/**
 * @returns makes the graph of a step as devices have it, without the heads.
 * @throws MarnetError 'no-gradient' when an op between a weight and the features has no rule.
 */
function gradientsOf({ graph, weights }: FixedGraph, features: string): () => Promise<Graph> {
  const trial = graph.clone();
  const builder = new GraphBuilder(trial, 'marnet/');
  const value = builder.value(features);
  const loss = builder.reduceSum(
    value,
    value.shape.map((_, axis) => axis),
  );
  const gradients = differentiate(trial, loss.name, [...weights.keys()]);
  return async () => {
    const { lower, optimize } = await import('../../lower/index.ts');
    trial.outputs = [];
    for (const name of new Set(Object.values(gradients))) builder.output(builder.value(name));
    return optimize(lower(optimize(trial), 'portable'));
  };
}

async function rebatching({ graph, image, weights }: FixedGraph): Promise<Batching> {
  const elements = [...weights.values()].reduce((sum, { dims }) => sum + sizeOf(dims), 0);
  const compared = elements <= FEW_WEIGHTS;
  const possible = compared
    ? (await rebatchIfSame(graph, image.name, TRIED, inFloat32(weights))) !== undefined
    : await mayRebatch(graph, image.name, TRIED);
  return possible ? { kind: 're-batched', fixed: 1, compared } : { kind: 'accumulated', fixed: 1 };
}
