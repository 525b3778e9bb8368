import { MarnetError } from '../errors.ts';
import { ancestorsOf, type Graph } from '../graph/index.ts';
import { siteAt } from './at.ts';
import { type Found, findClassifierInput, findCut } from './finders.ts';
import { findHiddenLayers } from './hidden.ts';
import { chooseOutputs, picksClass, whyNoScores } from './outputs.ts';
import type { FeatureSite } from './site.ts';
import { walkTail } from './tail.ts';
import { GraphView } from './view.ts';

/** Where to look for the features. */
export interface LocateOptions {
  /** Name of the output whose classifier is meant, or its number of classes. */
  readonly output?: string;
  /** Name of the feature value, or of the node that makes it, in place of a search. */
  readonly at?: string;
}

/** What was tried at an output, and why it failed. */
interface Attempt {
  readonly output: string;
  readonly finder: string;
  readonly why: string;
}

/**
 * Where the features can be taken that an image classifier's last layer reads, best first.
 * Works on the graph as the file has it; types that the graph lacks are inferred where that is easy.
 * @param because why it is `options.at` that is meant, for the reason of the site.
 * @throws MarnetError 'no-feature-site' with what was tried at which output; 'usage' when an option names nothing.
 */
export function locateFeatures(
  model: { readonly graph: Graph },
  options: LocateOptions = {},
  because = 'named by the user',
): FeatureSite[] {
  const view = new GraphView(model.graph);
  const outputs = chooseOutputs(view, options.output);
  if (options.at !== undefined) return [siteAt(view, options.at, outputs, because)];
  const attempts: Attempt[] = [];
  const sites: FeatureSite[] = [];
  for (const output of outputs) {
    const refuse = (finder: string, why: string) => attempts.push({ output: output.name, finder, why });
    const none = whyNoScores(view, output);
    if (none) refuse('scores', none);
    else sites.push(...sitesOf(view, output.name, refuse));
  }
  if (sites.length === 0) throw noSite(attempts);
  return rank(view, sites);
}

/** Sites on the way to one output. */
export function sitesOf(
  view: GraphView,
  output: string,
  refuse: (finder: string, why: string) => void,
): FeatureSite[] {
  const tail = walkTail(view, output);
  const attempt = (finder: string, found: Found): FeatureSite | undefined => {
    if ('site' in found) return found.site;
    refuse(finder, found.why);
    return undefined;
  };
  if ('layer' in tail) {
    const site = attempt('last dense layer', findClassifierInput(view, tail));
    return site ? [site, ...findHiddenLayers(view, site)] : [];
  }
  refuse('last dense layer', tail.why);
  const site = attempt('features before an unknown head', findCut(view, tail, output));
  return site ? [site] : [];
}

/**
 * Sites by score, which is that of their kind plus what their output is worth: deeper outputs (auxiliary heads branch
 * off early), then more classes; an output that another output's classifier reads is no end, and one that is part of
 * another's classifier, as each of several heads is of their mean, comes after it whatever its kind.
 */
function rank(view: GraphView, sites: readonly FeatureSite[]): FeatureSite[] {
  const depths = new Map<string, number>();
  const upstream = new Map<string, Set<string>>();
  for (const { output, classifier } of sites) {
    if (depths.has(output)) continue;
    const nodes = ancestorsOf(view.graph, [classifier.logits]);
    depths.set(output, nodes.length);
    upstream.set(
      output,
      new Set(nodes.flatMap((node) => node.outputs).filter((name) => name !== classifier.logits)),
    );
  }
  const deepest = Math.max(...depths.values());
  const worth = (site: FeatureSite): number => {
    const { logits, classes } = site.classifier;
    const readers = sites.filter(
      (other) => other.classifier.logits !== logits && upstream.get(other.output)!.has(logits),
    );
    const isPart = readers.some(
      ({ value, classifier }) => classifier.classes === classes && upstream.get(site.output)!.has(value),
    );
    return (
      (10 * depths.get(site.output)!) / deepest +
      0.3 * Math.log2(site.classifier.classes) -
      (isPart ? 100 : readers.length > 0 ? 60 : 0) -
      (/aux/i.test(site.output) ? 20 : 0) -
      (picksClass(view, site.output) ? 5 : 0)
    );
  };
  const scored = sites.map((site) => ({
    ...site,
    score: Math.round((site.score + worth(site)) * 100) / 100,
  }));
  scored.sort((a, b) => b.score - a.score);
  const seen = new Set<string>();
  return scored.filter(({ value, classifier }) => {
    const key = JSON.stringify([value, classifier.logits]);
    return !seen.has(key) && seen.add(key);
  });
}

function noSite(attempts: readonly Attempt[]): MarnetError {
  const tried = attempts.map(({ output, finder, why }) => `  output "${output}", ${finder}: ${why}`);
  const message =
    attempts.length === 0
      ? 'no feature layer was found: the model has no outputs'
      : `no feature layer was found; tried:\n${tried.join('\n')}`;
  return new MarnetError('no-feature-site', message, {
    hint: 'If the model is a classifier, name the value that holds its features: --at NAME (`marnet-wrap inspect MODEL --nodes` lists them).',
  });
}
