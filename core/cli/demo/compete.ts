import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarnetError } from '../../errors.ts';
import { evaluateModel, wrap } from '../../index.ts';
import { tableText } from '../../report/index.ts';
import type { Run } from '../../wrap/run.ts';
import { shellLine } from '../arguments/quote.ts';
import { dataLines, locatedLines } from '../output/describe.ts';
import { stopOnInterrupt } from '../output/interrupt.ts';
import type { Io } from '../output/io.ts';
import { count, duration, percent } from '../output/numbers.ts';
import { BUDGET } from './budget.ts';
import { SHIPPED_CLASSIFIER } from './classifier.ts';
import { CONTESTANTS, type Contestant, type DemoData, paintData, spread } from './contest.ts';

interface Scores {
  readonly clean: number[];
  readonly poor: number[];
}

/** How often, how long, and whether the data and the models are kept. */
export interface CompeteOptions {
  readonly seeds: number;
  readonly epochs: number;
  readonly keep?: boolean;
}

/** Paints the data, trains every contestant for every seed, measures each, and prints the table. */
export async function compete(io: Io, { seeds, epochs, keep }: CompeteOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'marnet-demo-'));
  const begun = performance.now();
  let running: Run | undefined;
  let interrupted = false;
  const release = stopOnInterrupt(
    io,
    () => {
      interrupted = true;
      running?.abort();
    },
    (text) => io.err(`${text}\n`),
  );
  try {
    io.err('Painting plates of food: 12 dishes that the shipped classifier has never seen …\n');
    const data = await paintData((name) => join(folder, name));
    const scores = new Map<Contestant, Scores>(CONTESTANTS.map((c) => [c, { clean: [], poor: [] }]));
    for (let seed = 0; seed < seeds; seed++) {
      for (const contestant of CONTESTANTS) {
        if (interrupted) throw new MarnetError('interrupted', 'the demo was stopped');
        const out = join(folder, `${CONTESTANTS.indexOf(contestant)}-seed-${seed}.onnx`);
        const runFolder = join(folder, 'runs', `${CONTESTANTS.indexOf(contestant)}-seed-${seed}`);
        const tell = seed === 0 && contestant === CONTESTANTS[0];
        const first = performance.now();
        const training = { ...BUDGET, epochs };
        running = start(contestant, data, {
          seed,
          out,
          runFolder,
          training,
          cacheFolder: join(folder, 'cache'),
        });
        await follow(io, running, tell);
        const { clean, poor } = await measure(out, data);
        scores.get(contestant)!.clean.push(clean);
        scores.get(contestant)!.poor.push(poor);
        const seconds = ((performance.now() - first) / 1000).toFixed(1);
        io.err(
          `  seed ${seed + 1}/${seeds}, ${contestant.name}: ${percent(clean)}, under poor light ${percent(poor)} (${seconds} s)\n`,
        );
      }
    }
    io.out(resultText(io, scores, { seeds, epochs }));
    io.err(`Done in ${duration((performance.now() - begun) / 1000)}.\n`);
    io.out(nextText(folder, data, keep ?? false));
  } finally {
    release();
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly seed: number;
  readonly out: string;
  readonly runFolder: string;
  readonly cacheFolder: string;
  readonly training: typeof BUDGET;
}

function start({ options }: Contestant, data: DemoData, place: Place): Run {
  return wrap(SHIPPED_CLASSIFIER, data.training, {
    ...options,
    ...place,
    classes: 'new',
    compare: false,
  });
}

/** Waits for the run; tells of the first one what it works with, the others being alike. */
async function follow(io: Io, run: Run, tell: boolean): Promise<void> {
  for await (const event of run) {
    if (!tell) continue;
    const lines =
      event.type === 'located' ? locatedLines(event) : event.type === 'data' ? dataLines(event.dataset) : [];
    for (const line of lines) io.err(`${line}\n`);
  }
}

async function measure(model: string, data: DemoData): Promise<{ clean: number; poor: number }> {
  const clean = await evaluateModel(model, data.clean, {});
  const poor = await evaluateModel(model, data.poor, {});
  return { clean: clean.top1, poor: poor.top1 };
}

function resultText(
  io: Io,
  scores: ReadonlyMap<Contestant, Scores>,
  { seeds, epochs }: Pick<CompeteOptions, 'seeds' | 'epochs'>,
): string {
  const cell = (values: readonly number[]): string => {
    const { mean, deviation } = spread(values);
    return `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} %`;
  };
  const rows = [...scores].map(([{ name }, { clean, poor }]) => [name, cell(clean), cell(poor)]);
  const table = tableText(['', 'clean', 'poor light'], rows, { terminal: io.colours.out });
  return `\n${table}\nTop-1 on pictures that no training saw: mean and standard deviation over ${count(seeds, 'seed')}, ${count(epochs, 'epoch')} each.\n`;
}

function nextText(folder: string, data: DemoData, keep: boolean): string {
  const kept = keep
    ? `Kept in ${folder}. Try:\n  ${shellLine(['marnet-wrap', 'eval', join(folder, '2-seed-0.onnx'), '--data', data.poor])}\n`
    : '';
  return `\n${kept}For your own: marnet-wrap model.onnx --data FOLDER; for files to try that on: marnet-wrap demo --write-example example\n`;
}
