import { describe, expect, it } from 'vitest';
import { MarnetError } from '../../core/errors.ts';
import { type GraphEngine, onnxruntimeEngine } from '../../core/runtime/graph-engine.ts';
import type { TrainEvent, TrainingJob } from '../../core/train/index.ts';
import { residualBackbone, residualJob } from './residual.ts';
import { finish, syntheticJob } from './support.ts';

/** A device that can take so many images of [3, SIZE, SIZE], or of `name`, in one run. @param when 'open' or 'run' fails. */
function small(most: number, when: 'open' | 'run'): GraphEngine {
  const refuse = (): never => {
    throw new MarnetError('device-memory', 'out of memory');
  };
  return {
    ...onnxruntimeEngine,
    device: undefined, // its graphs are run by what follows
    async open(graph, what) {
      const images = graph.inputs.find(({ name }) => name === 'image')?.shape?.[0] ?? 0;
      const tooMany = Number(images) > most;
      if (tooMany && when === 'open') refuse();
      const opened = await onnxruntimeEngine.open(graph, what);
      return {
        ...opened,
        inputs: opened.inputs,
        run: async (...run) => (tooMany ? refuse() : opened.run(...run)),
        close: () => opened.close(),
      };
    },
  };
}

async function jobFor(engine?: GraphEngine, statistics = false): Promise<TrainingJob> {
  const job = residualJob(await residualBackbone(8, statistics), { hyper: { epochs: 2, accumulate: 2 } });
  if (job.source.kind !== 'images') throw new Error('no images');
  const resized = (batch: number) => residualBackbone(batch, statistics);
  return { ...job, source: { ...job.source, resized }, engine };
}

describe.each(['open', 'run'] as const)('memory that is too small (%s)', (when) => {
  it('makes runs smaller until they fit, and trains the same', async () => {
    const whole = await finish(await jobFor());
    const events: TrainEvent[] = [];
    const parts = await finish(await jobFor(small(3, when)), events);
    const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
    expect(notices).toEqual([
      expect.stringContaining(
        'too small for 8 images at once. From here on the backbone takes 4 a run, and 2 runs make a batch of 8',
      ),
      expect.stringContaining('takes 2 a run, and 4 runs make a batch of 8'),
    ]);
    expect(parts.history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    parts.history.forEach((metrics, i) => {
      expect(metrics.loss).toBeCloseTo(whole.history[i]!.loss, 3);
    });
    expect(events.flatMap((event) => (event.type === 'step' ? [event.images] : []))).toEqual([16, 2, 16, 2]);
  });
});

it('is the end where one image does not fit', async () => {
  await expect(finish(await jobFor(small(0, 'run')))).rejects.toMatchObject({ code: 'device-memory' });
});

it('is the end where statistics need the whole batch', async () => {
  await expect(finish(await jobFor(small(3, 'run'), true))).rejects.toMatchObject({
    code: 'device-memory',
    hint: expect.stringContaining('smaller --batch'),
  });
});

it('is the end where there is no backbone', async () => {
  const engine = {
    ...onnxruntimeEngine,
    device: undefined, // its graphs are run by what follows
    open: () => Promise.reject(new MarnetError('device-memory', 'out of memory')),
  };
  await expect(finish(syntheticJob({ job: { engine } }))).rejects.toMatchObject({ code: 'device-memory' });
});
