/** Whether a classifier for other classes can take the place of a model's own, found out before anything is trained. */
import { MarnetError } from '../errors.ts';
import { descendantsOf } from '../graph/index.ts';
import type { FeatureSite } from '../locate/index.ts';
import { afterLogits } from '../marnet/index.ts';
import type { Model } from '../model.ts';
import { encodeGraph } from '../onnx/index.ts';
import { openSession } from '../runtime/session.ts';

/**
 * What follows the logits is compiled for the new number of classes; it is not where it also reads something with a number
 * for each of the old ones, as the scores of another classifier.
 * @throws MarnetError 'unsupported-model' where it cannot be compiled.
 */
export async function checkReplaceable({ graph }: Model, site: FeatureSite, classes: number): Promise<void> {
  const { logits, classes: before } = site.classifier;
  if (classes === before) return;
  const cause = await whyRefused(graph, site, classes);
  if (cause === undefined || (await whyRefused(graph, site, before))) return;
  const following = descendantsOf(graph, [logits]);
  const names = graph.outputs.map(({ name }) => name);
  const listed = (of: readonly string[]): string => of.map((name) => JSON.stringify(name)).join(', ');
  const others = names.filter((name) => name !== logits && name !== site.output && following.has(name));
  const fed = listed(others.length > 0 ? others : [site.output]);
  throw new MarnetError(
    'unsupported-model',
    `a classifier of ${classes} classes cannot take the place of the ${before} scores "${logits}": what is made of them for ${fed} also reads values for the ${before} classes`,
    {
      hint: `${names.length > 1 ? `Choose another output with --output, of ${listed(names)}, or keep` : 'Keep'} the model's classes with --classes keep.`,
      cause,
    },
  );
}

/** Why what follows the logits cannot be compiled for so many classes; undefined where it can be, or where that is not known. */
async function whyRefused(
  graph: Model['graph'],
  site: FeatureSite,
  classes: number,
): Promise<unknown | undefined> {
  const after = afterLogits(graph, site, classes);
  if (!after) return undefined;
  try {
    await (await openSession(encodeGraph(after), { optimization: 'disabled' })).close();
    return undefined;
  } catch (error) {
    return error;
  }
}
