/**
 * Which adapter a model gets. All are asked. Of those that match, the one of the highest specificity; at the same number a
 * user's before a built-in one, then the one registered first.
 */
import { MarnetError } from '../core/errors.ts';
import type { Graph } from '../core/graph/index.ts';
import { type BackboneAdapter, type ModelFacts, USUAL_SPECIFICITY } from './adapter.ts';

interface Candidate {
  readonly adapter: BackboneAdapter;
  readonly origin: string;
}

/** What one adapter said of a model. */
export interface Opinion extends Candidate {
  readonly matches: boolean;
  readonly because: string;
  readonly specificity: number;
  /** Set where it threw instead. */
  readonly error?: MarnetError;
}

const NOTHING_SAID: ModelFacts = { format: 'onnx', metadata: new Map(), producer: undefined };

/** What every adapter says, those that match first, the one that is used before all. */
export function opinionsOn(
  candidates: readonly Candidate[],
  graph: Graph,
  facts: ModelFacts = NOTHING_SAID,
): Opinion[] {
  const opinions = candidates.map((candidate) => opinionOf(candidate, graph, facts));
  const rank = ({ matches, specificity, origin }: Opinion): number[] => [
    Number(!matches),
    -specificity,
    Number(origin === 'built in'),
  ];
  return opinions
    .map((opinion, order) => ({ opinion, key: [...rank(opinion), order] }))
    .sort((a, b) => a.key.map((k, i) => k - b.key[i]!).find((difference) => difference !== 0) ?? 0)
    .map(({ opinion }) => opinion);
}

/** @throws MarnetError 'adapter' when one throws, naming it. */
export function chosenAdapter(
  candidates: readonly Candidate[],
  graph: Graph,
  facts?: ModelFacts,
): Opinion | undefined {
  const opinions = opinionsOn(candidates, graph, facts);
  for (const { error } of opinions) if (error) throw error;
  return opinions.find(({ matches }) => matches);
}

function opinionOf({ adapter, origin }: Candidate, graph: Graph, facts: ModelFacts): Opinion {
  const base = { adapter, origin, specificity: adapter.specificity ?? USUAL_SPECIFICITY };
  try {
    const said = adapter.matches(graph, facts);
    if (typeof said === 'boolean')
      return { ...base, matches: said, because: said ? 'it says so' : 'it gives no reason' };
    return { ...base, matches: said.matches, because: said.because };
  } catch (cause) {
    const error = adapterError(adapter.name, origin, 'matches', cause);
    return { ...base, matches: false, because: error.message, error };
  }
}

/** The error for an adapter whose function threw. */
export function adapterError(name: string, origin: string, member: string, cause: unknown): MarnetError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new MarnetError('adapter', `the adapter "${name}" (${origin}) failed in ${member}: ${text}`, {
    hint: 'Correct the adapter, or leave it out. MARNET_DEBUG=1 shows where it failed.',
    cause,
  });
}
