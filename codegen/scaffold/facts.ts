/** What a scaffolded adapter says of its model. */
import { networkOf } from '../../adapters/backbones/network.ts';
import { stagesByScale } from '../../adapters/backbones/stages.ts';
import { knowledgeOf, type NamedStage, opinionsOf } from '../../adapters/knowledge.ts';
import type { Preprocess } from '../../core/data/index.ts';
import { sizeOf } from '../../core/graph/index.ts';
import type { FeatureSite } from '../../core/locate/index.ts';
import type { Model } from '../../core/model.ts';
import { trainableConstants } from '../../core/runtime/parameters.ts';
import { sitesOf } from '../../core/wrap/located.ts';
import { type ResolvedPreprocess, resolvePreprocess } from '../../core/wrap/preprocess/resolve.ts';

export interface ScaffoldFacts {
  /** Weights, by name and shape, that tell the model from others: the largest ones. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly features: string;
  readonly stages: readonly { readonly name: string; readonly constants: readonly string[] }[];
  readonly loraTargets: readonly string[] | undefined;
  readonly preprocess: Preprocess;
}

export interface ScaffoldNotes {
  readonly source: string;
  readonly sha256: string;
  readonly candidates: readonly FeatureSite[];
  /** The adapter that the model gets without this one, and why. */
  readonly known: string;
  readonly preprocessFrom: ResolvedPreprocess['origin'];
}

/** Weights that a model is recognised by. */
const SIGNATURE = 6;

/**
 * @param source the model's name for messages.
 * @throws MarnetError 'no-feature-site', 'unsupported-model' for models that cannot be wrapped at all.
 */
export async function scaffoldFacts(
  model: Model,
  source: string,
): Promise<{ readonly facts: ScaffoldFacts; readonly notes: ScaffoldNotes }> {
  const knowledge = knowledgeOf(model);
  const candidates = sitesOf(model, knowledge);
  const { preprocess, origin } = resolvePreprocess(model);
  const [best] = candidates;
  const { graph } = model;
  const trainable = [...trainableConstants(graph)].filter((name) => graph.constants.has(name));
  const dims = (name: string): readonly number[] => graph.constants.get(name)!.dims;
  const largest = trainable
    .toSorted((a, b) => sizeOf(dims(b)) - sizeOf(dims(a)))
    .slice(0, SIGNATURE)
    .sort();
  const [opinion] = opinionsOf(model).filter(({ matches }) => matches);
  return {
    facts: {
      weights: Object.fromEntries(largest.map((name) => [name, dims(name)])),
      features: best!.value,
      stages: knowledge.stages ?? byScale(model, best!.value),
      loraTargets: knowledge.loraTargets,
      preprocess,
    },
    notes: {
      source,
      sha256: await model.sha256(),
      candidates,
      known: opinion ? `${opinion.adapter.name}, because ${opinion.because}` : 'none',
      preprocessFrom: origin,
    },
  };
}

/** The parts between strides, where there are convolutions; else all constants as one stage. */
function byScale({ graph }: Model, features: string): readonly NamedStage[] {
  const stages = stagesByScale(networkOf(graph), features);
  return stages.map((stage, i) =>
    'constants' in stage ? stage : { name: `stage ${i + 1}`, constants: stage },
  );
}
