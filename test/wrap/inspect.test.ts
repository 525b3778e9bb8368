import { describe, expect, it } from 'vitest';
import { float32, Graph, GraphBuilder, type Value } from '../../core/graph/index.ts';
import { inspectModel, loadModel, type TuningCost } from '../../core/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { useSoftwareVulkan } from '../runtime/device/vulkan.ts';
import { tinyClassifier } from './tiny.ts';

const inspect = async (bytes: Uint8Array, options = {}) => inspectModel(await loadModel(bytes), options);

/** image [batch, 3, 2, 2] -> 1x1 Conv -> the layer under test -> mean over the map -> 4 classes. */
function classifier(layer: (b: GraphBuilder, x: Value) => Value, batch: number | string): Uint8Array {
  const graph = new Graph();
  graph.opsets.set('', 17);
  graph.opsets.set('com.microsoft', 1);
  const b = new GraphBuilder(graph);
  const image = b.input('image', 'float32', [batch, 3, 2, 2]);
  const weight = b.weight('conv', float32([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1, 1]));
  const pooled = b.reduceMean(layer(b, b.op('Conv', [image, weight])), [2, 3]);
  b.output(
    b.matMul(
      pooled,
      b.weight(
        'fc',
        float32(
          Array.from({ length: 12 }, (_, i) => i / 7),
          [3, 4],
        ),
      ),
    ),
    'logits',
  );
  return encodeGraph(graph);
}

describe('a batch that the file fixes at one', () => {
  it('is found to grow, by comparing runs where the weights are few', async () => {
    const { batching } = await inspect(tinyClassifier({ batch: 1 }));
    expect(batching).toEqual({ kind: 're-batched', fixed: 1, compared: true });
  });

  it('is kept where images would mix, though every shape fits', async () => {
    const mixed = classifier((b, x) => b.sub(x, b.mul(b.reduceMean(x, [0], true), b.scalar(0.5, x))), 1);
    const { batching, fullTuningProblem } = await inspect(mixed);
    expect(batching).toEqual({ kind: 'accumulated', fixed: 1 });
    expect(fullTuningProblem).toBeUndefined();
  });

  it('is only told as it is where no more is asked for', async () => {
    const { batching } = await inspect(tinyClassifier({ batch: 1 }), { deep: false });
    expect(batching).toEqual({ kind: 'fixed', fixed: 1 });
  });
});

describe('full tuning', () => {
  it('is possible where every op between weights and features has a gradient', async () => {
    expect(await inspect(tinyClassifier())).toMatchObject({
      batching: { kind: 'dynamic' },
      fullTuningProblem: undefined,
    });
  });

  it('is not where one has none, and the op is named', async () => {
    const bytes = classifier(
      (b, x) => b.emit('com.microsoft:Inverse', [x], {}, { types: [{ dtype: x.dtype, shape: x.shape }] })[0]!,
      'N',
    );
    const { sites, fullTuningProblem } = await inspect(bytes);
    expect(sites.length).toBeGreaterThan(0);
    expect(fullTuningProblem).toContain('Inverse');
  });
});

describe('the ways of tuning', () => {
  it('are listed with what they train, and cost more the more they train', async () => {
    const { tuning } = await inspect(tinyClassifier());
    expect(tuning.map(({ tune }) => tune)).toEqual(['frozen', 'last:1', 'lora:8', 'full']);
    const [frozen, last, , full] = tuning as [TuningCost, TuningCost, TuningCost, TuningCost];
    // conv1 has 8 x 3 x 9 + 8 numbers, conv2 12 x 8 x 9 + 12.
    expect(full.parameters - last.parameters).toBe(8 * 27 + 8);
    expect(full.memory).toBeGreaterThan(last.memory);
    expect(last.memory).toBeGreaterThan(0);
    expect(full.seconds).toBeGreaterThan(last.seconds);
    expect(frozen.seconds).toBeGreaterThan(0);
    expect((await inspect(tinyClassifier(), { deep: false })).tuning).toEqual([]);
  });

  it('have updates where there are matrices', async () => {
    const { tuning } = await inspect(classifier((b, x) => b.relu(x), 'N'));
    const lora = tuning.find(({ tune }) => tune === 'lora:8')!;
    const full = tuning.find(({ tune }) => tune === 'full')!;
    // The 1x1 convolution is [3, 3]: of rank 3 at most, so that its factors have 18 numbers for its own 9. Those of the
    // classifier [3, 4] have 21 for its 12.
    expect(lora.parameters - full.parameters).toBe(9 + 9);
  });
});

const missing = useSoftwareVulkan();
if (missing) console.log(`skipped: estimates for WebGPU, ${missing}`);

describe('a device', () => {
  it('is the CPU unless told, which has a kernel for everything', async () => {
    const { device, missingKernels } = await inspect(tinyClassifier());
    expect(device).toMatchObject({ device: 'cpu', reason: 'as no other was asked for' });
    expect(missingKernels).toEqual([]);
  });

  it('that this platform lacks is an error', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml';
    await expect(inspect(tinyClassifier(), { device: absent })).rejects.toMatchObject({ code: 'device' });
  });

  it.skipIf(missing)(
    'is tried and measured, and ops that it has no kernel for are named',
    { timeout: 300_000 },
    async () => {
      const model = classifier((b, x) => b.op('Sum', [x, x]), 'N');
      const { device, tuning, missingKernels } = await inspect(model, { device: 'webgpu' });
      expect(device).toMatchObject({ device: 'webgpu', reason: expect.stringContaining('trial step') });
      expect(missingKernels).toContainEqual(
        'WebGPU has no kernel for some ops of the model, which run on the CPU, with copies there and back: Sum.',
      );
      const onCpu = await inspect(model);
      expect(tuning.map(({ tune }) => tune)).toEqual(onCpu.tuning.map(({ tune }) => tune));
      tuning.forEach(({ memory, seconds }, i) => {
        expect(memory).toBe(onCpu.tuning[i]!.memory);
        expect(seconds).toBeGreaterThan(0);
        expect(seconds).not.toBe(onCpu.tuning[i]!.seconds);
      });
    },
  );
});

describe('what the nodes make', () => {
  it('is listed on request, in order, with names that --at takes', async () => {
    const bytes = tinyClassifier();
    expect((await inspect(bytes)).values).toBeUndefined();
    const { values } = await inspect(bytes, { nodes: true });
    expect(values!.map(({ op }) => op)).toEqual([
      'Conv',
      'Relu',
      'Conv',
      'Relu',
      'GlobalAveragePool',
      'Flatten',
      'Gemm',
      'Softmax',
      'Identity',
    ]);
    const pooled = values!.find(({ op }) => op === 'GlobalAveragePool')!;
    expect(pooled).toMatchObject({ dtype: 'float32', shape: ['N', 12, 1, 1] });
    for (const name of [pooled.name, pooled.node]) {
      const { sites } = await inspect(bytes, { at: name });
      expect(sites[0]!.value).toBe(pooled.name);
    }
  });
});

describe('a name that the model does not have', () => {
  it.each([{ at: 'GlobalAveragePol' }, { output: 'probabilitys' }])('is refused: %o', async (wish) => {
    await expect(inspect(tinyClassifier(), wish)).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringMatching(/GlobalAveragePool|probabilities/),
    });
  });
});
