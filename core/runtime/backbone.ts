import { MarnetError } from '../errors.ts';
import { builtInRegistry, decomposeNodes } from '../grad/index.ts';
import {
  type Constant,
  completeTypes,
  DTYPE_NUMBER,
  type DType,
  descendantsOf,
  float32,
  type Graph,
  int,
  isFloating,
  type Node,
  readsOf,
  removeDead,
  sourceOf,
  toFloat32,
  usesOf,
} from '../graph/index.ts';
import { foldBatchNorm } from '../lower/fold-batch-norm.ts';
import { recogniseGelu } from '../lower/gelu.ts';
import { writeWeightStatistics } from '../lower/weight-statistics.ts';
import { NEWER_OPS, upgradeGraph } from '../onnx/index.ts';
import { blockWidth } from './block.ts';
import { foldIndependent, removeIdentityGathers } from './fold.ts';
import { widenHalf } from './half.ts';
import { type ImageInput, imageInput, imageShape } from './image-input.ts';
import { floatingConstants, trainableConstants } from './parameters.ts';
import { rebatchIfSame } from './rebatch.ts';
import { simplify } from './simplify.ts';
import { liftConstants } from './skeleton.ts';
import { lacksKernel } from './stand-ins.ts';
import { annotateTypes } from './types.ts';
import { takeFromWeights, weightCopies } from './weight-copies.ts';

/** The operator set that training graphs are written in; kernels for it exist on every device. */
const TRAINING_OPSET = 21;

/** A value that a graph is fed with for a batch of images. */
export interface FedValue {
  readonly name: string;
  readonly dtype: DType;
  /** Its first size is the batch. */
  readonly shape: readonly number[];
}

/** A classifier's graph made ready to be differentiated: fixed shapes, float32, weights as inputs. */
export interface TrainableBackbone {
  /** Opset 21; all types known; its inputs are the image and the parameters. */
  readonly graph: Graph;
  /** What a run is fed with beside the parameters: here the image alone. */
  readonly fed: readonly FedValue[];
  /** Name of the image input. */
  readonly image: string;
  /** [batch, …] as the model's image input has it. */
  readonly imageShape: readonly number[];
  /** Images a run; 1 where the graph cannot take more. */
  readonly batch: number;
  /** Block width of the machine's convolution kernels, for `lower`; see `blockWidth`. */
  readonly block: number;
  /** Initial values by name, float32; those of a file are read at each call, as training has its own copy. */
  readonly parameters: ReadonlyMap<string, Constant>;
  /**
   * Those of the parameters that are running averages of a BatchNormalization, by name, with the name of its scale; none
   * unless asked for. The graph then has these nodes unfolded.
   */
  readonly running: ReadonlyMap<string, string>;
}

export interface BackboneOptions {
  /** Values to keep as outputs: features, logits. */
  readonly outputs: readonly string[];
  readonly batch: number;
  /** The image size, for models that leave it open. */
  readonly size: { readonly height: number; readonly width: number };
  /** Which of the weights that a full fine-tuning trains; all of them unless told. */
  readonly trainable?: (name: string) => boolean;
  /** Names of constants to train whatever they look like, instead of weights. */
  readonly named?: ReadonlySet<string>;
  /** Also make parameters of the statistics of BatchNormalizations whose scale is trained. */
  readonly statistics?: boolean;
}

/** A classifier's graph at fixed shapes, its weights being inputs that nobody has read yet. */
export interface FixedGraph {
  /** Opset 21; all types known. */
  readonly graph: Graph;
  readonly image: ImageInput;
  /** Images a run: what the file fixes, else what was asked for. */
  readonly batch: number;
  /** The weights by name, in the model's own precision; the graph takes them in float32. */
  readonly weights: ReadonlyMap<string, Constant>;
  /** Those of them that are statistics, with the name of the scale beside each. */
  readonly running: ReadonlyMap<string, string>;
}

/**
 * The first half of `prepareBackbone`, which costs no memory for weights.
 * @throws MarnetError 'unsupported-model' for quantized models and for those that fix another image size.
 */
