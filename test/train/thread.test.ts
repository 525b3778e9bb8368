/** Trainings on a thread of their own, beside the same on this one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MarnetError } from '../../core/errors.ts';
import { Graph, GraphBuilder, type Tensor } from '../../core/graph/index.ts';
import { type GraphEngine, onnxruntimeEngine } from '../../core/runtime/graph-engine.ts';
import { type TrainEvent, type TrainingJob, type TrainResult, train } from '../../core/train/index.ts';
import { RemoteMemory } from '../../core/train/memory/remote.ts';
import { KeptState } from '../../core/train/state.ts';
import { runScript } from '../cli/process.ts';
import { residualBackbone, residualJob } from './residual.ts';
import { slowFeeds, slowGraph } from './slow-graph.ts';
import { finish, syntheticJob } from './support.ts';

const here: GraphEngine = { ...onnxruntimeEngine, device: undefined };

const bytesOf = (tensors: ReadonlyMap<string, Tensor>): Map<string, Buffer> =>
  new Map([...tensors].map(([name, { data }]) => [name, Buffer.from((data as Float32Array).slice().buffer)]));

const hyper = { epochs: 3, patience: 0 };

const JOBS: Readonly<Record<string, () => Promise<TrainingJob>>> = {
  'heads on features': async () => syntheticJob({ hyper }),
  'heads on features, with batches summed': async () =>
    syntheticJob({ hyper: { ...hyper, accumulate: 3, weightDecay: 0.1 } }),
  'every weight': async () => residualJob(await residualBackbone(8), { hyper, texts: true }),
  'every weight, in parts': async () => residualJob(await residualBackbone(3), { hyper }),
  'on the statistics of batches': async () => residualJob(await residualBackbone(8, true), { hyper }),
  'in float16': async () => ({
    ...syntheticJob({ images: 40, hyper }),
    precision: 'float16',
  }),
};

describe.each(Object.entries(JOBS))('%s', (_, make) => {
  const results: TrainResult[] = [];
  const steps: TrainEvent[][] = [];
  beforeAll(async () => {
    const job = await make();
    for (const engine of [onnxruntimeEngine, here]) {
      const events: TrainEvent[] = [];
      results.push(await finish({ ...job, engine }, events));
      steps.push(events.filter(({ type }) => type === 'step'));
    }
  });

  it('are the same to the byte, step by step', () => {
    const [there, same] = results as [TrainResult, TrainResult];
    expect(there.history).toEqual(same.history);
    expect(bytesOf(there.parameters)).toEqual(bytesOf(same.parameters));
    expect(there.holdoutLogits).toEqual(same.holdoutLogits);
    const plain = (events: readonly TrainEvent[]) =>
      events.map((event) => ({ ...event, milliseconds: undefined }));
    expect(plain(steps[0]!)).toEqual(plain(steps[1]!));
    expect(steps[0]!.length).toBeGreaterThan(2);
  });
});

describe('the next batch', () => {
  it('is made while a step runs, and each step has its own', async () => {
    const log: string[] = [];
    const backbone = await residualBackbone(8);
    const job = residualJob(backbone, { hyper: { ...hyper, epochs: 1 } });
    if (job.source.kind !== 'images') throw new Error('no images');
    const { images } = job.source;
    const source: typeof job.source = {
      ...job.source,
      images(indices, epoch, step) {
        if (epoch !== 'holdout') log.push(`made ${step}`);
        return images(indices, epoch, step);
      },
    };
    for await (const event of train({ ...job, source }))
      if (event.type === 'step') log.push(`step ${event.step - 1}`);
    expect(log).toEqual(['made 0', 'made 1', 'step 0', 'made 2', 'step 1', 'step 2']);
  });
});

const open = async (): Promise<RemoteMemory> => {
  const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, clipNorm: 0 };
  const state = new KeptState([
    { name: 'w', dims: [4], initial: () => new Float32Array(4), rateFactor: 1, decay: false },
  ]);
  return RemoteMemory.open('cpu', state, { adam, batches: 1, hosted: new Set() });
};

describe('this thread', () => {
  let memory: RemoteMemory;
  beforeAll(async () => {
    memory = await open();
    return () => memory.close();
  });

  it('goes on while a run is under way', async () => {
    const runner = await memory.open({ graph: slowGraph(40), what: 'a graph', outputs: ['sum'] });
    let [ticks, over] = [0, false];
    const running = runner.run(slowFeeds()).finally(() => {
      over = true;
    });
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      ticks++;
    }
    expect((await running).sum!.data).toHaveLength(1);
    // 40 products of 0.9 billion operations each: were this thread held up, one timer at most would have fired.
    expect(ticks).toBeGreaterThan(3);
    await runner.close();
  });

  it('is told what went wrong there, with its code', async () => {
    const graph = new Graph();
    graph.opsets.set('', 21);
    const b = new GraphBuilder(graph);
    b.output(b.op('Tanh', [b.input('x', 'float32', [2])]), 'y');
    const runner = await memory.open({ graph, what: 'a graph', outputs: ['y'] });
    const wrong = runner.run({ x: { dtype: 'float32', dims: [3], data: new Float32Array(3) } });
    await expect(wrong).rejects.toThrowError(MarnetError);
    await expect(wrong).rejects.toMatchObject({ code: 'runtime', message: /Got: 3 Expected: 2/ });
    // It is still of use.
    const right = await runner.run({ x: { dtype: 'float32', dims: [2], data: Float32Array.of(0, 0) } });
    expect([...(right.y!.data as Float32Array)]).toEqual([0, 0]);
    await runner.close();
    graph.nodes[0] = { ...graph.nodes[0]!, op: 'NoSuchOp' };
    const refused = memory.open({ graph, what: 'a graph', outputs: ['y'] });
    await expect(refused).rejects.toMatchObject({ code: 'runtime' });
  });
});

describe.skipIf(process.platform === 'win32')('a signal while a run is under way', () => {
  /** Sends it as soon as the run has begun. */
  const signalled = (signal: NodeJS.Signals) => {
    let sent = false;
    return runScript('test/train/long-run.ts', [], {
      watch: (stdout, kill) => {
        if (sent || !stdout.includes('running')) return;
        sent = true;
        kill(signal);
      },
    });
  };

  it('is heard before it is over', async () => {
    const { code, stdout, stderr } = await signalled('SIGINT');
    expect(stdout.trim().split('\n')).toEqual(['running', 'heard', 'over']);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('may end the process, once the run is over: ended within, it would take the process down with an abort', async () => {
    const { code, signal, stdout, stderr } = await signalled('SIGTERM');
    expect([code, signal, stderr]).toEqual([7, null, '']);
    expect(stdout).not.toContain('over');
  });
});
