/**
 * What it costs that trainings run on a thread of their own: a run that computes nothing, with a megabyte handed over; and
 * the same training there and on the calling thread, in turns, as milliseconds a step from the first step to the last, and
 * the longest time that no timer of the calling thread fired.
 *
 * usage: tsx test/bench/thread.ts [--rounds 3] [--batch 8] [--size 160]
 */
import { parseArgs } from 'node:util';
import { Graph, GraphBuilder } from '../../core/graph/index.ts';
import { headOptions } from '../../core/marnet/index.ts';
import { type GraphEngine, onnxruntimeEngine } from '../../core/runtime/graph-engine.ts';
import { hyperparameters, type TrainingJob, train } from '../../core/train/index.ts';
import { RemoteMemory } from '../../core/train/memory/remote.ts';
import { KeptState } from '../../core/train/state.ts';
import { fullJob, wave } from './full-job.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '8' },
    size: { type: 'string', default: '160' },
  },
});
const [rounds, batch, size] = [Number(values.rounds), Number(values.batch), Number(values.size)];

/** The heads at their defaults, on features of 1280 numbers, with texts of 3 of 1000 words. */
function headsJob(images: number): TrainingJob {
  const indices = Array.from({ length: images }, (_, i) => i);
  return {
    source: { kind: 'features', features: wave(images * 1280), width: 1280 },
    labels: Int32Array.from(indices, (i) => i % 20),
    classes: 20,
    texts: {
      vocabulary: 1000,
      row: (i) => ({ ids: [i % 1000, (7 * i) % 1000, (31 * i) % 1000], weights: [1, 1, 1] }),
    },
    trainIndices: indices,
    holdoutIndices: [],
    base: 'new',
    heads: headOptions(),
    hyper: hyperparameters({ epochs: 4, patience: 0 }),
    seed: 1,
  };
}

interface Measured {
  /** Milliseconds. */
  readonly step: number;
  /** Milliseconds. */
  readonly silence: number;
}

async function measure(job: TrainingJob): Promise<Measured> {
  let [first, last, steps, silence] = [0, 0, 0, 0];
  let heard = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (steps > 0) silence = Math.max(silence, now - heard);
    heard = now;
  }, 1);
  for await (const event of train(job)) {
    if (event.type !== 'step') continue;
    last = performance.now();
    if (steps++ === 0) first = last;
  }
  clearInterval(timer);
  return { step: (last - first) / (steps - 1), silence };
}

/** Milliseconds of a call of the thread, in the median. */
async function emptyRun(): Promise<number> {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const x = b.input('x', 'float32', [2 ** 18]);
  b.output(b.slice(x, [0], [1], [0]), 'y');
  const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, clipNorm: 0 };
  const state = new KeptState([{ name: 'w', dims: [1], rateFactor: 1, decay: false }]);
  const memory = RemoteMemory.open('cpu', state, { adam, batches: 1, hosted: new Set() });
  const runner = await memory.open({ graph, what: 'a graph', outputs: ['y'] });
  const times: number[] = [];
  for (let run = 0; run < 500; run++) {
    const feeds = { x: { dtype: 'float32', dims: [2 ** 18], data: new Float32Array(2 ** 18) } } as const;
    const began = performance.now();
    await runner.run(feeds);
    times.push(performance.now() - began);
  }
  await runner.close();
  await memory.close();
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

console.log(`an empty run on a thread: ${(await emptyRun()).toFixed(3)} ms`);
const here: GraphEngine = { ...onnxruntimeEngine, device: undefined };
const jobs = {
  'heads on features': headsJob(1024),
  'every weight of mobilenet_v2': await fullJob(
    'mobilenet_v2',
    { batch, size, images: 6 * batch },
    { epochs: 2, patience: 0 },
  ),
};
for (const [name, job] of Object.entries(jobs)) {
  const best = { thread: Number.POSITIVE_INFINITY, here: Number.POSITIVE_INFINITY };
  const silence = { thread: 0, here: 0 };
  for (let round = 0; round < rounds; round++)
    for (const [where, engine] of [
      ['thread', onnxruntimeEngine],
      ['here', here],
    ] as const) {
      const measured = await measure({ ...job, engine });
      best[where] = Math.min(best[where], measured.step);
      silence[where] = Math.max(silence[where], measured.silence);
    }
  const text = (where: 'thread' | 'here'): string =>
    `${best[where].toFixed(2)} ms a step, longest silence ${silence[where].toFixed(0)} ms`;
  console.log(`${name}, batch ${job.hyper.batch}: on a thread ${text('thread')}; here ${text('here')}`);
}
