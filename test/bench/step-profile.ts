/**
 * Where the time of a full fine-tuning step goes: onnxruntime's profile of the lowered graph, by op and by node.
 *
 * usage: tsx test/bench/step-profile.ts MODEL.onnx [--batch 8] [--size 224] [--threads 2] [--top 40]
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Graph, Tensor } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { blockWidth } from '../../core/runtime/block.ts';
import { inExecutionOrder } from '../../core/runtime/execution-order.ts';
import { openSession } from '../../core/runtime/session.ts';
import { lowerStep, stepFeeds, stepGraph } from './step-graph.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string', default: '8' },
    size: { type: 'string', default: '224' },
    threads: { type: 'string', default: '2' },
    top: { type: 'string', default: '40' },
  },
});
const path = positionals[0];
if (!path) throw new Error('usage: step-profile.ts MODEL.onnx [options]');
const RUNS = 6;

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Record<string, readonly number[]>[];
    readonly output_type_shape?: readonly Record<string, readonly number[]>[];
  };
}

async function profileOf(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
  folder: string,
): Promise<ProfileEvent[]> {
  const session = await openSession(encodeGraph(inExecutionOrder(graph)), {
    threads: Number(values.threads),
    profile: join(folder, 'profile'),
  });
  const names = graph.outputs.map((o) => o.name);
  for (let i = 0; i < RUNS; i++) await session.run(feeds, names);
  await session.close();
  const file = (await readdir(folder)).find((name) => name.startsWith('profile'))!;
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}

const shapes = (list: readonly Record<string, readonly number[]>[] | undefined): string =>
  (list ?? []).map((entry) => `[${Object.values(entry)[0]!.join(',')}]`).join(' ');

/** The quickest event of each node: what else runs on the machine only ever slows a node down. */
function quickest(events: readonly ProfileEvent[]): ProfileEvent[] {
  const best = new Map<string, ProfileEvent>();
  for (const event of events) {
    const other = best.get(event.name);
    if (!other || event.dur < other.dur) best.set(event.name, event);
  }
  return [...best.values()];
}

/** Milliseconds a step and number of nodes by key, from the most to the least. */
function totals(
  events: readonly ProfileEvent[],
  key: (event: ProfileEvent) => string,
): [string, number, number][] {
  const sums = new Map<string, [number, number]>();
  for (const event of events) {
    const sum = sums.get(key(event)) ?? [0, 0];
    sums.set(key(event), [sum[0] + event.dur / 1000, sum[1] + 1]);
  }
  return [...sums]
    .map(([k, [time, count]]): [string, number, number] => [k, time, count])
    .sort((a, b) => b[1] - a[1]);
}

const folder = await mkdtemp(join(tmpdir(), 'marnet-profile-'));
try {
  const step = await stepGraph(path, Number(values.batch), Number(values.size));
  const lowered = lowerStep(step, await blockWidth());
  const { feeds } = stepFeeds(step, lowered);
  const profile = await profileOf(lowered.graph, feeds, folder);
  const events = quickest(profile.filter((e) => e.cat === 'Node' && e.name.endsWith('_kernel_time')));
  const print = (title: string, rows: [string, number, number][]): void => {
    console.log(`\n${'ms'.padStart(8)} ${'nodes'.padStart(6)}  ${title}`);
    for (const [name, time, count] of rows.slice(0, Number(values.top)))
      console.log(`${time.toFixed(1).padStart(8)} ${String(count).padStart(6)}  ${name}`);
  };
  const all = events.reduce((sum, e) => sum + e.dur, 0) / 1000;
  console.log(`${lowered.graph.nodes.length} nodes, ${all.toFixed(0)} ms in kernels`);
  print(
    'op',
    totals(events, (e) => e.args?.op_name ?? '?'),
  );
  print(
    'op and shapes',
    totals(
      events,
      (e) => `${e.args?.op_name} ${shapes(e.args?.input_type_shape)} -> ${shapes(e.args?.output_type_shape)}`,
    ),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
