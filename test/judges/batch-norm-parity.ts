/**
 * Gradients through batch statistics, and the running averages that a step leaves, against PyTorch in double precision, on
 * the network of test/train/residual.ts.
 *
 * usage: tsx test/judges/batch-norm-parity.ts [PYTHON]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { prepareBackbone } from '../../core/runtime/backbone.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { labels, pixelsOf, residualJob, residualNetwork, SIZE } from '../train/residual.ts';

const MOMENTUM = 0.75;
const backbone = await prepareBackbone(residualNetwork(), {
  outputs: ['map', 'logits'],
  batch: 8,
  size: { height: SIZE, width: SIZE },
  statistics: true,
});
const job = residualJob(backbone, { hyper: { batchNormMomentum: MOMENTUM, labelSmoothing: 0 } });
const heads = initialHeads(job);
const state = trainingState(job, heads);
const engine = await openEngine(job, state, heads);
const before = state.snapshot();
const images = [0, 1, 2, 3, 4, 5, 6, 7];
const { losses } = await engine.step(await engine.prepare(images, 0, 0), images, 0, 0);
await engine.close();
const after = state.snapshot();

const { status, stdout, stderr } = spawnSync(
  process.argv[2] ?? 'python3',
  [fileURLToPath(new URL('./batch_norm.py', import.meta.url))],
  {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    input: JSON.stringify({
      parameters: Object.fromEntries(
        [...before].map(([name, { dims, data }]) => [name, { dims, data: Array.from(data as Float32Array) }]),
      ),
      pixels: Array.from(pixelsOf(images)),
      labels: images.map((i) => labels[i]),
      size: SIZE,
      momentum: MOMENTUM,
    }),
  },
);
if (status !== 0) throw new Error(`batch_norm.py failed: ${stderr}`);
const peer: {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly running: Readonly<Record<string, readonly number[]>>;
} = JSON.parse(stdout);

/** The norm of the difference over the norm of PyTorch's. */
function errorOf(values: Float32Array, right: readonly number[]): number {
  return Math.hypot(...right.map((value, i) => values[i]! - value)) / Math.hypot(...right);
}

const own = state.snapshot(state.gradients);
const worst = (errors: readonly number[]): string => Math.max(...errors).toExponential(1);
const gradients = Object.entries(peer.gradients).map(([name, right]) =>
  errorOf(own.get(name)!.data as Float32Array, right),
);
const running = Object.entries(peer.running).map(([name, right]) =>
  errorOf(after.get(name)!.data as Float32Array, right),
);
console.log(`${gradients.length} weights, largest error of a gradient ${worst(gradients)}`);
console.log(`${running.length} running averages, largest error ${worst(running)}`);
console.log(`loss ${losses.loss} against ${peer.loss}`);
