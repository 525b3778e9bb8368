import type { Graph } from '../../core/graph/index.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import type { BackboneAdapter, ModelFacts, Stage, Verdict } from '../adapter.ts';
import { type Network, networkOf } from './network.ts';

/** Something that a network of the family has, or the reason why a network is not of it. */
export type Sign = readonly [holds: boolean, otherwise: string];

/** A family of networks that is told by its structure. */
export interface Family extends Omit<BackboneAdapter, 'matches' | 'features' | 'stages'> {
  readonly about: string;
  /** In the order in which they are looked at: the first that does not hold is the reason. */
  signs(network: Network): Iterable<Sign>;
  /** What is said of a network that has all of them. */
  because(network: Network): string;
  stages?(network: Network, features: string): readonly Stage[];
}

/**
 * The family as an adapter. The feature layer is left to the search: where a family has one place for it, the search finds
 * that place, and where a network was changed, it finds the right one.
 */
export function familyAdapter({ signs, because, stages, ...rest }: Family): BackboneAdapter {
  return {
    ...rest,
    matches: (graph) => verdictOf(networkOf(graph), signs, because),
    ...(stages && { stages: (graph: Graph) => stages(networkOf(graph), featuresOf(graph)) }),
  };
}

/** Whether a graph has all signs of one of the families, for adapters of exporters that build on them. */
export function verdictOf(network: Network, signs: Family['signs'], because: Family['because']): Verdict {
  if (network.convolutions.length === 0) return { matches: false, because: 'it has no convolution' };
  for (const [holds, otherwise] of signs(network)) if (!holds) return { matches: false, because: otherwise };
  return { matches: true, because: because(network) };
}

/** The value that the search finds. */
export function featuresOf(graph: Graph): string {
  return locateFeatures({ graph })[0]!.value;
}

export type Facts = ModelFacts;

/** "a 3x3 stem with stride 2, no residual connections" */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number === 0 ? 'no' : number} ${number === 1 ? one : many}`;
}
