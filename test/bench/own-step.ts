/**
 * Seconds of full fine-tuning steps of this project, for step.ts, in a process of its own so that its memory can be told.
 *
 * usage: tsx test/bench/own-step.ts FILE.onnx BATCH SIZE THREADS RUNS
 * Prints one JSON line, an `OwnStep`; the warming runs are left out.
 */
import { float32, type Tensor } from '../../core/graph/index.ts';
import { blockWidth } from '../../core/runtime/block.ts';
import { inExecutionOrder } from '../../core/runtime/execution-order.ts';
import { openSession } from '../../core/runtime/session.ts';
import { openWriting } from '../../core/runtime/writing-session.ts';
import { adamW, gradientNorm } from '../../core/train/optimizer.ts';
import { lowerStep, stepFeeds, stepGraph } from './step-graph.ts';

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
const lowered = lowerStep(step, await blockWidth());
const session = await openWriting(inExecutionOrder(lowered.graph), { threads });
const building = (performance.now() - began) / 1000;
const { state, feeds } = stepFeeds(step, lowered);
const fetches: Record<string, Tensor> = { loss: float32([0], []) };
for (const [name, tensor] of state.views(state.gradients)) fetches[step.gradients[name]!] = tensor;

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
  await inference.run({ [input]: feeds[step.image]! });
});
await inference.close();
console.log(JSON.stringify({ seconds, forward, building, peakMegabytes } satisfies OwnStep));