export async function fixShapes(original: Graph, options: BackboneOptions): Promise<FixedGraph> {
  const graph = widenHalf(original.clone());
  graph.outputs = options.outputs.map((name) => ({ name, ...graph.typeOf(name)! }));
  removeDead(graph);
  refuseQuantized(graph);
  const copies = [...weightCopies(graph)].filter(([copy]) => !options.named?.has(copy));
  takeFromWeights(graph, new Map(copies));
  const image = imageInput(graph);
  const batch = image.batch ?? options.batch;
  const isTrained = trainedOf(graph, options);
  const running = options.statistics
    ? runningStatistics(graph, image.name, isTrained)
    : new Map<string, string>();
  const weights = liftConstants(
    graph,
    (name, { dtype }) => isTrained(name) || (running.has(name) && isFloating(dtype)),
  );
  feedInFloat32(graph, weights);
  const shape = imageShape(image, batch, options.size.height, options.size.width);
  return { graph: await simplifyAt(graph, image.name, shape), image, batch, weights, running };
}

/**
 * Prepares a model's graph for training. A model fixed at one image is re-batched where that gives the same result as
 * image after image; else `batch` is 1 in what comes back.
 * @throws MarnetError 'unsupported-model' for quantized models and for those that fix another batch or image size.
 */
export async function prepareBackbone(original: Graph, options: BackboneOptions): Promise<TrainableBackbone> {
  const fixed = await fixShapes(original, options);
  const { image } = fixed;
  const parameters = inFloat32(fixed.weights);
  const wanted = options.batch;
  const batched =
    fixed.batch === 1 && wanted !== 1
      ? await rebatchIfSame(fixed.graph, image.name, wanted, parameters)
      : undefined;
  const batch = batched ? wanted : fixed.batch;
  const complete = batched ? await annotateTypes(batched) : fixed.graph;
  const graph = fixed.running.size > 0 ? complete : foldBatchNorm(complete);
  const shape = imageShape(image, batch, options.size.height, options.size.width);
  return {
    graph,
    fed: [{ name: image.name, dtype: graph.typeOf(image.name)?.dtype ?? image.dtype, shape }],
    image: image.name,
    imageShape: shape,
    batch,
    block: await blockWidth(),
    parameters,
    running: fixed.running,
  };
}

function trainedOf(graph: Graph, { trainable, named }: BackboneOptions): (name: string) => boolean {
  const constants = named ? floatingConstants(graph) : trainableConstants(graph);
  const chosen = named ? (name: string) => named.has(name) : (trainable ?? (() => true));
  return (name) => constants.has(name) && chosen(name);
}

/** Lets a graph that computes with float64 weights take them in float32, as they are trained; changes it in place. */
function feedInFloat32(graph: Graph, weights: ReadonlyMap<string, Constant>): void {
  const wide = new Map<string, string>();
  for (const [name, { dtype }] of weights) if (dtype === 'float64') wide.set(name, `${name}/float64`);
  if (wide.size === 0) return;
  graph.inputs = graph.inputs.map((input) => (wide.has(input.name) ? { ...input, dtype: 'float32' } : input));
  const casts = [...wide].map(
    ([name, output]): Node => ({
      op: 'Cast',
      domain: '',
      name: output,
      inputs: [name],
      outputs: [output],
      attributes: { to: int(DTYPE_NUMBER.float64) },
    }),
  );
  const readers = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => wide.get(input) ?? input),
  }));
  graph.nodes = [...casts, ...readers];
}

/** The same values in float32, made when they are read. */
export function inFloat32(constants: ReadonlyMap<string, Constant>): Map<string, Constant> {
  const widened = ({ dims, read }: Constant): Constant => ({
    dtype: 'float32',
    dims,
    read: () => float32(toFloat32(read()), dims),
  });
  return new Map([...constants].map(([name, constant]) => [name, widened(constant)]));
}

