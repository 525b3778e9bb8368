import { float32, Graph, GraphBuilder, ints, type Value } from '../graph/index.ts';
import { encodeGraph } from '../onnx/index.ts';
import type { Device } from './device/name.ts';
import { openSession } from './session.ts';

/** What a device does in onnxruntime; the CPU with all its threads. */
export interface MachineSpeed {
  /** Multiplications with an addition, in a dense convolution. */
  readonly macsPerSecond: number;
  /** Bytes read and written by an op that does little with each element. */
  readonly bytesPerSecond: number;
}

/** Runs of which the fastest counts, after one that warms up. */
const RUNS = 3;

/** Convolutions and passes in a chain, each of which reads what the one before has made. */
const CHAINS = { convolutions: 1, passes: 8 };
/**
 * The same, on devices other than the CPU: a run takes time there before it computes anything, and values go there
 * and back, so that the difference between a longer chain and a shorter one tells.
 */
const LONGER = 5;
/** Seconds of a run in which that no longer matters. */
const LONG = 0.1;

const measured = new Map<Device, Promise<MachineSpeed>>();

/**
 * Measured once a process for each device, in about a tenth of a second on a CPU: 3x3 convolutions of 64 channels, and
 * passes over 8 MB.
 * @throws MarnetError 'device' where it does not work.
 */
export function machineSpeed(device: Device = 'cpu'): Promise<MachineSpeed> {
  let speed = measured.get(device);
  if (!speed) {
    speed = measure(device);
    measured.set(device, speed);
  }
  return speed;
}

async function measure(device: Device): Promise<MachineSpeed> {
  const [images, channels, side] = [4, 64, 56];
  const elements = 2 * 2 ** 20;
  const weights = float32(new Float32Array(channels * channels * 9).fill(1 / (9 * channels)), [
    channels,
    channels,
    3,
    3,
  ]);
  const convolutions = (count: number): Chain => ({
    shape: [images, channels, side, side],
    make(b, x) {
      const w = b.weight('w', weights);
      const attributes = { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) };
      let y = x;
      for (let i = 0; i < count; i++) y = b.op('Conv', [y, w], attributes);
      return y;
    },
  });
  const passes = (count: number): Chain => ({
    shape: [1, elements],
    make(b, x) {
      let y = x;
      for (let i = 0; i < count; i++) y = i % 2 === 0 ? b.neg(y) : b.op('Abs', [y]);
      return y;
    },
  });
  const work = {
    convolutions: images * channels * channels * 9 * side * side,
    passes: 2 * 4 * elements,
  };
  const perSecond = async (kind: keyof typeof CHAINS, chain: (count: number) => Chain): Promise<number> => {
    const count = CHAINS[kind];
    const short = await fastest(chain(count), device);
    if (device === 'cpu' || short > LONG) return (count * work[kind]) / short;
    const long = await fastest(chain(LONGER * count), device);
    // Where the longer one takes no longer, all that is known is that it takes no more than that.
    return long > short
      ? ((LONGER - 1) * count * work[kind]) / (long - short)
      : (LONGER * count * work[kind]) / long;
  };
  return {
    macsPerSecond: await perSecond('convolutions', convolutions),
    bytesPerSecond: await perSecond('passes', passes),
  };
}

/** Ops on an input of this shape. */
interface Chain {
  readonly shape: readonly number[];
  make(b: GraphBuilder, x: Value): Value;
}

/** Seconds of the fastest run; of what is made, one number comes back. */
async function fastest({ shape, make }: Chain, device: Device): Promise<number> {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  const made = make(b, b.input('x', 'float32', shape));
  b.output(
    b.reduceMax(
      made,
      shape.map((_, axis) => axis),
    ),
    'y',
  );
  const size = shape.reduce((p, d) => p * d, 1);
  const x = float32(new Float32Array(size).fill(0.5), shape);
  const session = await openSession(encodeGraph(graph), { device });
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= RUNS; run++) {
    const began = performance.now();
    await session.run({ x });
    if (run > 0) best = Math.min(best, (performance.now() - began) / 1000);
    if (run > 0 && best > LONG) break;
  }
  await session.close();
  return best;
}
