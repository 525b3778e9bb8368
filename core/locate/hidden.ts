/** Several dense layers in a row: the earlier ones' inputs are sites too, if less good ones. */
import { describe, matchDense } from './dense.ts';
import { asRead } from './dequantization.ts';
import { featureShape, SCORE } from './finders.ts';
import type { FeatureSite, Pooling } from './site.ts';
import { keepsRows } from './tail.ts';
import type { GraphView } from './view.ts';

/** Inputs of the dense layers before the classifier's, nearest first. */
export function findHiddenLayers(view: GraphView, best: FeatureSite): FeatureSite[] {
  const sites: FeatureSite[] = [];
  const cuts = view.cutsBefore(best.value);
  for (let i = 0; i < cuts.length; i++) {
    const layer = matchDense(view, cuts[i]!.value);
    if (!('why' in layer)) {
      const vector = vectorForm(view, layer.x, layer.classAxis);
      if (!vector || vector.pooling === 'mean-tokens' || !layer.width) break;
      const follow = sites.length + 1;
      const why = `${follow === 1 ? 'another dense layer stands' : `${follow} dense layers stand`} between it and the classifier`;
      const { dequantization: _, ...rest } = best;
      sites.push({
        ...rest,
        ...asRead(layer.dequantization),
        value: layer.x,
        shape: featureShape(view, layer, layer.width),
        pooling: vector.pooling,
        width: layer.width,
        classifier: { kind: 'opaque', logits: best.classifier.logits, classes: best.classifier.classes, why },
        reason: `${describe(layer.nodes.at(-1)!)} makes a hidden layer of its ${layer.width} features; ${why}`,
        score: SCORE.hidden - 5 * follow + best.score - SCORE.linear,
      });
      i = cuts.findIndex((cut) => cut.value === layer.x) - 1;
      if (i < 0) break;
    } else if (!cuts[i + 1]?.segment.every(keepsRows)) break;
  }
  return sites;
}

/** One row an image: [N, D], [N, D, 1, 1], or [N, 1, D]. */
function vectorForm(view: GraphView, name: string, axis: 1 | -1): { pooling: Pooling } | undefined {
  const shape = view.shapeOf(name);
  if (axis === -1) return !shape || shape.length === 2 ? { pooling: 'none' } : undefined;
  return shape?.slice(2).every((dim) => dim === 1) ? { pooling: 'mean-spatial' } : undefined;
}
