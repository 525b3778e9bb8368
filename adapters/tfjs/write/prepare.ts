import { builtInRegistry, decomposeNodes } from '../../../core/grad/index.ts';
import { completeTypes, type Graph, type Node, removeDead } from '../../../core/graph/index.ts';
import { NEWER_OPS, upgradeGraph } from '../../../core/onnx/index.ts';
import { foldIndependent, removeIdentityGathers } from '../../../core/runtime/fold.ts';
import { widenHalf } from '../../../core/runtime/half.ts';
import { simplify } from '../../../core/runtime/simplify.ts';
import { annotateTypes } from '../../../core/runtime/types.ts';
import { fixBatch, openBatch } from './batch.ts';

/** The operator set that the rules know. */
export const OPSET = 21;

export interface PreparedGraph {
  /** Opset 21, types known, float32 where it was 16-bit, and only ops that `isTranslated` says yes to, where possible. */
  readonly graph: Graph;
  /** Stands for the batch that is open in the model: sizes that are multiples of it grow with the batch. */
  readonly batch: number | undefined;
}

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** Sets what inputs of rank 4 leave open of the height and width of images. */
function fixSize(graph: Graph, { height, width }: ImageSize): void {
  graph.inputs = graph.inputs.map((input) => {
    const { shape } = input;
    if (shape?.length !== 4) return input;
    const first = typeof shape[3] === 'number' && typeof shape[1] !== 'number' ? 1 : 2;
    const sizes = [height, width];
    const fixed = shape.map((dim, axis) => (typeof dim === 'number' ? dim : (sizes[axis - first] ?? dim)));
    return { ...input, shape: fixed };
  });
  graph.outputs = graph.outputs.map((output) => ({ ...output, shape: undefined }));
  graph.types.clear();
}

/**
 * The graph in the form that the rules translate: functions inlined, shape arithmetic folded, one operator set, fused
 * ops decomposed.
 * @param size fixes the image size of models that leave it open.
 * @throws MarnetError 'unsupported-model', 'runtime' where onnxruntime refuses the graph.
 */
export async function prepareGraph(
  original: Graph,
  isTranslated: (node: Node) => boolean,
  size?: ImageSize,
): Promise<PreparedGraph> {
  const graph = removeDead(widenHalf(original.clone()));
  if (size) fixSize(graph, size);
  const batch = openBatch(graph);
  if (batch) fixBatch(graph, batch.name, batch.size);
  const simplified = await folded(graph);
  if (simplified.opset > OPSET) {
    const isNewer = (node: Node): boolean => node.domain === '' && NEWER_OPS.has(node.op);
    if (simplified.nodes.some(isNewer)) {
      await annotateTypes(simplified);
      decomposeNodes(simplified, isNewer, builtInRegistry);
    }
  }
  const upgraded = await annotateTypes(upgradeGraph(simplified, OPSET));
  const complete = completeTypes(removeIdentityGathers(await foldIndependent(upgraded)));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const isComposed = (node: Node): boolean =>
      !isTranslated(node) && builtInRegistry.find(node)?.decompose !== undefined;
    if (!complete.nodes.some(isComposed)) break;
    decomposeNodes(complete, isComposed, builtInRegistry);
  }
  return { graph: removeDead(complete), batch: batch?.size };
}

/** Functions are inlined after shapes were folded: what came out of them is folded in a second round. */
async function folded(graph: Graph): Promise<Graph> {
  const once = await simplify(graph);
  return once.nodes.some((node) => node.op === 'Shape' && node.domain === '') ? simplify(once) : once;
}

/** A decomposition may emit ops that are decomposed themselves. */
const MOST_ROUNDS = 4;
