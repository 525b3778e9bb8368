/** The feature layer: what the caller names, else what the model's adapter says, else what the search finds. */
import type { Opinion } from '../../adapters/choice.ts';
import { type Knowledge, lie } from '../../adapters/knowledge.ts';
import { MarnetError } from '../errors.ts';
import { type FeatureSite, type LocateOptions, locateFeatures } from '../locate/index.ts';
import type { Model } from '../model.ts';
import type { AdapterMatch } from './events.ts';

export function matchOf({ adapter, origin, specificity, because }: Opinion): AdapterMatch {
  return { name: adapter.name, origin, specificity, because };
}

/**
 * Candidates, best first.
 * @throws MarnetError as `locateFeatures` does; 'adapter' when the adapter names a place that cannot be it.
 */
export function sitesOf(model: Model, knowledge: Knowledge, wish: LocateOptions = {}): FeatureSite[] {
  const { adapter, site: claim } = knowledge;
  if (!claim || !adapter || wish.at !== undefined) return locateFeatures(model, wish);
  const output = wish.output ?? claim.output;
  const because = `the adapter "${adapter.adapter.name}" says so`;
  const options = { at: claim.value, ...(output === undefined ? {} : { output }) };
  let found: FeatureSite[];
  try {
    found = locateFeatures(model, options, because);
  } catch (error) {
    if (!(error instanceof MarnetError)) throw error;
    throw lie(
      adapter,
      `says that the features are at "${claim.value}", but ${error.message}`,
      error.hint ?? undefined,
    );
  }
  return found.map((site) => withClaim(model, knowledge, site));
}

/** The site as the adapter has it, where its shapes allow that. */
function withClaim(model: Model, { adapter, site: claim }: Knowledge, site: FeatureSite): FeatureSite {
  const { pooling = site.pooling, classifier } = claim!;
  const fitting: Record<FeatureSite['pooling'], boolean> = {
    none: site.shape.length === 2,
    'mean-spatial': site.shape.length !== 2,
    'class-token': site.shape.length === 3,
    'mean-tokens': site.shape.length === 3,
  };
  if (!fitting[pooling])
    throw lie(
      adapter!,
      `says pooling "${pooling}", but "${site.value}" is [${site.shape.join(', ')}]`,
      '"none" takes [N, D], "class-token" and "mean-tokens" take [N, T, D], "mean-spatial" takes [N, D, ...].',
    );
  if (classifier) {
    const { weight, bias, layout, logits } = classifier;
    const dims = model.graph.constants.get(weight)?.dims.filter((dim, i) => i < 2 || dim !== 1);
    const [d, c] = layout === 'DC' ? [dims?.[0], dims?.[1]] : [dims?.[1], dims?.[0]];
    const offsets = bias === undefined ? undefined : model.graph.constants.get(bias)?.dims;
    if (dims?.length !== 2 || d !== site.width || (bias !== undefined && offsets?.at(-1) !== c))
      throw lie(
        adapter!,
        `says that "${weight}" [${dims?.join(', ') ?? 'no constant'}]${bias ? ` and "${bias}" [${offsets?.join(', ') ?? 'no constant'}]` : ''} classify ${site.width} features in the layout ${layout}`,
      );
    if (!model.graph.nodes.some((node) => node.outputs.includes(logits)))
      throw lie(adapter!, `says that the logits are "${logits}", which no node makes`);
    const nodes = site.classifier.kind === 'linear' ? site.classifier.nodes : [];
    return {
      ...site,
      pooling,
      classifier: { kind: 'linear', logits, classes: c!, weight, bias, layout, nodes },
    };
  }
  if (pooling === site.pooling) return site;
  const { logits, classes } = site.classifier;
  const why = `it reads ${site.pooling}, and the adapter "${adapter!.adapter.name}" wants ${pooling}`;
  return { ...site, pooling, classifier: { kind: 'opaque', logits, classes, why } };
}
