import { type Graph, GraphBuilder } from '../graph/index.ts';
import type { FeatureSite } from '../locate/index.ts';
import { poolFeatures, toRows } from '../marnet/pooling.ts';
import { type BackboneOptions, prepareBackbone, type TrainableBackbone } from './backbone.ts';

/** Names of the outputs that `exposeClassifier` gives a graph. */
export const FEATURES = 'marnet/features';
export const LOGITS = 'marnet/logits';

/**
 * A clone of the graph whose outputs are, instead of its own, the feature vectors [N, D] and (where wanted) the
 * classifier's logits [N, C], both float32.
 */
export function exposeClassifier(
  graph: Graph,
  site: FeatureSite,
  wanted: { readonly logits: boolean },
): Graph {
  const copy = graph.clone();
  const builder = new GraphBuilder(copy, 'marnet/');
  copy.outputs = [];
  const value = { name: site.value, dtype: copy.typeOf(site.value)!.dtype, shape: site.shape };
  builder.output(builder.cast(poolFeatures(builder, value, site), 'float32'), FEATURES);
  if (wanted.logits) {
    const logits = builder.value(site.classifier.logits);
    builder.output(builder.cast(toRows(builder, logits), 'float32'), LOGITS);
  }
  return copy;
}

/** A backbone with the two values that the heads are grafted on, [batch, D] and [batch, C]. */
export interface ClassifierBackbone extends TrainableBackbone {
  readonly features: string;
  /** Undefined where the original classifier is not part of it. */
  readonly logits: string | undefined;
}

/** The classifier's graph made ready for training the whole of it; see `prepareBackbone`. */
export async function prepareClassifier(
  graph: Graph,
  site: FeatureSite,
  options: Omit<BackboneOptions, 'outputs'> & { readonly logits: boolean },
): Promise<ClassifierBackbone> {
  const exposed = exposeClassifier(graph, site, { logits: options.logits });
  const outputs = exposed.outputs.map((output) => output.name);
  const backbone = await prepareBackbone(exposed, { ...options, outputs });
  return { ...backbone, features: FEATURES, logits: options.logits ? LOGITS : undefined };
}
