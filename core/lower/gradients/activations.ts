/**
 * Gradients of elementwise functions; the formulas stand in core/grad/ops.ts. Masks are applied by Where, which keeps
 * NaN and infinity of masked-out gradients from spreading, and has a kernel everywhere. onnxruntime's Where on a CPU
 * makes three passes, so that there a product with the mask is cheaper (15 ms for 21 on 8x64x112x112, one thread).
 */
import { float, floatAttribute, type Value } from '../../graph/index.ts';
import { floatOf, input, type Lowerings, type Site, stringOf } from '../lowering.ts';

const masked = ({ builder, target }: Site, mask: Value, dy: Value): Value =>
  target === 'cpu'
    ? builder.mul(dy, builder.cast(mask, dy.dtype))
    : builder.where(mask, dy, builder.scalar(0, dy));

/**
 * HardSigmoid as steep as float32 allows is 1 for positive numbers and 0 for zero: a mask in one pass where Greater and
 * Cast take two (1.7 ms for 3.5 on 8x64x56x56, with the product, two threads). Below 2^-127 it is no longer exact.
 */
export const STEEPEST = 2 ** 127;

function reluGradient(site: Site): Value[] {
  const { builder, target } = site;
  const [y, dy] = [input(site, 0), input(site, 1)];
  if (target === 'portable' || y.dtype !== 'float32')
    return [masked(site, builder.greater(y, builder.scalar(0, y)), dy)];
  const mask = builder.op('HardSigmoid', [y], { alpha: float(STEEPEST), beta: float(0) });
  return [builder.mul(dy, mask)];
}

function clipGradient(site: Site): Value[] {
  const { builder, node } = site;
  const x = input(site, 0);
  let dx = input(site, 1);
  const min = floatAttribute(node, 'min', undefined);
  const max = floatAttribute(node, 'max', undefined);
  if (min !== undefined && max !== undefined && site.target === 'cpu') {
    const above = builder.greater(x, builder.scalar(min, x));
    const below = builder.less(x, builder.scalar(max, x));
    return [masked(site, builder.op('And', [above, below]), dx)];
  }
  if (min !== undefined) dx = masked(site, builder.greater(x, builder.scalar(min, x)), dx);
  if (max !== undefined) dx = masked(site, builder.less(x, builder.scalar(max, x)), dx);
  return [dx];
}

function hardSwishGradient(site: Site): Value[] {
  const { builder } = site;
  const [x, dy] = [input(site, 0), input(site, 1)];
  const inner = builder.add(builder.mul(x, builder.scalar(1 / 3, x)), builder.scalar(0.5, x));
  const low = builder.where(builder.greater(x, builder.scalar(-3, x)), inner, builder.scalar(0, x));
  const slope = builder.where(builder.less(x, builder.scalar(3, x)), low, builder.scalar(1, x));
  return [builder.mul(dy, slope)];
}

function hardSigmoidGradient(site: Site): Value[] {
  const { builder, node } = site;
  const [x, dy] = [input(site, 0), input(site, 1)];
  const [alpha, beta] = [floatOf(node, 'alpha'), floatOf(node, 'beta')];
  const y = builder.add(builder.mul(x, builder.scalar(alpha, x)), builder.scalar(beta, x));
  const above = masked(
    site,
    builder.greater(y, builder.scalar(0, y)),
    builder.mul(dy, builder.scalar(alpha, dy)),
  );
  return [masked(site, builder.less(y, builder.scalar(1, y)), above)];
}

function geluGradient(site: Site): Value[] {
  const { builder, node } = site;
  const [x, dy] = [input(site, 0), input(site, 1)];
  const c = (value: number): Value => builder.scalar(value, x);
  const half = (t: Value): Value => builder.mul(builder.add(t, c(1)), c(0.5));
  const exact = stringOf(node, 'approximate') === 'none';
  if (exact && site.target === 'cpu' && x.dtype === 'float32') return [exactGeluGradient(site)];
  const square = builder.mul(x, x);
  if (exact) {
    const probability = half(builder.op('Erf', [builder.mul(x, c(Math.SQRT1_2))]));
    const density = builder.mul(builder.exp(builder.mul(square, c(-0.5))), c(1 / Math.sqrt(2 * Math.PI)));
    return [builder.mul(dy, builder.add(probability, builder.mul(x, density)))];
  }
  const [k, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
  const t = builder.tanh(builder.mul(x, builder.add(builder.mul(square, c(k * cubic)), c(k))));
  const inner = builder.add(builder.mul(square, c(3 * k * cubic)), c(k));
  const slope = builder.mul(builder.sub(c(1), builder.mul(t, t)), inner);
  return [builder.mul(dy, builder.add(half(t), builder.mul(builder.mul(x, c(0.5)), slope)))];
}

/**
 * dy (P + u e^(-u^2) / sqrt(pi)) with u = x / sqrt(2), which is the same in nine passes for eleven. The probability
 * P = erf(u)/2 + 1/2 takes one pass as a HardSigmoid, between whose bounds it is; the divisor is in the exponent.
 */
function exactGeluGradient(site: Site): Value {
  const { builder } = site;
  const [x, dy] = [input(site, 0), input(site, 1)];
  const c = (value: number): Value => builder.scalar(value, x);
  const u = builder.mul(x, c(Math.SQRT1_2));
  const probability = builder.op('HardSigmoid', [builder.op('Erf', [u])], {
    alpha: float(0.5),
    beta: float(0.5),
  });
  const density = builder.exp(builder.sub(c(-Math.log(Math.PI) / 2), builder.mul(u, u)));
  return builder.mul(dy, builder.add(probability, builder.mul(u, density)));
}

export const ACTIVATIONS: Lowerings = {
  StopGradient: (site) => [input(site, 0)],
  ReluGradient: reluGradient,
  ClipGradient: clipGradient,
  HardSwishGradient: hardSwishGradient,
  HardSigmoidGradient: hardSigmoidGradient,
  SigmoidGradient: (site) => {
    const { builder } = site;
    const [y, dy] = [input(site, 0), input(site, 1)];
    return [builder.mul(dy, builder.mul(y, builder.sub(builder.scalar(1, y), y)))];
  },
  TanhGradient: (site) => {
    const { builder } = site;
    const [y, dy] = [input(site, 0), input(site, 1)];
    return [builder.mul(dy, builder.sub(builder.scalar(1, y), builder.mul(y, y)))];
  },
  GeluGradient: geluGradient,
};
