/**
 * What each way of tuning trains and about what a step of it costs, from the graph's shapes and a device's speed:
 *   seconds = (2 m + w) / speed + (6 a + 28 p) / bandwidth
 *   memory  = a + 20 p + 4 c
 * with m the multiplications of the trained part, once forward and once for gradients of activations; w those for the
 * gradients of weights (m, or fewer where only some are trained); a the bytes of its activations, which are all kept
 * for the backward pass, and are written and read once forward and about twice backward; p the numbers that are trained
 * (value, gradient and two moments, 28 bytes of which are moved a step, and the value once more, on the thread that writes
 * checkpoints); c the weights that stay. That a counts once is measured: what a step takes beside the activations that it keeps,
 * those that it does not keep, and what onnxruntime's arena holds in reserve came to 0.5 to 1.6 times `a` for resnet18,
 * resnet50, mobilenet_v2, efficientnet_b0 and vit_b_16 at batches of 8 to 64; docs/speed.md has them. It is a step's memory: the
 * process, decoding, and the stage that computes features or activations once are not in it.
 */
import { type Graph, sizeOf } from '../../graph/index.ts';
import type { FeatureSite } from '../../locate/index.ts';
import { foldBatchNorm } from '../../lower/fold-batch-norm.ts';
import { headOptions } from '../../marnet/options.ts';
import { headParameters, PREFIX } from '../../marnet/parameters.ts';
import type { FixedGraph, TrainableBackbone } from '../../runtime/backbone.ts';
import { cutBelow } from '../../runtime/cut.ts';
import type { Device } from '../../runtime/device/name.ts';
import { activationsOf, layersOf, type Stage } from '../../runtime/layers.ts';
import { matricesOf } from '../../runtime/low-rank.ts';
import { machineSpeed } from '../../runtime/machine-speed.ts';
import { macsOf, workOf } from '../../runtime/work.ts';
import { hyperparameters } from '../../train/hyperparameters.ts';
import { lowRankTargets } from './low-rank-targets.ts';
import type { Tune } from './mode.ts';

/** What a way of tuning costs, estimated. */
export interface TuningCost {
  readonly tune: Tune;
  /**
   * Numbers that are trained while the model's classes are kept: those of the heads (without the vectors of words), of the
   * backbone's part, and of the classifier.
   */
  readonly parameters: number;
  /** Images a step that the rest is about. */
  readonly batch: number;
  /** Estimated bytes of weights, optimizer and activations. */
  readonly memory: number;
  /** Estimated seconds of a step. */
  readonly seconds: number;
}

/** The vectors of the texts' words, of which there are as many as the data has. */
const WORDS = `${PREFIX}text/table`;
/** Numbers of last layers that are listed, as far as there are that many. */
const COUNTS = [1, 2, 4, 8] as const;
/** The rank that is listed. */
const RANK = 8;
/** Passes over each activation, see above. */
const PASSES = 6;
/** Peak bytes for each byte of activations that is kept, see above. */
const PEAK = 1;
/** Bytes that the optimizer moves for each number that is trained. */
const MOVED = 28;
/** Bytes that are kept for each number that is trained. */
const KEPT = 20;

/**
 * @param fixed at any batch, up to the features and the classifier's scores. @param stages and @param loraTargets as an adapter says them.
 * @param device that works.
 */
export async function tuningCosts(
  fixed: FixedGraph,
  site: FeatureSite,
  stages?: readonly Stage[],
  loraTargets?: readonly string[],
  device: Device = 'cpu',
): Promise<TuningCost[]> {
  const speed = await machineSpeed(device);
  const backbone = withoutValues(fixed);
  const { graph, parameters } = backbone;
  const { batch } = hyperparameters();
  const images = batch / fixed.batch;
  const names = new Set(parameters.keys());
  const sizes = (of: Iterable<string>): number =>
    sum([...of].map((name) => sizeOf(parameters.get(name)!.dims)));
  const found = layersOf(graph, names, site.value, stages);
  const { layers } = found;
  const heads = (base: 'corrected' | 'given'): number =>
    sum(
      headParameters(headOptions(), {
        features: site.width,
        classes: site.classifier.classes,
        vocabulary: 1,
        base,
      }).map(({ name, trainable, dims }) => (trainable && name !== WORDS ? sizeOf(dims) : 0)),
    );
  const cost = (tune: Tune, backboneNumbers: number, work: StepWork): TuningCost => {
    const own = heads(tune === 'frozen' ? 'corrected' : 'given');
    const trained = own + backboneNumbers;
    const bytes = 4 * images * work.elements;
    return {
      tune,
      parameters: trained,
      batch,
      memory: PEAK * bytes + KEPT * trained + 4 * work.constants,
      seconds:
        (images * work.macs + 3 * batch * own) / speed.macsPerSecond +
        (PASSES * bytes + MOVED * trained) / speed.bytesPerSecond,
    };
  };
  const upperPart = (count: number): { numbers: number; work: StepWork } => {
    const trained = new Set([
      ...layers.slice(-count).flatMap((layer) => layer.parameters),
      ...found.classifier,
    ]);
    const { upper } = cutBelow(backbone, trained);
    const work = workOf(upper.graph, activationsOf(upper.graph, trained));
    return { numbers: sizes(trained), work: { ...work, macs: 3 * work.macs, constants: 0 } };
  };
  const costs = [cost('frozen', 0, { macs: 0, elements: 0, constants: 0 })];
  if (layers.length === 0) return costs;
  for (const count of COUNTS) {
    if (count >= layers.length) break;
    const { numbers, work } = upperPart(count);
    costs.push(cost(`last:${count}`, numbers, work));
  }
  const whole = workOf(graph, activationsOf(graph, names));
  const matrices = matricesOf(backbone, lowRankTargets(loraTargets, found));
  if (matrices.length > 0) {
    const factors = matrices.map((name) => {
      const [m, n] = parameters.get(name)!.dims as [number, number];
      return Math.min(RANK, m, n) * (m + n);
    });
    const macs = 2 * whole.macs + macsOfWeights(graph, names, new Set(matrices));
    const constants = sizes(names);
    costs.push(cost(`lora:${RANK}`, sum(factors), { macs, elements: whole.elements, constants }));
  }
  costs.push(cost('full', sizes(names), { macs: 3 * whole.macs, elements: whole.elements, constants: 0 }));
  return costs;
}

/** Of one step of the backbone. */
interface StepWork {
  /** For the images of the fixed graph, forward and backward. */
  readonly macs: number;
  /** For the images of the fixed graph. */
  readonly elements: number;
  /** Weights that stay as they are. */
  readonly constants: number;
}

/** Of the nodes that read one of `weights`. */
function macsOfWeights(graph: Graph, parameters: ReadonlySet<string>, weights: ReadonlySet<string>): number {
  const activations = activationsOf(graph, parameters);
  const made = new Set(weights);
  let macs = 0;
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => made.has(name))) continue;
    if (node.outputs.some((output) => activations.has(output))) macs += macsOf(graph, node);
    else for (const output of node.outputs) made.add(output);
  }
  return macs;
}

/** A backbone as training has it, but for the elements of its weights, which nothing here reads. */
function withoutValues({ graph, image, batch, weights }: FixedGraph): TrainableBackbone {
  const shape = graph.inputs.find((input) => input.name === image.name)!.shape as readonly number[];
  return {
    graph: foldBatchNorm(graph),
    fed: [{ name: image.name, dtype: image.dtype, shape }],
    image: image.name,
    imageShape: shape,
    batch,
    block: 1,
    parameters: weights,
    running: new Map(),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
