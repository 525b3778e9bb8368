/**
 * Which ops a device has kernels for. onnxruntime runs the others on the CPU and copies their values there and back,
 * which is right but slow: so they are named before a session is made. The table of WebGPU is what onnxruntime-node
 * 1.30 itself says (a session of each op alone, with falling back to the CPU forbidden), and test/runtime/kernels.test.ts
 * asks it again. Of the other devices none is known here: which nodes fall back shows in `marnet-wrap doctor`.
 */
import { MarnetError } from '../../errors.ts';
import type { DType, Graph, Node } from '../../graph/index.ts';
import { type Device, kindOf } from './name.ts';
import { DEVICE_TITLES } from './provider.ts';

/** Operator set up to which kernels exist: from 22 on, ConvTranspose, MaxPool, HardSwish and others have none on WebGPU. */
const LATEST_OPSET = 21;

/** Ops of the standard domain that have a float32 kernel on WebGPU, in operator set 21. */
const WEBGPU: ReadonlySet<string> = new Set(
  [
    'Abs Acos Acosh Add And Asin Asinh Atan Atanh AveragePool BatchNormalization Cast CastLike Ceil Clip Concat',
    'Conv ConvTranspose Cos Cosh CumSum DepthToSpace Div Einsum Elu Equal Erf Exp Expand Flatten Floor Gather',
    'GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual HardSigmoid HardSwish',
    'Identity If InstanceNormalization LayerNormalization LeakyRelu Less LessOrEqual Log LpNormalization MatMul Max MaxPool Min Mish',
    'Mul Neg Not PRelu Pad Pow Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean',
    'ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize ScatterElements ScatterND Sigmoid SimplifiedLayerNormalization',
    'Sin Sinh Slice Softmax Softplus Split Sqrt Squeeze Sub Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze',
    'Where',
  ].flatMap((line) => line.split(' ')),
);

/** Numbers that WebGPU's shaders compute with. */
const WEBGPU_TYPES: ReadonlySet<DType> = new Set(['float32', 'float16', 'int32', 'uint32', 'bool']);

/** Ops without a kernel that takes float32, or what the node has; in the order of the graph. */
export function nodesWithoutKernel(graph: Graph, device: Device): readonly Node[] {
  if (kindOf(device) !== 'webgpu') return [];
  const dtypeOf = (name: string): DType | undefined => graph.typeOf(name)?.dtype;
  // What is made of constants alone is computed when the session is made.
  const known = new Set(graph.constants.keys());
  return graph.nodes.filter((node) => {
    if (node.inputs.every((name) => name === '' || known.has(name))) {
      for (const output of node.outputs) known.add(output);
      return false;
    }
    if (node.domain !== '' || !WEBGPU.has(node.op)) return true;
    const made = dtypeOf(node.outputs.find((name) => name !== '') ?? '');
    const taken = node.inputs.slice(0, node.op === 'Pow' ? 2 : 1).map(dtypeOf);
    if ([made, ...taken].some((dtype) => dtype !== undefined && !WEBGPU_TYPES.has(dtype))) return true;
    // Clip's bounds are inputs since operator set 11.
    return (node.op === 'Slice' && made === 'int32') || (node.op === 'Clip' && 'min' in node.attributes);
  });
}

/** What has a kernel that fails in a run, and why. */
function failing(node: Node): string | undefined {
  if (node.op === 'MaxPool' && node.outputs.length > 1 && node.outputs[1] !== '')
    return 'MaxPool with its second output, the places of the maxima';
  const training = node.attributes.training_mode;
  if (node.op === 'BatchNormalization' && training?.kind === 'int' && training.value === 1)
    return 'BatchNormalization in training mode';
  return undefined;
}

/**
 * Looks at a graph before a session of it is made on the device.
 * @param what names the graph in messages: "the training step".
 * @returns a sentence about nodes that will run on the CPU; undefined where there are none.
 * @throws MarnetError 'device' where a node would fail in a run.
 */
export function checkKernels(graph: Graph, device: Device, what: string): string | undefined {
  if (kindOf(device) === 'cpu') return undefined;
  const title = DEVICE_TITLES[kindOf(device)];
  if (kindOf(device) === 'webgpu') {
    for (const node of graph.nodes) {
      const problem = node.domain === '' ? failing(node) : undefined;
      if (problem)
        throw new MarnetError('device', `${what} cannot run on ${title}: ${problem} (node "${node.name}")`, {
          hint: 'Use --device cpu, or cuda where there is an NVIDIA card.',
        });
    }
  }
  if (graph.opset > LATEST_OPSET && kindOf(device) === 'webgpu')
    return `${what} is in operator set ${graph.opset}, for which ${title} lacks kernels of some ops (above ${LATEST_OPSET}): they run on the CPU, with copies there and back.`;
  const missing = nodesWithoutKernel(graph, device);
  if (missing.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const { op, domain } of missing) {
    const name = domain === '' ? op : `${domain}:${op}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const list = [...counts].map(([op, count]) => (count > 1 ? `${op} (${count} times)` : op)).join(', ');
  return `${title} has no kernel for some ops of ${what}, which run on the CPU, with copies there and back: ${list}.`;
}
