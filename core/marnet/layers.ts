/** The few layers that the heads are made of, in forms that every operator set from 7 on has. */
import { float, float32, type GraphBuilder, int, type Value } from '../graph/index.ts';

/** The value behind the name of a parameter or buffer: a graph input in training, a constant in an exported model. */
export type Lookup = (name: string) => Value;

const EPSILON = 1e-5;

/** x [N,in] times weight [in,out] plus bias [out]. */
export function linear(b: GraphBuilder, x: Value, parameter: Lookup, name: string): Value {
  return b.op('Gemm', [x, parameter(`${name}/weight`), parameter(`${name}/bias`)]);
}

/** x sigmoid(x): smooth like GELU, and made of ops that even operator set 7 has. */
export function silu(b: GraphBuilder, x: Value): Value {
  return b.mul(x, b.sigmoid(x));
}

/** (x - mean) / sqrt(variance + 1e-5) over the last axis of x [N,d], then times scale [d] plus bias [d]. */
export function layerNorm(b: GraphBuilder, x: Value, scale: Value, bias: Value | undefined): Value {
  if (b.graph.opset >= 17) {
    return b.op('LayerNormalization', [x, scale, bias], { axis: int(-1), epsilon: float(EPSILON) });
  }
  const axis = x.shape.length - 1;
  const centred = b.sub(x, b.reduceMean(x, [axis], true));
  const variance = b.reduceMean(b.mul(centred, centred), [axis], true);
  const normal = b.mul(b.div(centred, b.sqrt(b.add(variance, b.scalar(EPSILON, x)))), scale);
  return bias ? b.add(normal, bias) : normal;
}

/** LayerNorm with learned scale and bias. */
export function learnedNorm(b: GraphBuilder, x: Value, parameter: Lookup, name: string): Value {
  return layerNorm(b, x, parameter(`${name}/scale`), parameter(`${name}/bias`));
}

/** LayerNorm without parameters. */
export function plainNorm(b: GraphBuilder, x: Value): Value {
  const d = x.shape.at(-1) as number;
  return layerNorm(b, x, b.constant(float32(new Float32Array(d).fill(1))), undefined);
}

/** Rows of x [N,d] divided by their length: cosine similarity is then a dot product. */
export function unitRows(b: GraphBuilder, x: Value): Value {
  const squares = b.reduceSum(b.mul(x, x), [1], true);
  return b.div(x, b.sqrt(b.add(squares, b.scalar(1e-12, x))));
}

/** x times a mask of zeros and 1/(1-p), where there is one. */
export function dropout(b: GraphBuilder, x: Value, mask: Value | undefined): Value {
  return mask ? b.mul(x, mask) : x;
}
