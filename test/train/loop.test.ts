import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tensor } from '../../core/graph/index.ts';
import { type TrainEvent, type TrainResult, train } from '../../core/train/index.ts';
import { parseSafetensors } from '../../core/train/safetensors.ts';
import { finish, syntheticJob } from './support.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-train-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytesOf = (parameters: ReadonlyMap<string, Tensor>): Buffer =>
  Buffer.concat(
    [...parameters].flatMap(([name, { data }]) => {
      const floats = data as Float32Array;
      return [Buffer.from(name), Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength)];
    }),
  );

const sameResult = (a: TrainResult, b: TrainResult): void => {
  expect(bytesOf(a.parameters).equals(bytesOf(b.parameters))).toBe(true);
  expect(a.history).toEqual(b.history);
};

/** Stops after so many steps; returns the error. */
async function interruptAfter(steps: number, job: Parameters<typeof train>[0]): Promise<unknown> {
  const controller = new AbortController();
  try {
    const run = train(job, controller.signal);
    let seen = 0;
    for await (const event of run) if (event.type === 'step' && ++seen === steps) controller.abort();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('training on features', () => {
  it('learns, and tells what it does', async () => {
    const events: TrainEvent[] = [];
    const result = await finish(syntheticJob({ hyper: { patience: 0 } }), events);
    expect(result.best.holdoutAccuracy).toBeGreaterThan(0.9);
    expect(result.history.at(-1)!.loss).toBeLessThan(result.history[0]!.loss / 3);
    for (const part of ['ema', 'rec', 'cdr', 'text'] as const)
      expect(result.history.at(-1)![part]).toBeLessThan(result.history[0]![part]!);
    expect(events.filter((e) => e.type === 'step')).toHaveLength(12 * 6);
    expect(events.filter((e) => e.type === 'epoch')).toHaveLength(12);
    expect(events.at(-1)).toEqual({ type: 'stopped', reason: 'finished', epoch: 12 });
  });

  it.each([
    ['no EMA', { ema: false }, ['rec', 'cdr', 'text']],
    ['no CDR', { cdr: false }, ['ema', 'text']],
    ['neither', { ema: false, cdr: false }, []],
  ] as const)('ablation: %s', async (_, heads, parts) => {
    const result = await finish(syntheticJob({ heads, hyper: { patience: 0 } }));
    expect(result.best.holdoutAccuracy).toBeGreaterThan(0.9);
    const present = (['ema', 'rec', 'cdr', 'text'] as const).filter((p) => result.best[p] !== undefined);
    expect(present).toEqual(
      ['ema', 'rec', 'cdr', 'text'].filter((p) => (parts as readonly string[]).includes(p)),
    );
  });

  it('works without any text, and with balanced sampling', async () => {
    const job = syntheticJob({
      hyper: { balanced: true },
      job: { texts: { vocabulary: 0, row: () => undefined } },
    });
    const result = await finish(job);
    expect(result.best.ema).toBeUndefined();
    expect(result.best.holdoutAccuracy).toBeGreaterThan(0.9);
  });

  it('begins at the original logits and improves them', async () => {
    const job = syntheticJob();
    const { classes, labels } = job;
    const baseLogits = Float32Array.from({ length: labels.length * classes }, (_, i) => Math.sin(i));
    if (job.source.kind !== 'features') throw new Error('features expected');
    const corrected = { ...job, base: 'corrected', source: { ...job.source, baseLogits } } as const;
    const start = await finish({ ...corrected, hyper: { ...job.hyper, epochs: 1, learningRate: 1e-12 } });
    const right = job.holdoutIndices.filter((i) => {
      const row = Array.from(baseLogits.slice(i * classes, (i + 1) * classes));
      return row.indexOf(Math.max(...row)) === labels[i];
    });
    expect(start.best.holdoutAccuracy).toBe(right.length / job.holdoutIndices.length);
    expect(start.best.holdoutAccuracy).toBeLessThan(0.5);
    expect((await finish(corrected)).best.holdoutAccuracy).toBeGreaterThan(0.75);
  });

  it('gives the same bytes for one seed, and others for another', async () => {
    const first = await finish(syntheticJob());
    sameResult(first, await finish(syntheticJob()));
    const other = await finish(syntheticJob({ job: { seed: 2 } }));
    expect(bytesOf(first.parameters).equals(bytesOf(other.parameters))).toBe(false);
  });

  it('stops early when the holdout no longer improves', async () => {
    const events: TrainEvent[] = [];
    const result = await finish(syntheticJob({ hyper: { epochs: 60, patience: 3 } }), events);
    expect(result.reason).toBe('no-improvement');
    expect(result.history).toHaveLength(result.bestEpoch + 3);
    expect(events.at(-1)).toMatchObject({ type: 'stopped', reason: 'no-improvement' });
  });
});

describe('checkpoints', () => {
  it.each([1, 6, 20])('a run interrupted after step %i goes on to the same bytes', async (steps) => {
    const job = syntheticJob({ job: { folder, resume: true } });
    const unbroken = await finish(syntheticJob());
    const error = await interruptAfter(steps, job);
    expect(error).toMatchObject({ code: 'interrupted' });
    const again = await interruptAfter(3, job);
    expect(again).toMatchObject({ code: 'interrupted' });
    sameResult(await finish(job), unbroken);
    // Resuming what is finished changes nothing.
    sameResult(await finish(job), unbroken);
    const lines = (await readFile(join(folder, 'metrics.csv'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(1 + unbroken.history.length);
  });

  it('keeps the best weights under their own names', async () => {
    const result = await finish(syntheticJob({ job: { folder } }));
    expect((await readdir(folder)).sort()).toEqual(['best.safetensors', 'last.safetensors', 'metrics.csv']);
    const best = parseSafetensors(await readFile(join(folder, 'best.safetensors')));
    expect(bytesOf(best.tensors).equals(bytesOf(result.parameters))).toBe(true);
    expect(JSON.parse(best.metadata.metrics!)).toMatchObject({ epoch: result.bestEpoch });
  });

  it.each([true, false])(
    'in mid-epoch, when the last one is old, change nothing (with a folder: %s)',
    async (kept) => {
      const unbroken = await finish(syntheticJob());
      // Each look at the clock is a minute and a half after the last.
      let now = performance.now();
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
        now += 90_000;
        return now;
      });
      try {
        const events: TrainEvent[] = [];
        sameResult(await finish(syntheticJob({ job: kept ? { folder } : {} }), events), unbroken);
        const saves = events.filter((event) => event.type === 'checkpoint' && event.kind === 'last');
        if (kept)
          expect(saves.length).toBeGreaterThan(events.filter(({ type }) => type === 'step').length / 2);
        else expect(saves).toEqual([]);
      } finally {
        clock.mockRestore();
      }
    },
  );

  it('refuses a checkpoint of another job, and a damaged one', async () => {
    await finish(syntheticJob({ job: { folder } }));
    const other = syntheticJob({ hyper: { learningRate: 1e-4 }, job: { folder, resume: true } });
    await expect(finish(other)).rejects.toMatchObject({ code: 'resume' });
    const path = join(folder, 'last.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, -100));
    await expect(finish(syntheticJob({ job: { folder, resume: true } }))).rejects.toThrow(/cut short/);
  });

  it('says so when the folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const job = syntheticJob({ job: { folder: join(folder, 'file') } });
    await expect(finish(job)).rejects.toMatchObject({ code: 'output' });
  });
});

describe('numbers that are none', () => {
  it('stops, keeps the best epoch, and says what to try', async () => {
    const job = syntheticJob({ hyper: { epochs: 3, patience: 0 }, job: { folder } });
    if (job.source.kind !== 'features') throw new Error('features expected');
    // The features turn bad while the run is under way, after an epoch.
    const run = train(job);
    const failure = (async () => {
      for await (const event of run)
        if (event.type === 'epoch' && job.source.kind === 'features') job.source.features.fill(Number.NaN);
    })();
    await expect(failure).rejects.toMatchObject({
      code: 'non-finite',
      message: expect.stringContaining('epoch 2, step 1'),
      hint: expect.stringContaining('epoch 1 are kept'),
    });
    expect(await readdir(folder)).toContain('best.safetensors');
    const best = parseSafetensors(await readFile(join(folder, 'best.safetensors')));
    for (const { data } of best.tensors.values())
      expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  });

  it('stops where they come out of the holdout alone, and keeps none of it', async () => {
    const job = syntheticJob({ hyper: { epochs: 3, patience: 0 }, job: { folder } });
    if (job.source.kind !== 'features') throw new Error('features expected');
    const { width, features } = job.source;
    for (const i of job.holdoutIndices) features.fill(Number.NaN, i * width, (i + 1) * width);
    await expect(finish(job)).rejects.toMatchObject({
      code: 'non-finite',
      message: expect.stringContaining(
        'the loss on the holdout (NaN) is no longer a finite number in epoch 1',
      ),
    });
    expect(await readdir(folder)).not.toContain('best.safetensors');
  });
});
