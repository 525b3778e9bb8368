/**
 * Seconds of full fine-tuning steps of this project, for step.ts, in a process of its own so that its memory can be told.
 *
 * usage: tsx test/bench/own-step.ts FILE.onnx BATCH SIZE THREADS RUNS
 * Prints one JSON line, an `OwnStep`; the warming runs are left out.
 */
import { float32, type Tensor } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { blockWidth } from '../../core/runtime/block.ts';
import { inExecutionOrder } from '../../core/runtime/execution-order.ts';
import { openSession } from '../../core/runtime/session.ts';
import { adamW, gradientNorm } from '../../core/train/optimizer.ts';
import { TrainingState } from '../../core/train/state.ts';
import { lowerStep, stepGraph } from './step-graph.ts';

export interface OwnStep {
  readonly seconds: readonly number[];
  /** Of the model's forward pass in onnxruntime, its weights constant. */
  readonly forward: readonly number[];
  /** Seconds from the file to a session that is ready. */
  readonly building: number;
  /** Most memory that the process had, the forward pass not yet loaded. */
  readonly peakMegabytes: number;
}

const SETTINGS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, clipNorm: 1 };
/** onnxruntime's memory has its size after two runs. */
const WARMING = 2;

const path = process.argv[2]!;
const [batch, size, threads, runs] = process.argv.slice(3).map(Number) as [number, number, number, number];

const began = performance.now();
const step = await stepGraph(path, batch, size);
const { image, imageShape, classes, gradients } = step;
const { graph, packed, block } = lowerStep(step, await blockWidth());
const session = await openSession(encodeGraph(inExecutionOrder(graph)), { threads });
const building = (performance.now() - began) / 1000;
const state = new TrainingState(
  [...step.parameters].map(([name, { dims, read }]) => ({
    name,
    dims,
    initial: () => read().data as Float32Array,
    rateFactor: 1,
    decay: dims.length > 1,
    block: packed.has(name) ? block : undefined,
  })),
);
const pixels = Float32Array.from(
  { length: imageShape.reduce((a, b) => a * b, 1) },
  (_, i) => Math.sin(i * 12.9898) * 1.5,
);
const labels = new Float32Array(batch * classes);
for (let i = 0; i < batch; i++) labels[i * classes + ((i * 131) % classes)] = 1;
const feeds: Record<string, Tensor> = {
  ...Object.fromEntries(state.views(state.values)),
  [image]: float32(pixels, imageShape),
  labels: float32(labels, [batch, classes]),
};
const fetches: Record<string, Tensor> = { loss: float32([0], []) };
for (const [name, tensor] of state.views(state.gradients)) fetches[gradients[name]!] = tensor;

async function timed(count: number, run: () => Promise<void>): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < WARMING + count; i++) {
    const start = performance.now();
    await run();
    if (i >= WARMING) seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

const seconds = await timed(runs, async () => {
  await session.run(feeds, fetches);
  adamW(state, SETTINGS, 1e-4, gradientNorm(state));
});
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
await session.close();

const inference = await openSession(path, { threads });
const input = inference.inputs[0]!.name;
const forward = await timed(runs, async () => {
  await inference.run({ [input]: feeds[image]! });
});
await inference.close();
console.log(JSON.stringify({ seconds, forward, building, peakMegabytes } satisfies OwnStep));
