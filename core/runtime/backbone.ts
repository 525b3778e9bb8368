import { MarnetError } from '../errors.ts';
import { type Graph, removeDead, type Tensor, toFloat32 } from '../graph/index.ts';
import { foldBatchNorm } from '../lower/index.ts';
import { encodeGraph, upgradeGraph } from '../onnx/index.ts';
import { blockWidth } from './block.ts';
import { foldIndependent, removeIdentityGathers } from './fold.ts';
import { widenHalf } from './half.ts';
import { imageInput, imageShape } from './image-input.ts';
import { trainableConstants } from './parameters.ts';
import { rebatch } from './rebatch.ts';
import { openSession } from './session.ts';
import { simplify } from './simplify.ts';
import { liftConstants } from './skeleton.ts';
import { annotateTypes } from './types.ts';

/** The operator set that training graphs are written in; kernels for it exist on every device. */
const TRAINING_OPSET = 21;

/** A classifier's graph made ready to be differentiated: fixed shapes, float32, weights as inputs. */
export interface TrainableBackbone {
  /** Opset 21; all types known; its inputs are the image and the parameters. */
  readonly graph: Graph;
  /** Name of the image input. */
  readonly image: string;
  /** [batch, …] as the model's image input has it. */
  readonly imageShape: readonly number[];
  /** Images a run; 1 where the graph cannot take more. */
  readonly batch: number;
  /** Block width of the machine's convolution kernels, for `lower`; see `blockWidth`. */
  readonly block: number;
  /** Initial values by name, float32. */
  readonly parameters: ReadonlyMap<string, Tensor>;
}

export interface BackboneOptions {
  /** Values to keep as outputs: features, logits. */
  readonly outputs: readonly string[];
  readonly batch: number;
  /** The image size, for models that leave it open. */
  readonly size: { readonly height: number; readonly width: number };
  /** Names of the constants to train; all weights unless told. */
  readonly trainable?: (name: string) => boolean;
}

/**
 * Prepares a model's graph for training. A model fixed at one image is re-batched where that gives the same result as
 * image after image; else `batch` is 1 in what comes back.
 * @throws MarnetError 'unsupported-model' for quantized models and for those that fix another batch or image size.
 */
export async function prepareBackbone(original: Graph, options: BackboneOptions): Promise<TrainableBackbone> {
  const graph = widenHalf(original.clone());
  graph.outputs = options.outputs.map((name) => ({ name, ...graph.typeOf(name)! }));
  removeDead(graph);
  refuseQuantized(graph);

  const input = imageInput(graph);
  const { height, width } = options.size;
  const weights = trainableConstants(graph);
  const chosen = options.trainable ?? (() => true);
  const lifted = liftConstants(graph, (name) => weights.has(name) && chosen(name));
  const parameters = new Map<string, Tensor>();
  for (const [name, constant] of lifted) {
    parameters.set(name, { dtype: 'float32', dims: constant.dims, data: toFloat32(constant.read()) });
  }

  const block = await blockWidth();
  const fixedBatch = input.batch;
  const simplified = await simplifyAt(
    graph,
    input.name,
    imageShape(input, fixedBatch ?? options.batch, height, width),
  );
  const finish = async (g: Graph, batch: number): Promise<TrainableBackbone> => {
    g.types.clear();
    return {
      graph: foldBatchNorm(await annotateTypes(g)),
      image: input.name,
      imageShape: imageShape(input, batch, height, width),
      batch,
      block,
      parameters,
    };
  };
  if (fixedBatch === undefined || fixedBatch === options.batch) return finish(simplified, options.batch);
  if (fixedBatch !== 1) return finish(simplified, fixedBatch);
  const batched = await tryRebatch(simplified, input.name, options.batch, parameters);
  return batched ? finish(batched, options.batch) : finish(simplified, 1);
}

async function simplifyAt(graph: Graph, image: string, shape: readonly number[]): Promise<Graph> {
  const fixed = graph.clone();
  fixed.inputs = fixed.inputs.map((i) => (i.name === image ? { ...i, shape } : i));
  const simplified = upgradeGraph(await simplify(fixed), TRAINING_OPSET);
  await annotateTypes(simplified);
  return removeIdentityGathers(await foldIndependent(simplified));
}

/** The re-batched graph when it computes for each image what the graph for one image does; else undefined. */
async function tryRebatch(
  single: Graph,
  image: string,
  batch: number,
  parameters: ReadonlyMap<string, Tensor>,
): Promise<Graph | undefined> {
  const batched = rebatch(single, image, batch);
  const shape = single.inputs.find((i) => i.name === image)!.shape as readonly number[];
  const perImage = shape.reduce((a, b) => a * b, 1);
  const pixels = Float32Array.from({ length: perImage * batch }, (_, i) => Math.sin(i * 12.9898) * 1.5);
  const weights = Object.fromEntries(parameters);
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

function refuseQuantized(graph: Graph): void {
  const node = graph.nodes.find((n) => /Quantize|Integer|^QLinear/.test(n.op));
  if (!node) return;
  throw new MarnetError(
    'unsupported-model',
    `full fine-tuning needs floating weights, but this model is quantized: node "${node.name || node.outputs[0]}" is a ${node.op}, and rounding to integers has no gradient`,
    {
      hint: 'Tune with a frozen backbone (the default), or start from the float model and quantize the result again.',
    },
  );
}
