/** h = (x - mean) * r; g = dy * scale; dx = r * (g - mean(g) - h * mean(g * h)); see core/grad/ops.ts. */
import { float, float32, int, type Value } from '../../graph/index.ts';
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

  const { h, r } = site.target === 'cpu' && x.dtype === 'float32' ? fused() : composed();
  const g = builder.mul(dy, scale);
  const projection = builder.mul(h, mean(builder.mul(g, h)));
  const dx = builder.mul(builder.sub(builder.sub(g, mean(g)), projection), r);
  return [dx, overRows(builder.mul(dy, h)), overRows(dy)];

  /** The forward op's own kernel, in one pass; not every device's kernel gives 1/deviation too. */
  function fused(): { readonly h: Value; readonly r: Value } {
    const shape = fixedShape(x);
    const size = shape.slice(axis);
    const ones = builder.constant(float32(new Float32Array(size.reduce((a, b) => a * b, 1)).fill(1), size));
    const row = { dtype: x.dtype, shape: shape.map((d, i) => (i < axis ? d : 1)) };
    const [h, , r] = builder.ops(
      'LayerNormalization',
      [x, ones],
      { axis: int(axis), epsilon: float(floatOf(node, 'epsilon')) },
      { outputs: 3, types: [{ dtype: x.dtype, shape }, row, row] },
    );
    return { h: h!, r: r! };
  }

  function composed(): { readonly h: Value; readonly r: Value } {
    const centred = builder.sub(x, mean(x));
    const variance = mean(builder.mul(centred, centred));
    const deviation = builder.sqrt(builder.add(variance, builder.scalar(floatOf(node, 'epsilon'), x)));
    const r = builder.op('Reciprocal', [deviation]);
    return { h: builder.mul(centred, r), r };
  }
}

export const LAYER_NORM: Lowerings = { LayerNormalizationGradient: layerNormalizationGradient };
