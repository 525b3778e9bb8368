/** The feature site that the user names. */
import { MarnetError } from '../errors.ts';
import { descendantsOf, type Node, type ValueInfo } from '../graph/index.ts';
import { findClassifierInput, poolingOf } from './finders.ts';
import { nearestNames, whyNoScores } from './outputs.ts';
import { matchReduction } from './reduction.ts';
import type { FeatureSite } from './site.ts';
import { keepsRows, walkTail, withoutOnes } from './tail.ts';
import { type GraphView, shapeText } from './view.ts';

/**
 * The site at the value `at`, or at the first output of the node of that name.
 * @param because why that one is meant.
 * @throws MarnetError 'usage' when neither exists; 'no-feature-site' when no output depends on it or it holds no vectors.
 */
export function siteAt(
  view: GraphView,
  at: string,
  outputs: readonly ValueInfo[],
  because: string,
): FeatureSite {
  const value = resolve(view, at);
  const fail = (why: string) =>
    new MarnetError('no-feature-site', `the features cannot be taken at "${at}": ${why}`);
  if (!view.isDynamic(value)) throw fail('it does not depend on the image');
  const form = poolingOf(view, value);
  if ('why' in form) throw fail(form.why);
  const reached = descendantsOf(view.graph, [value]);
  const leads = outputs.filter((output) => reached.has(output.name));
  const refused = leads.map((output) => whyNoScores(view, output));
  const usable = leads.filter((_, i) => !refused[i]);
  if (usable.length === 0)
    throw fail(
      leads.length === 0
        ? `it does not lead to ${outputs.map((o) => `"${o.name}"`).join(' or ')}`
        : leads.map((output, i) => `output "${output.name}": ${refused[i]}`).join('; '),
    );
  if (usable.every((output) => !leadsTo(view, value, walkTail(view, output.name).logits)))
    throw fail("it is the model's result: nothing but activations comes after it");
  const sites = usable
    .map((output) => siteFor(view, value, form, output.name, because))
    .filter((site) => site !== undefined);
  const best = sites.sort((a, b) => b.score - a.score)[0];
  if (!best) throw fail('the number of classes it leads to is not known');
  return best;
}

function resolve(view: GraphView, at: string): string {
  if (view.graph.inputs.some((input) => input.name === at) || view.uses.producer(at)) return at;
  const node = view.graph.nodes.find((candidate) => candidate.name === at);
  if (node) return node.outputs.find((output) => output !== '')!;
  const names = view.graph.nodes.flatMap((n) => [...n.outputs, n.name]).filter((name) => name !== '');
  const near = nearestNames(at, names);
  throw new MarnetError('usage', `the model has no value or node "${at}"`, {
    hint: near.length > 0 ? `Near it: ${near.map((name) => `"${name}"`).join(', ')}.` : 'It has no nodes.',
  });
}

function leadsTo(view: GraphView, value: string, logits: string): boolean {
  return value !== logits && descendantsOf(view.graph, [value]).has(logits);
}

function siteFor(
  view: GraphView,
  value: string,
  form: Exclude<ReturnType<typeof poolingOf>, { why: string }>,
  output: string,
  because: string,
): FeatureSite | undefined {
  const tail = walkTail(view, output);
  if (!leadsTo(view, value, tail.logits)) return undefined;
  const found = 'layer' in tail ? findClassifierInput(view, tail) : undefined;
  const reason = `${because}; it leads to "${output}"`;
  if (found && 'site' in found) {
    const { site } = found;
    if (site.value === value) return { ...site, reason: `${reason}: ${site.reason}` };
    const between = poolsInto(view, value, site);
    if (between && site.classifier.kind === 'linear') {
      const nodes = [...between.map((node) => node.outputs[0]!), ...site.classifier.nodes];
      return {
        ...site,
        value,
        shape: view.shapeOf(value)!,
        ...form,
        classifier: { ...site.classifier, nodes },
        reason,
      };
    }
  }
  const scores = view.shapeOf(tail.logits) ?? view.shapeOf(output);
  const classes = 'layer' in tail ? tail.layer.classes : scores && withoutOnes(scores).at(-1);
  if (typeof classes !== 'number') return undefined;
  const why = `other layers than one dense layer stand between "${value}" and "${tail.logits}"`;
  return {
    value,
    shape: view.shapeOf(value)!,
    ...form,
    classifier: { kind: 'opaque', logits: tail.logits, classes, why },
    output,
    activation: tail.activation,
    reason: `${reason} from ${shapeText(view.shapeOf(value))}`,
    score: 10,
  };
}

/**
 * The nodes between a map [N, D, ...] or tokens and the classifier's input, where they do nothing but what the pooling
 * of `value` does: one reduction, and rearrangements of its result.
 */
function poolsInto(view: GraphView, value: string, site: FeatureSite): Node[] | undefined {
  const form = poolingOf(view, value);
  const cuts = view.cutsBefore(site.value);
  const end = cuts.findIndex((cut) => cut.value === value);
  if (end < 0 || 'why' in form || form.width !== site.width) return undefined;
  const nodes = cuts.slice(1, end + 1).flatMap((cut) => cut.segment);
  let pooled = form.pooling === 'none' || withoutOnes(view.shapeOf(value)!.slice(1)).length === 1;
  for (const node of view.inGraphOrder(nodes)) {
    const reduction = matchReduction(view, node);
    if (reduction) {
      if (pooled || !reduction.linear || reduction.pooling !== form.pooling) return undefined;
      pooled = true;
    } else if (
      !keepsRows(node) ||
      !['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Dropout'].includes(node.op)
    ) {
      return undefined;
    }
  }
  return pooled ? view.inGraphOrder(nodes) : undefined;
}
