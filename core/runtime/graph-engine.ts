/** Who runs the graphs of a training: onnxruntime, or whatever else takes plain ONNX graphs. */
import type { Graph, Tensor } from '../graph/index.ts';
import type { Target } from '../lower/index.ts';
import { checkKernels } from './device/kernels.ts';
import { mendFor } from './device/mend.ts';
import { type Device, kindOf } from './device/name.ts';
import { openResident, type ResidentSession, Transfer } from './device/resident.ts';
import { inExecutionOrder } from './execution-order.ts';
import { hasShortOps } from './short-ops.ts';
import { openWriting } from './writing-session.ts';

/** A compiled graph, to be run again and again. Close it when done. */
export interface OpenedGraph {
  /** What each run is fed with. */
  readonly inputs: readonly { readonly name: string }[];
  /**
   * Runs the graph once.
   * @param feeds a tensor for each input; the same arrays may come again with other elements in them.
   * @param fetches tensors that outputs are written into, by the outputs' names; none of them is fed as well.
   * @throws MarnetError 'runtime' with the engine's own message, 'device-memory' where its device has too little.
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches: Readonly<Record<string, Tensor>>): Promise<unknown>;
  close(): Promise<void>;
}

export interface GraphEngine {
  /** 'onnxruntime', 'tfjs'. */
  readonly name: string;
  /** Whose engine a thread of its own has as well (`onnxruntimeOn`); undefined where graphs are run on this thread. */
  readonly device?: Device | undefined;
  /** The form of gradient ops that it is given. */
  readonly target: Target;
  /** Whether convolutions may be given in onnxruntime's blocked layout. */
  readonly blocked: boolean;
  /** Terms of the longest sums that a product may have to be in float16; any number unless told. */
  readonly longestHalfSum?: number;
  /**
   * @param graph plain ONNX, opset 21 at most, all shapes fixed. @param what names it in messages.
   * @throws MarnetError naming what it cannot run.
   */
  open(graph: Graph, what: string): Promise<OpenedGraph>;
  /** How state stays on its device from one run to the next; undefined where it is in the host's arrays. */
  readonly resident?: ResidentEngine;
  /** What it decided since it was asked last, in words for the user. */
  notices(): readonly string[];
}

/** Runs graphs whose outputs may stay where they are. */
export interface ResidentEngine {
  /** As `GraphEngine.open`. @param keep names of the outputs that stay. */
  open(graph: Graph, what: string, keep: readonly string[]): Promise<ResidentSession>;
  /** @param length floats of the vectors that it moves. */
  transfer(length: number): Promise<Transfer>;
}

/**
 * onnxruntime's WebGPU kernels of products add in the type of the product, and DirectML and Core ML may: in float16 a
 * sum of random signs is then off by 1 % at so many terms, and one of equal terms stands still at half of them. CUDA's add
 * in float32.
 */
export const LONGEST_HALF_SUM = 4096;

/** onnxruntime on the CPU. */
export const onnxruntimeEngine: GraphEngine = {
  name: 'onnxruntime',
  device: 'cpu',
  target: 'cpu',
  blocked: true,
  open: (graph) => openWriting(inExecutionOrder(graph), hasShortOps(graph) ? { threads: 1 } : {}),
  notices: () => [],
};

/**
 * onnxruntime on a device. Where the device can keep values (WebGPU), state stays there; on others, parameters go there
 * and gradients come back in every step.
 */
export function onnxruntimeOn(device: Device): GraphEngine {
  if (kindOf(device) === 'cpu') return onnxruntimeEngine;
  const told = new Set<string>();
  let untold: string[] = [];
  const check = (graph: Graph, what: string): void => {
    const notice = checkKernels(graph, device, what);
    if (notice === undefined || told.has(notice)) return;
    told.add(notice);
    untold.push(notice);
  };
  return {
    name: 'onnxruntime',
    device,
    target: 'portable',
    blocked: false,
    ...(kindOf(device) !== 'cuda' && { longestHalfSum: LONGEST_HALF_SUM }),
    async open(graph, what) {
      check(graph, what);
      return openWriting(inExecutionOrder(mendFor(device, graph)), { device });
    },
    ...(kindOf(device) === 'webgpu' && {
      resident: {
        async open(graph, what, keep) {
          check(graph, what);
          return openResident(mendFor(device, graph), device, keep);
        },
        transfer: (length) => Transfer.open(device, length),
      },
    }),
    notices() {
      const notices = untold;
      untold = [];
      return notices;
    },
  };
}
