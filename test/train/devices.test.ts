/** A training whose state stays on the device, beside the same training on the CPU. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Graph, GraphBuilder, int, ints, type Value } from '../../core/graph/index.ts';
import { prepareBackbone, type TrainableBackbone } from '../../core/runtime/backbone.ts';
import { openResident, Transfer } from '../../core/runtime/device/resident.ts';
import { type GraphEngine, onnxruntimeOn } from '../../core/runtime/graph-engine.ts';
import { type TrainEvent, type TrainingJob, train } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { useSoftwareVulkan } from '../runtime/device/vulkan.ts';
import { normalsFor } from './normals.ts';
import { CLASSES, FEATURES, residualBackbone, residualJob, SIZE } from './residual.ts';
import { finish, syntheticJob } from './support.ts';

/** Everything but the memory: the graphs of a device, on the CPU, with values that onnxruntime gives back. */
const pretended = (): GraphEngine => ({
  name: 'onnxruntime',
  target: 'portable',
  blocked: false,
  open: () => Promise.reject(new Error('state is resident')),
  resident: {
    open: (graph, _, keep) => openResident(graph, 'cpu', keep),
    transfer: (length) => Transfer.open('cpu', length),
  },
  notices: () => [],
});

const missing = useSoftwareVulkan();
if (missing) console.log(`skipped: training on WebGPU, ${missing}`);

/** What a software driver can compile in seconds: convolution, pooling, pointwise convolution, mean, Gemm. */
function shallowNetwork(): Graph {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  const weight = (name: string, dims: number[]): Value => {
    const data = new Float32Array(dims.reduce((p, d) => p * d, 1));
    normalsFor(8, name)(data);
    return b.weight(name, { dtype: 'float32', dims, data: data.map((v) => v * 0.3) });
  };
  const image = b.input('image', 'float32', ['batch', 3, SIZE, SIZE]);
  const first = b.op('Conv', [image, weight('first', [8, 3, 3, 3])], { pads: ints([1, 1, 1, 1]) });
  const half = b.op('MaxPool', [b.relu(first)], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
  const second = b.op('Conv', [half, weight('second', [FEATURES, 8, 1, 1]), weight('bias', [FEATURES])]);
  const map = b.op('Relu', [second], {}, { names: ['map'] });
  const flat = b.op('Flatten', [b.op('GlobalAveragePool', [map])], { axis: int(1) });
  const logits = [flat, weight('fc.weight', [FEATURES, CLASSES]), weight('fc.bias', [CLASSES])] as const;
  b.output(b.op('Gemm', logits, {}, { names: ['logits'] }));
  return graph;
}

const shallow = (): Promise<TrainableBackbone> =>
  prepareBackbone(shallowNetwork(), {
    outputs: ['map', 'logits'],
    batch: 8,
    size: { height: SIZE, width: SIZE },
  });

async function stepsOf(job: TrainingJob) {
  const events: TrainEvent[] = [];
  const result = await finish(job, events);
  return { result, steps: events.flatMap((event) => (event.type === 'step' ? [event] : [])) };
}

/** Relative to the largest of either. */
function difference(a: Float32Array, b: Float32Array): number {
  let [most, scale] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(a[i]!), Math.abs(b[i]!));
  }
  return scale === 0 ? 0 : most / scale;
}

async function expectSame(job: TrainingJob, engine: GraphEngine): Promise<void> {
  const [here, there] = [await stepsOf(job), await stepsOf({ ...job, engine })];
  expect(there.steps.length).toBe(here.steps.length);
  here.steps.forEach((step, i) => {
    const other = there.steps[i]!;
    expect(other.images).toBe(step.images);
    expect(Math.abs(other.losses.loss / step.losses.loss - 1)).toBeLessThan(1e-3);
    expect(Math.abs(other.gradientNorm / step.gradientNorm - 1)).toBeLessThan(1e-2);
  });
  for (const [name, tensor] of here.result.parameters) {
    const other = there.result.parameters.get(name)!;
    expect(other.dims, name).toEqual(tensor.dims);
    expect(difference(tensor.data as Float32Array, other.data as Float32Array), name).toBeLessThan(2e-2);
  }
  expect(difference(here.result.holdoutLogits, there.result.holdoutLogits)).toBeLessThan(1e-2);
}

const short = { epochs: 2, patience: 0 };
/** Shaders are compiled once, whatever follows; under load even that takes a software driver a while. */
const SLOW = 300_000;

describe.each([
  ['resident state on the CPU', pretended, undefined],
  ['WebGPU', () => onnxruntimeOn('webgpu'), missing],
] as const)('%s', (_, engine, reason) => {
  it.skipIf(reason)(
    'trains heads on features, with the gradients of several batches summed',
    { timeout: SLOW },
    () => expectSame(syntheticJob({ images: 60, hyper: { ...short, batch: 8, accumulate: 2 } }), engine()),
  );

  it.skipIf(reason)('trains every weight of a backbone', { timeout: SLOW }, async () =>
    expectSame(residualJob(await shallow(), { hyper: { ...short, weightDecay: 0.1 } }), engine()),
  );
});

describe('memory on WebGPU', () => {
  it.skipIf(missing)('does not grow from step to step', { timeout: SLOW }, async () => {
    const job = { ...residualJob(await shallow(), { hyper: short }), engine: onnxruntimeOn('webgpu') };
    const heads = initialHeads(job);
    const engine = await openEngine(job, trainingState(job, heads), heads);
    const images = job.trainIndices.slice(0, 8);
    const take = async (steps: number) => {
      for (let step = 0; step < steps; step++) {
        await engine.step(await engine.prepare(images, 0, step), images, 0, step);
        await engine.update(1e-3);
      }
      return process.memoryUsage().rss;
    };
    const before = await take(10);
    // A step makes four vectors of 256 KB, in memory of the host with this driver: kept, they would be 40 MB.
    const grown = (await take(40)) - before;
    await engine.close();
    expect(grown).toBeLessThan(15 * 2 ** 20);
  });
});

describe('resident state on the CPU', () => {
  it('trains a deep backbone', async () =>
    expectSame(residualJob(await residualBackbone(8), { hyper: short }), pretended()));

  it('trains a backbone that takes a part of the batch', async () =>
    expectSame(residualJob(await residualBackbone(3), { hyper: { ...short, batch: 8 } }), pretended()));

  it('leaves running averages to the host', async () =>
    expectSame(residualJob(await residualBackbone(8, true), { hyper: short }), pretended()));

  it('goes on from a checkpoint', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'marnet-resident-'));
    try {
      const hyper = { epochs: 3, patience: 0 };
      const job = syntheticJob({ images: 40, hyper, job: { engine: pretended() } });
      const whole = await finish(job);
      const stop = new AbortController();
      const run = train({ ...job, folder }, stop.signal);
      const stopped = (async () => {
        for await (const event of run) if (event.type === 'step' && event.epoch === 2) stop.abort();
      })();
      await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
      const rest = await finish({ ...job, folder, resume: true });
      expect(rest.holdoutLogits).toEqual(whole.holdoutLogits);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
