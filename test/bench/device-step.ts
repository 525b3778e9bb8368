/**
 * A full tuning step on a device: images a second, milliseconds a step, device memory where nvidia-smi tells it, and the share of the
 * time in which no run is under way. Needs Node, this package and a driver; PyTorch is timed beside it, on the same
 * card, where --python names an interpreter that has it (with torchvision).
 *
 * usage: tsx test/bench/device-step.ts [--device webgpu] [--models resnet50,mobilenet_v2,vit_b_16] [--batch 64]
 *   [--size 224] [--steps 10] [--precision float32|float16] [--python python3]
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sizeOf } from '../../core/graph/index.ts';
import { chooseDevice } from '../../core/runtime/device/choose.ts';
import { type Device, isDeviceWish } from '../../core/runtime/device/name.ts';
import { type GraphEngine, onnxruntimeOn } from '../../core/runtime/graph-engine.ts';
import type { TrainingJob } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { type Architecture, PARAMETERS } from './architectures.ts';
import { fullJob } from './full-job.ts';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'webgpu' },
    models: { type: 'string', default: Object.keys(PARAMETERS).join(',') },
    batch: { type: 'string', default: '64' },
    size: { type: 'string', default: '224' },
    steps: { type: 'string', default: '10' },
    precision: { type: 'string', default: 'float32' },
    python: { type: 'string' },
  },
});
const [batch, side, steps] = [Number(values.batch), Number(values.size), Number(values.steps)];
if (!isDeviceWish(values.device)) throw new Error(`no device "${values.device}"`);

/** Counts the milliseconds that pass within runs. */
class Clock {
  inRuns = 0;

  async time<T>(run: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await run();
    } finally {
      this.inRuns += performance.now() - began;
    }
  }
}

function timed(engine: GraphEngine, clock: Clock): GraphEngine {
  const { resident } = engine;
  return {
    ...engine,
    async open(graph, what) {
      const opened = await engine.open(graph, what);
      const { inputs } = opened;
      return { inputs, run: (...run) => clock.time(() => opened.run(...run)), close: () => opened.close() };
    },
    ...(resident && {
      resident: {
        transfer: (length) => resident.transfer(length),
        async open(graph, what, keep) {
          const session = await resident.open(graph, what, keep);
          const run = session.run.bind(session);
          session.run = (feeds) => clock.time(() => run(feeds));
          return session;
        },
      },
    }),
  };
}

async function measure(name: Architecture, device: Device): Promise<void> {
  const clock = new Clock();
  const plain = await fullJob(name, { batch, size: side, images: batch });
  const numbers = [...plain.source.backbone.parameters.values()].reduce(
    (sum, { dims }) => sum + sizeOf(dims),
    0,
  );
  const indices = plain.trainIndices;
  const job: TrainingJob = {
    ...plain,
    engine: timed(onnxruntimeOn(device), clock),
    precision: values.precision === 'float16' ? 'float16' : 'float32',
  };
  const heads = initialHeads(job);
  const state = trainingState(job, heads);
  const engine = await openEngine(job, state, heads);
  const times: number[] = [];
  let loss = Number.NaN;
  for (let step = 0; step < steps + 2; step++) {
    // Two steps compile shaders and fill memory pools.
    if (step === 2) clock.inRuns = 0;
    // A training makes it while the step before runs, on another thread.
    const prepared = await engine.prepare(indices, 0, step);
    const began = performance.now();
    const outcome = await engine.step(prepared, indices, 0, step);
    const norm = await engine.update(1e-4);
    loss = outcome.losses.loss;
    if (!Number.isFinite(norm)) console.log(`step ${step} left out: its gradient is no finite number`);
    if (step >= 2) times.push(performance.now() - began);
  }
  const memory = cardMemory();
  await engine.close();
  const total = times.reduce((a, b) => a + b, 0);
  const median = times.toSorted((a, b) => a - b)[times.length >> 1]!;
  const columns = [
    name.padEnd(12),
    `${numbers} numbers (torchvision ${PARAMETERS[name]})`,
    `${median.toFixed(1)} ms a step`,
    `${((1000 * batch) / median).toFixed(1)} images/s`,
    `${(100 * (1 - clock.inRuns / total)).toFixed(1)} % outside runs`,
    memory === undefined ? 'memory not told' : `${memory} MiB on the card`,
    `loss ${loss.toFixed(3)}`,
  ];
  console.log(columns.join(' | '));
}

/** MiB in use on the first NVIDIA card, by all processes. */
function cardMemory(): string | undefined {
  try {
    const words = ['--query-gpu=memory.used', '--format=csv,noheader,nounits'];
    return execFileSync('nvidia-smi', words, { encoding: 'utf8' }).split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}

const { device, reason } = await chooseDevice(values.device);
console.log(
  `device ${device} (${reason}); batch ${batch}, ${side}x${side}, ${values.precision}, median of ${steps} steps`,
);
for (const name of values.models.split(',')) {
  if (!(name in PARAMETERS)) throw new Error(`no model "${name}"`);
  await measure(name as Architecture, device);
  if (values.python)
    execFileSync(
      values.python,
      [join(import.meta.dirname, 'peers/torch_device_step.py'), name, `${batch}`, `${side}`, `${steps}`],
      { stdio: 'inherit' },
    );
}
