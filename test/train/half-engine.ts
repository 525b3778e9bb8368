/**
 * A device with float16, on any machine: every value that a graph has in float16 is a float32 that is rounded to
 * float16 after each op, by arithmetic that onnxruntime cannot take away (its CPU has few float16 kernels, and it drops
 * the conversions around the others). Sums within an op are float32's, as on tensor cores.
 */
import {
  DTYPE_NUMBER,
  float32,
  type Graph,
  GraphBuilder,
  int,
  type Tensor,
  toFloat32,
  type Value,
} from '../../core/graph/index.ts';
import type { GraphEngine } from '../../core/runtime/graph-engine.ts';
import { openWriting } from '../../core/runtime/writing-session.ts';

export const halfEngine: GraphEngine = {
  name: 'onnxruntime',
  target: 'portable',
  blocked: false,
  longestHalfSum: 4096,
  open: (graph) => openWriting(emulated(graph)),
  notices: () => [],
};

/** Numbers below this are multiples of 2^-24 in float16. */
const SUBNORMAL = 2 ** -14;
const LARGEST = 65504;

/** x to the nearest float16, ties to even: to 11 bits (Dekker's splitting), in steps of 2^-24, or infinite. */
export function roundToHalf(b: GraphBuilder, x: Value): Value {
  const number = (value: number) => b.constant(float32([value], []));
  const bounded = b.op('Min', [b.op('Max', [x, number(-4 * LARGEST)]), number(4 * LARGEST)]);
  const split = b.mul(bounded, number(2 ** 13 + 1));
  const normal = b.sub(split, b.sub(split, bounded));
  const subnormal = b.sub(b.add(bounded, number(0.75)), number(0.75));
  const near = b.where(b.less(b.op('Abs', [x]), number(SUBNORMAL)), subnormal, normal);
  const infinite = b.mul(x, number(Number.POSITIVE_INFINITY));
  const rounded = b.where(b.greater(b.op('Abs', [near]), number(LARGEST)), infinite, near);
  return b.where(b.equal(x, x), rounded, x);
}

export function emulated(graph: Graph): Graph {
  const result = graph.clone();
  result.nodes = [];
  const isHalf = (name: string) => graph.typeOf(name)?.dtype === 'float16';
  for (const [name, { dtype, dims, read }] of graph.constants) {
    const tensor = (): Tensor => ({ dtype: 'float32', dims, data: toFloat32(read()) });
    if (dtype === 'float16') result.constants.set(name, { dtype: 'float32', dims, read: tensor });
  }
  for (const [name, type] of graph.types)
    if (type.dtype === 'float16') result.types.set(name, { ...type, dtype: 'float32' });
  const b = new GraphBuilder(result, 'half/');
  for (const node of graph.nodes) {
    const exact = new Map(node.outputs.filter(isHalf).map((name) => [name, b.uniqueName('exact')]));
    for (const [name, raw] of exact) result.types.set(raw, { ...graph.typeOf(name)!, dtype: 'float32' });
    const toHalf = node.op === 'Cast' && isHalf(node.outputs[0]!);
    result.nodes.push({
      ...node,
      outputs: node.outputs.map((name) => exact.get(name) ?? name),
      attributes: toHalf ? { to: int(DTYPE_NUMBER.float32) } : node.attributes,
    });
    for (const [name, raw] of exact) b.op('Identity', [roundToHalf(b, b.value(raw))], {}, { names: [name] });
  }
  return result;
}