/** Means and variances of BatchNormalizations of the image's values, by name, with the name of the scale beside each. */
function runningStatistics(
  graph: Graph,
  image: string,
  isTrained: (name: string) => boolean,
): Map<string, string> {
  const running = new Map<string, string>();
  const uses = usesOf(graph);
  const ofImage = descendantsOf(graph, [image]);
  for (const node of graph.nodes) {
    if (node.op !== 'BatchNormalization' || node.domain !== '' || !ofImage.has(node.outputs[0]!)) continue;
    const [, scale, , mean, variance] = node.inputs.map((name) => sourceOf(uses, name).source);
    if (!isTrained(scale!)) continue;
    running.set(mean!, scale!).set(variance!, scale!);
  }
  return running;
}

const isNewer = ({ domain, op }: Node): boolean => domain === '' && NEWER_OPS.has(op);

async function writtenInOlderOps(graph: Graph): Promise<Graph> {
  return graph.opset <= TRAINING_OPSET ? graph : decomposed(graph, isNewer);
}

/**
 * Whether onnxruntime has no kernel of it: it cannot load the graph, or writes the node in others after it folded
 * constants, so that their shape arithmetic stays, and sizes that a gradient needs are not known.
 */
const isWithoutKernel = (node: Node): boolean =>
  lacksKernel(node) || (node.domain === '' && node.op === 'GroupNormalization');

/** With ops composed of others, wherever the graph has them; changes it in place. */
async function decomposed(graph: Graph, isComposed: (node: Node) => boolean): Promise<Graph> {
  if (!graph.nodes.some(isComposed)) return graph;
  graph.types.clear();
  await annotateTypes(graph);
  decomposeNodes(graph, isComposed, builtInRegistry);
  return graph;
}

/** How onnxruntime names the constants that it makes when it fuses and folds. */
const MADE_BY_RUNTIME = /^gemm_(in|out)put_shape|_token_\d+$/;

/**
 * Gives constants that onnxruntime made other names: where a file has them already, its fusions make them once more, and
 * the session fails ("attempt to replace the existing tensor"). Changes the graph in place.
 */
function renameMadeConstants(graph: Graph): Graph {
  const captured = new Set(
    graph.nodes.flatMap((node) => readsOf(node).filter((name) => !node.inputs.includes(name))),
  );
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const renamed = new Map<string, string>();
  for (const [name, constant] of [...graph.constants]) {
    if (!MADE_BY_RUNTIME.test(name) || captured.has(name) || outputs.has(name)) continue;
    renamed.set(name, `made/${name.replaceAll('_token_', '/')}`);
    graph.constants.delete(name);
    graph.constants.set(renamed.get(name)!, constant);
  }
  if (renamed.size === 0) return graph;
  graph.nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => renamed.get(name) ?? name),
  }));
  return graph;
}

async function simplifyAt(graph: Graph, image: string, shape: readonly number[]): Promise<Graph> {
  const fixed = graph.clone();
  fixed.inputs = fixed.inputs.map((i) => (i.name === image ? { ...i, shape } : i));
  const once = renameMadeConstants(await simplify(await decomposed(fixed, isWithoutKernel)));
  // Left of other ops that onnxruntime wrote in ones that have kernels (CenterCropPad): sizes that it knows now.
  const isSize = (node: Node): boolean => node.domain === '' && node.op === 'Shape';
  const inlined = once.nodes.some(isSize) ? renameMadeConstants(await simplify(once)) : once;
  const simplified = upgradeGraph(await writtenInOlderOps(inlined), TRAINING_OPSET);
  await annotateTypes(simplified);
  const plain = writeWeightStatistics(completeTypes(await foldIndependent(simplified)), image);
  const folded = recogniseGelu(removeIdentityGathers(plain));
  const complete = folded.nodes.every((node) =>
    node.outputs.every((name) => name === '' || folded.typeOf(name)?.shape),
  );
  if (complete) return folded;
  // What a folded loop had hidden can be told now.
  folded.types.clear();
  return completeTypes(await annotateTypes(folded));
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
