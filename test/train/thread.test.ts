/** Trainings on a thread of their own, beside the same on this one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MarnetError } from '../../core/errors.ts';
import { Graph, GraphBuilder, int, type Tensor } from '../../core/graph/index.ts';
import { type GraphEngine, onnxruntimeEngine } from '../../core/runtime/graph-engine.ts';
import { type TrainEvent, type TrainingJob, type TrainResult, train } from '../../core/train/index.ts';
import type { GradientRunner } from '../../core/train/memory/memory.ts';
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

const open = (): RemoteMemory => {
  const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, clipNorm: 0 };
  const state = new KeptState([
    { name: 'w', dims: [4], initial: () => new Float32Array(4), rateFactor: 1, decay: false },
  ]);
  return RemoteMemory.open('cpu', state, { adam, batches: 1, hosted: new Set() });
};

describe('this thread', () => {
  let memory: RemoteMemory;
  beforeAll(async () => {
    memory = open();
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

describe('runs with their updates', () => {
  const feeds = (...x: number[]) => ({
    x: { dtype: 'float32' as const, dims: [4], data: Float32Array.from(x) },
  });
  let memory: RemoteMemory;
  let asked: NonNullable<GradientRunner['runAndUpdate']>;
  beforeAll(async () => {
    memory = open();
    const graph = new Graph();
    graph.opsets.set('', 21);
    const b = new GraphBuilder(graph);
    const [x, w] = [b.input('x', 'float32', [4]), b.input('w', 'float32', [4])];
    b.output(b.op('ReduceSum', [b.mul(x, w)], { keepdims: int(0) }), 'loss');
    b.output(b.op('Identity', [x]), 'dw');
    graph.outputs = [
      { name: 'loss', dtype: 'float32', shape: [] },
      { name: 'dw', dtype: 'float32', shape: [4] },
    ];
    const request = { graph, what: 'a graph', outputs: ['loss'], gradients: { w: 'dw' } };
    asked = (await memory.openGradient({ ...request, share: 'whole' })).runAndUpdate!;
    return () => memory.close();
  });

  it('may be asked for one after the other: each sees what those before it made', async () => {
    const three = await Promise.all([
      asked(feeds(3, 0, 0, 4), 'loss', 0.5),
      asked(feeds(3, 0, 0, 4), 'loss', 0.5),
      asked(feeds(0, 0, 0, 1), 'loss', 0.5),
    ]);
    // A step of Adam on an equal gradient is the learning rate; w is 0, -0.5, -1 along x.
    const losses = three.map(({ outputs }) => (outputs.loss!.data as Float32Array)[0]!);
    [0, -3.5, -1].forEach((loss, i) => {
      expect(losses[i]).toBeCloseTo(loss, 5);
    });
    expect(three.map(({ norm }) => norm)).toEqual([5, 5, 1]);
  });

  it('change nothing where the loss is not finite', async () => {
    const probe = async (): Promise<number> => {
      const { outputs, norm } = await asked(feeds(1, 1, 1, 1), 'loss', 0);
      expect(norm).toBe(2);
      return (outputs.loss!.data as Float32Array)[0]!;
    };
    const before = await probe();
    const { outputs, norm } = await asked(feeds(3e38, 3e38, 3e38, 3e38), 'loss', 0.5);
    expect((outputs.loss!.data as Float32Array)[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(norm).toBeNaN();
    expect(await probe()).toBe(before);
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
