import { float32, Graph, GraphBuilder, ints, type Value } from '../graph/index.ts';
import { encodeGraph } from '../onnx/index.ts';
import { openSession } from './session.ts';

/** What this machine does in onnxruntime, with all its threads. */
export interface MachineSpeed {
  /** Multiplications with an addition, in a dense convolution. */
  readonly macsPerSecond: number;
  /** Bytes read and written by an op that does little with each element. */
  readonly bytesPerSecond: number;
}

/** Runs of which the fastest counts, after one that warms up. */
const RUNS = 3;

/** Ops in a chain, each of which reads and writes what the one before has made. */
const PASSES = 8;

let measured: Promise<MachineSpeed> | undefined;

/** Measured once a process, in about a tenth of a second: a 3x3 convolution of 64 channels, and passes over 8 MB. */
export function machineSpeed(): Promise<MachineSpeed> {
  measured ??= measure();
  return measured;
}

async function measure(): Promise<MachineSpeed> {
  const [images, channels, side] = [4, 64, 56];
  const weights = float32(new Float32Array(channels * channels * 9), [channels, channels, 3, 3]);
  const convolution = await fastest([images, channels, side, side], (b, x) =>
    b.op('Conv', [x, b.weight('w', weights)], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) }),
  );
  const elements = 2 * 2 ** 20;
  const passes = await fastest([1, elements], (b, x) => {
    let y = x;
    for (let pass = 0; pass < PASSES; pass++) y = pass % 2 === 0 ? b.neg(y) : b.op('Abs', [y]);
    return b.reduceMax(y, [1]);
  });
  return {
    macsPerSecond: (images * channels * channels * 9 * side * side) / convolution,
    bytesPerSecond: (PASSES * 2 * 4 * elements) / passes,
  };
}

/** Seconds of the fastest run of an op on an input of this shape. */
async function fastest(
  shape: readonly number[],
  make: (b: GraphBuilder, x: Value) => Value,
): Promise<number> {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  b.output(make(b, b.input('x', 'float32', shape)), 'y');
  const size = shape.reduce((p, d) => p * d, 1);
  const x = float32(new Float32Array(size).fill(0.5), shape);
  const session = await openSession(encodeGraph(graph));
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= RUNS; run++) {
    const began = performance.now();
    await session.run({ x });
    if (run > 0) best = Math.min(best, (performance.now() - began) / 1000);
  }
  await session.close();
  return best;
}
