/** h = (x - mean) * r; g = dy * scale; dx = r * (g - mean(g) - h * mean(g * h)); see core/grad/ops.ts. */
import type { Value } from '../../graph/index.ts';
import { fixedShape, floatOf, input, intOf, type Lowerings, type Site } from '../lowering.ts';

function layerNormalizationGradient(site: Site): Value[] {
  const { builder, node } = site;
  const [x, scale, dy] = [input(site, 0), input(site, 1), input(site, 2)];
  const axis = intOf(node, 'axis');
  const rank = fixedShape(x).length;
  const inner = Array.from({ length: rank - axis }, (_, i) => axis + i);
  const outer = Array.from({ length: axis }, (_, i) => i);
  const mean = (v: Value): Value => builder.reduceMean(v, inner, true);
  const overRows = (v: Value): Value => (outer.length === 0 ? v : builder.reduceSum(v, outer));

  const centred = builder.sub(x, mean(x));
  const variance = mean(builder.mul(centred, centred));
  const deviation = builder.sqrt(builder.add(variance, builder.scalar(floatOf(node, 'epsilon'), x)));
  const r = builder.op('Reciprocal', [deviation]);
  const h = builder.mul(centred, r);
  const g = builder.mul(dy, scale);
  const projection = builder.mul(h, mean(builder.mul(g, h)));
  const dx = builder.mul(builder.sub(builder.sub(g, mean(g)), projection), r);
  return [dx, overRows(builder.mul(dy, h)), overRows(dy)];
}

export const LAYER_NORM: Lowerings = { LayerNormalizationGradient: layerNormalizationGradient };
