import { MarnetError } from '../errors.ts';
import {
  type Constant,
  constantOf,
  descendantsOf,
  type Graph,
  int64,
  knownTensor,
  removeDead,
  type Tensor,
  toNumbers,
  usesOf,
} from '../graph/index.ts';
import { encodeGraph } from '../onnx/index.ts';
import { openSession } from './session.ts';
import { annotateTypes } from './types.ts';

/**
 * A graph made for one image, rewritten to take `batch` of them: the image's first dimension grows, and so does the
 * first size in every Reshape and Expand that the image reaches. Right only where the batch stays the leading axis, so
 * `rebatchIfSame` compares the result with single images.
 * @param graph simplified for batch 1; not changed.
 * @param image the name of its image input.
 */
export function rebatch(graph: Graph, image: string, batch: number): Graph {
  const copy = graph.clone();
  copy.types.clear();
  copy.inputs = copy.inputs.map((i) =>
    i.name === image ? { ...i, shape: [batch, ...i.shape!.slice(1)] } : i,
  );
  copy.outputs = copy.outputs.map((o) => ({ ...o, shape: o.shape && [batch, ...o.shape.slice(1)] }));
  const uses = usesOf(graph);
  const reached = descendantsOf(graph, [image]);
  copy.nodes = graph.nodes.map((node) => {
    if ((node.op !== 'Reshape' && node.op !== 'Expand') || !reached.has(node.inputs[0]!)) return node;
    const known = knownTensor(graph, uses, node.inputs[1]!);
    if (!known) return node;
    const [first, ...rest] = toNumbers(known);
    if (first === undefined || first <= 0) return node;
    const shape = `${node.outputs[0]}/batched-shape`;
    copy.constants.set(shape, constantOf(int64([first * batch, ...rest])));
    return { ...node, inputs: [node.inputs[0]!, shape] };
  });
  return removeDead(copy);
}

/**
 * The re-batched graph when it computes for each image what the graph for one image does; else undefined.
 * @param single simplified for batch 1, its weights being inputs.
 * @param parameters the weights by name, float32.
 */
export async function rebatchIfSame(
  single: Graph,
  image: string,
  batch: number,
  parameters: ReadonlyMap<string, Constant>,
): Promise<Graph | undefined> {
  const batched = rebatch(single, image, batch);
  const shape = single.inputs.find((i) => i.name === image)!.shape as readonly number[];
  const perImage = shape.reduce((a, b) => a * b, 1);
  const pixels = Float32Array.from({ length: perImage * batch }, (_, i) => Math.sin(i * 12.9898) * 1.5);
  const weights = Object.fromEntries([...parameters].map(([name, constant]) => [name, constant.read()]));
  try {
    const many = await runOnce(batched, {
      ...weights,
      [image]: { dtype: 'float32', dims: [batch, ...shape.slice(1)], data: pixels },
    });
    const session = await openSession(encodeGraph(single));
    try {
      for (const row of new Set([0, batch - 1])) {
        const data = pixels.slice(row * perImage, (row + 1) * perImage);
        const one = await session.run({ ...weights, [image]: { dtype: 'float32', dims: shape, data } });
        for (const { name } of single.outputs)
          if (!sameRow(one[name]!, many[name]!, row, batch)) return undefined;
      }
    } finally {
      await session.close();
    }
    return batched;
  } catch (error) {
    if (error instanceof MarnetError && error.code === 'runtime') return undefined;
    throw error;
  }
}

async function runOnce(graph: Graph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await openSession(encodeGraph(graph));
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

function sameRow(one: Tensor, many: Tensor, row: number, batch: number): boolean {
  const [a, b] = [one.data as Float32Array, many.data as Float32Array];
  if (b.length !== a.length * batch) return false;
  const scale = Math.max(1e-3, ...a.map(Math.abs));
  return a.every((value, i) => Math.abs(value - b[row * a.length + i]!) <= 1e-4 * scale);
}

/** Whether onnxruntime accepts the re-batched graph and finds rows for each image in its outputs; needs no weights. */
export async function mayRebatch(single: Graph, image: string, batch: number): Promise<boolean> {
  const batched = rebatch(single, image, batch);
  batched.outputs = batched.outputs.map((output) => ({ ...output, shape: undefined }));
  try {
    await annotateTypes(batched);
  } catch (error) {
    if (error instanceof MarnetError && error.code === 'runtime') return false;
    throw error;
  }
  return single.outputs.every(({ name }) => {
    const [one, many] = [single.typeOf(name)?.shape, batched.types.get(name)?.shape];
    return one && many && many[0] === batch && one.slice(1).join() === many.slice(1).join();
  });
}
