/**
 * Where a second thread is worth its price: steps of heads on frozen features, and full steps of models that are given,
 * with one thread and with as many as there are cores. `hasShortOps` decides by multiplications a node.
 *
 * usage: tsx test/bench/threads.ts [FILE.onnx...] [--batch 2] [--runs 15]
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { float32, type Graph, sizeOf, type Tensor } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { blockWidth } from '../../core/runtime/block.ts';
import { openSession } from '../../core/runtime/session.ts';
import { hasShortOps } from '../../core/runtime/short-ops.ts';
import { workOf } from '../../core/runtime/work.ts';
import { initialHeads } from '../../core/train/setup.ts';
import { buildStepGraph, featureTrunk } from '../../core/train/step-graph.ts';
import { syntheticJob } from '../train/support.ts';
import { lowerStep, stepGraph } from './step-graph.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { batch: { type: 'string', default: '2' }, runs: { type: 'string', default: '15' } },
});
const batch = Number(values.batch);
const runs = Number(values.runs);
const WARMING = 3;
const ROUNDS = 3;

/** The product's own heads on so many features. */
function headStep(width: number, batch: number): Graph {
  const full = { latent: 256, visualHidden: 256, textWidth: 128, denoiserWidth: 128, timeWidth: 64 };
  const job = syntheticJob({
    images: batch + batch / 2,
    width,
    classes: 20,
    heads: { ...full, fusionHidden: 256, diffusionSteps: 100, samplingSteps: 4, dropout: 0.3 },
    hyper: { batch },
  });
  return buildStepGraph(job, featureTrunk(job, batch), initialHeads(job), batch, []).graph;
}

/** Some 3 ms of work on the calling thread, as a training has between steps; onnxruntime's threads wait meanwhile. */
function betweenSteps(): void {
  const until = performance.now() + 3;
  while (performance.now() < until) scratch.fill(Math.random());
}
const scratch = new Float32Array(2 ** 16);

/** Medians by the number of threads. Never two sessions at once: the threads of one wait for more, and take from the other. */
async function secondsBy(graph: Graph, counts: readonly number[]): Promise<number[]> {
  const model = encodeGraph(graph);
  const feeds: Record<string, Tensor> = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const dims = shape as number[];
      return [
        name,
        float32(
          Float32Array.from({ length: sizeOf(dims) }, (_, i) => 0.1 * Math.sin(i)),
          dims,
        ),
      ];
    }),
  );
  const times: number[][] = counts.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, threads] of counts.entries()) {
      const session = await openSession(model, { threads });
      for (let run = -WARMING; run < runs; run++) {
        betweenSteps();
        const began = performance.now();
        await session.run(feeds);
        if (run >= 0) times[i]!.push((performance.now() - began) / 1000);
      }
      await session.close();
    }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]!);
}

const graphs: [string, () => Promise<Graph>][] = [
  ...[
    [256, 32],
    [512, 64],
    [1280, 64],
    [1280, 128],
    [2048, 128],
    [1280, 256],
    [2048, 512],
  ].map(([width, batch]): [string, () => Promise<Graph>] => [
    `heads, ${width} features, ${batch} images`,
    async () => headStep(width!, batch!),
  ]),
  ...positionals.map((path): [string, () => Promise<Graph>] => [
    `${path.split('/').at(-1)}, ${batch} images`,
    async () => lowerStep(await stepGraph(path, batch, 224), await blockWidth()).graph,
  ]),
];
console.log(
  `milliseconds; median of ${ROUNDS * runs}\nmultiplications a node    1 thread   ${availableParallelism()} threads   ratio`,
);
for (const [name, make] of graphs) {
  const graph = await make();
  const { macs } = workOf(graph, new Set(graph.nodes.flatMap((node) => node.outputs)));
  const [one, all] = await secondsBy(graph, [1, availableParallelism()]);
  const cell = (value: number, digits: number): string => value.toFixed(digits).padStart(11);
  console.log(
    `${cell(macs / graph.nodes.length / 1e6, 2)} million ${cell(1000 * one!, 1)} ${cell(1000 * all!, 1)} ${cell(all! / one!, 2)}   ${name}${hasShortOps(graph) ? ' (one thread)' : ''}`,
  );
}
