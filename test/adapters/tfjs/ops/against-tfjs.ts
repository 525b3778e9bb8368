/** Runs a few emitted nodes in ONNX Runtime beside the same operation of stock TensorFlow.js. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  float32,
  Graph,
  GraphBuilder,
  type Shape,
  sizeOf,
  type Tensor,
  toFloat32,
  type Value,
} from '../../../../core/graph/index.ts';
import { encodeGraph } from '../../../../core/onnx/index.ts';
import { openSession } from '../../../../core/runtime/session.ts';

await tf.setBackend('cpu');

export { tf };

/** Values in [-1, 1) that depend on the seed alone. */
export function noise(dims: readonly number[], seed = 1): Tensor {
  let state = (seed * 2654435761) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return float32(Float32Array.from({ length: sizeOf(dims) }, next), dims);
}

export function toTf(tensor: Tensor): tf.Tensor {
  return tf.tensor(tensor.data as Float32Array, [...tensor.dims]);
}

/** What the emitted graph makes of x. @param declared the input's shape as the graph has it, where some is left open. */
export async function runEmitted(
  x: Tensor,
  emit: (b: GraphBuilder, x: Value) => Value,
  declared: Shape = x.dims,
): Promise<Tensor> {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  const value = emit(b, b.input('x', 'float32', declared));
  b.output(value, 'y');
  const session = await openSession(encodeGraph(graph));
  const { y } = await session.run({ x });
  await session.close();
  const expected = value.shape;
  const wrong = expected.some((d, i) => typeof d === 'number' && d !== y!.dims[i]);
  if (wrong || expected.length !== y!.dims.length)
    throw new Error(`inferred [${expected}], but the result is [${y!.dims}]`);
  return y!;
}

/** The largest absolute difference, with both shapes compared first. */
export function difference(ours: Tensor, theirs: tf.Tensor): number {
  if (ours.dims.join() !== theirs.shape.join())
    throw new Error(`our shape is [${ours.dims}], TensorFlow.js' [${theirs.shape}]`);
  const [a, b] = [toFloat32(ours), theirs.dataSync()];
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (!(d <= largest)) largest = d;
  }
  return largest;
}
