/** What an adapter says of a model, checked against the graph: names that exist, shapes that fit. */
import { type Preprocess, preprocessSchema } from '../core/data/preprocess.ts';
import { MarnetError } from '../core/errors.ts';
import { type Graph, isFloating } from '../core/graph/index.ts';
import { nearestNames } from '../core/locate/index.ts';
import type { Model } from '../core/model.ts';
import { check, problemText } from '../core/schema/index.ts';
import type { BackboneAdapter, ModelFacts, SiteClaim, Stage } from './adapter.ts';
import { adapterError, chosenAdapter, type Opinion, opinionsOn } from './choice.ts';
import { backboneRegistrations } from './registry.ts';

/** A stage as it is trained: its name, and the names of the weights (constants of the graph) in it. */
export interface NamedStage {
  readonly name: string;
  readonly constants: readonly string[];
}

/** The adapter of a model and what it says; nothing but `others` where none matches. */
export interface Knowledge {
  readonly adapter: Opinion | undefined;
  /** Others that match too, in the order in which they would have been used. */
  readonly others: readonly Opinion[];
  readonly site: SiteClaim | undefined;
  readonly frozen: readonly string[];
  readonly stages: readonly NamedStage[] | undefined;
  readonly loraTargets: readonly string[] | undefined;
}

export const NOTHING_KNOWN: Knowledge = {
  adapter: undefined,
  others: [],
  site: undefined,
  frozen: [],
  stages: undefined,
  loraTargets: undefined,
};

export function factsOf({ format, metadata, producer }: Pick<Model, keyof ModelFacts>): ModelFacts {
  return { format, metadata, producer };
}

/** What every registered adapter says of a model. */
export function opinionsOf(model: Model): Opinion[] {
  return opinionsOn(backboneRegistrations(), model.graph, factsOf(model));
}

/**
 * @param opinions what `opinionsOf` gave for the model, where that was asked already.
 * @throws MarnetError 'adapter' when an adapter throws, or says what the graph does not have; it is named.
 */
export function knowledgeOf(model: Model, opinions = opinionsOf(model)): Knowledge {
  const { graph } = model;
  const facts = factsOf(model);
  for (const { error } of opinions) if (error) throw error;
  const [chosen, ...others] = opinions.filter(({ matches }) => matches);
  if (!chosen) return NOTHING_KNOWN;
  const ask = asking(chosen);
  const site = ask('features', (adapter) => adapter.features?.(graph, facts));
  const stages = ask('stages', (adapter) => adapter.stages?.(graph, facts))?.map(namedStage);
  const frozen = ask('freeze', (adapter) => adapter.freeze?.(graph, facts)) ?? [];
  const loraTargets = ask('loraTargets', (adapter) => adapter.loraTargets?.(graph, facts));
  checkConstants(chosen, graph, 'freeze', frozen);
  if (loraTargets) checkConstants(chosen, graph, 'loraTargets', loraTargets);
  const seen = new Map<string, string>();
  for (const { name, constants } of stages ?? []) {
    checkConstants(chosen, graph, `stage "${name}"`, constants);
    for (const constant of constants) {
      const before = seen.get(constant);
      if (before !== undefined)
        throw lie(chosen, `has the constant "${constant}" in two stages, "${before}" and "${name}"`);
      seen.set(constant, name);
    }
  }
  if (loraTargets) checkMatrices(chosen, graph, loraTargets);
  const claim = typeof site === 'string' ? { value: site } : site;
  return { adapter: chosen, others, site: claim, frozen, stages, loraTargets };
}

/** The preprocessing that the model's adapter says. @throws MarnetError 'adapter' when it throws or gives none that is valid. */
export function adapterPreprocess(
  model: Model,
): { readonly preprocess: Preprocess; readonly by: string } | undefined {
  const chosen = chosenAdapter(backboneRegistrations(), model.graph, factsOf(model));
  if (!chosen) return undefined;
  const given = asking(chosen)('preprocess', (adapter) => adapter.preprocess?.(model.graph, factsOf(model)));
  const checked = given === undefined ? undefined : check(preprocessSchema, given);
  if (checked && !checked.success)
    throw lie(chosen, `gives a preprocessing that is none: ${problemText(checked.problems[0], 'value')}`);
  return given && { preprocess: given, by: chosen.adapter.name };
}

type Ask = <T>(member: string, read: (adapter: BackboneAdapter) => T) => T;

function asking({ adapter, origin }: Opinion): Ask {
  return (member, read) => {
    try {
      return read(adapter);
    } catch (cause) {
      throw adapterError(adapter.name, origin, member, cause);
    }
  };
}

/** The error for an adapter that says what is not so; `what` completes "the adapter …". */
export function lie({ adapter, origin }: Pick<Opinion, 'adapter' | 'origin'>, what: string, hint?: string) {
  return new MarnetError('adapter', `the adapter "${adapter.name}" (${origin}) ${what}`, {
    hint: hint ?? 'Correct the adapter; `marnet-wrap inspect MODEL --nodes` lists what the graph has.',
  });
}

function namedStage(stage: Stage, index: number): NamedStage {
  return 'constants' in stage ? stage : { name: `stage ${index + 1}`, constants: stage };
}

/** Names of constants, whichever way the graph holds them. */
function constantsOf(graph: Graph): Set<string> {
  const names = new Set(graph.constants.keys());
  for (const node of graph.nodes)
    if (node.op === 'Constant' && node.domain === '') names.add(node.outputs[0]!);
  return names;
}

function checkConstants(opinion: Opinion, graph: Graph, where: string, names: readonly string[]): void {
  const known = constantsOf(graph);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const shown = unknown.slice(0, 3).map((name) => `"${name}"`);
  const more = unknown.length > 3 ? ` and ${unknown.length - 3} more` : '';
  const near = nearestNames(unknown[0]!, known, 3).map((name) => `"${name}"`);
  throw lie(
    opinion,
    `names constants in ${where} that the graph does not have: ${shown.join(', ')}${more}`,
    near.length > 0 ? `Near the first: ${near.join(', ')}.` : 'The graph has no constants.',
  );
}

/** Low-rank updates are of matrices: [m, n], or a convolution's [m, n, 1, 1]. */
function checkMatrices(opinion: Opinion, graph: Graph, names: readonly string[]): void {
  for (const name of names) {
    const type = graph.typeOf(name);
    if (!type?.shape || !isFloating(type.dtype)) continue;
    const matrix = type.shape.length >= 2 && type.shape.slice(2).every((dim) => dim === 1);
    if (!matrix)
      throw lie(opinion, `names "${name}" [${type.shape.join(', ')}] in loraTargets, which is no matrix`);
  }
}
