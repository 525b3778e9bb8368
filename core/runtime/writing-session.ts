/**
 * Graphs whose outputs are written into given arrays, run after run, as gradients are.
 *
 * onnxruntime writes an output where it is told to, but its binding for Node (1.30) then copies every output into a new array
 * as well, which takes a fifth of a step of the heads (https://github.com/microsoft/onnxruntime/pull/32346 is to end that). It
 * makes these arrays in the outputs' order, when all of them are written, and stops with an error at what is no tensor. So on the
 * CPU the first output is an empty sequence, and that error means that the run is over. A binding that returns sequences
 * gives no error.
 */
import type * as ort from 'onnxruntime-node';
import { DTYPE_NUMBER, type Graph, int, type Tensor } from '../graph/index.ts';
// Not by the room's index: the thread that trains loads this, and reads no models.
import { encodeGraph } from '../onnx/encode.ts';
import type { OpenedGraph } from './graph-engine.ts';
import { createSession, runFailure, type SessionOptions, toOrt } from './session.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Compiles a graph for the CPU or another device. It runs on the calling thread; what it is fed with is not copied.
 * @throws MarnetError 'runtime' when onnxruntime refuses it, 'device' when the device does not work.
 */
export async function openWriting(graph: Graph, options: SessionOptions = {}): Promise<OpenedGraph> {
  const { device = 'cpu' } = options;
  const inPlace = device === 'cpu' && graph.opset >= SEQUENCES_SINCE;
  const session = await createSession(encodeGraph(inPlace ? withSequence(graph) : graph), options);
  const run = inPlace ? writeOutputs : copyOutputs;
  return {
    inputs: session.inputNames.map((name) => ({ name })),
    async run(feeds, fetches) {
      try {
        await run(session, ofOrt(feeds), fetches);
      } catch (cause) {
        throw runFailure(cause);
      }
    },
    close: () => session.release(),
  };
}

type Run = (session: ort.InferenceSession, feeds: OrtTensors, fetches: Tensors) => Promise<void>;
type OrtTensors = Record<string, ort.Tensor>;

const ofOrt = (tensors: Tensors): OrtTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, toOrt(tensor)]));

const SEQUENCE = 'marnet/sequence';
/** Operator set with the first ops on sequences. */
const SEQUENCES_SINCE = 11;

function withSequence(graph: Graph): Graph {
  const result = graph.clone();
  const dtype = int(DTYPE_NUMBER.float32);
  const node = { op: 'SequenceEmpty', domain: '', name: SEQUENCE, inputs: [], outputs: [SEQUENCE] };
  result.nodes.push({ ...node, attributes: { dtype } });
  result.outputs.unshift({ name: SEQUENCE, dtype: 'float32', shape: undefined, container: 'sequence' });
  return result;
}

const writeOutputs: Run = async (session, feeds, fetches) => {
  try {
    await session.run(feeds, { [SEQUENCE]: null, ...ofOrt(fetches) });
  } catch (cause) {
    if (!(cause instanceof Error && /^Non tensor type\b.*\bnot supported/.test(cause.message))) throw cause;
  }
};

/** Outputs of another device than the CPU are not written where they are told to be. */
const copyOutputs: Run = async (session, feeds, fetches) => {
  const result = await session.run(feeds, Object.keys(fetches));
  for (const [name, { data }] of Object.entries(fetches))
    (data as Float32Array).set(result[name]!.data as Float32Array);
};
