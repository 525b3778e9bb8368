/**
 * A full fine-tuning step beside PyTorch's, on the same machine in the same run: forward, cross-entropy, backward,
 * AdamW on all parameters. Rounds alternate, and the best of each side counts, as other work only ever slows it down.
 *
 * usage: tsx test/bench/step.ts [--batch 8] [--size 224] [--threads 2] [--rounds 3] [--python python3] NAME=FILE.onnx...
 * NAME is torchvision's name of the model in FILE.onnx, whose first output is logits [batch, classes].
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { float32, type Tensor } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { adamW, gradientNorm } from '../../core/train/optimizer.ts';
import { TrainingState } from '../../core/train/state.ts';
import { machineBlock } from '../lower/block.ts';
import { lowerStep, stepGraph } from './step-graph.ts';

const number = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: number('8'),
    size: number('224'),
    threads: number('2'),
    rounds: number('3'),
    python: number('python3'),
  },
});
const [batch, size, threads, rounds] = [options.batch, options.size, options.threads, options.rounds].map(
  Number,
) as [number, number, number, number];
const RUNS = 4;
const SETTINGS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, clipNorm: 1 };

interface Stepper {
  /** Seconds of one step. */
  step(): Promise<number>;
  close(): Promise<void>;
}

async function openStepper(path: string, block: number): Promise<Stepper> {
  const step = await stepGraph(path, batch, size);
  const { image, imageShape, classes, parameters, gradients } = step;
  const { graph, packed } = lowerStep(step, block);
  const session = await openSession(encodeGraph(graph), { threads });
  const state = new TrainingState(
    [...parameters].map(([name, tensor]) => ({
      name,
      dims: tensor.dims,
      initial: tensor.data as Float32Array,
      rateFactor: 1,
      decay: tensor.dims.length > 1,
      block: packed.has(name) ? block : undefined,
    })),
  );
  const pixels = imageShape.reduce((a, b) => a * b, 1);
  const labels = new Float32Array(batch * classes);
  for (let i = 0; i < batch; i++) labels[i * classes + ((i * 131) % classes)] = 1;
  const feeds: Record<string, Tensor> = {
    ...Object.fromEntries(state.views(state.values)),
    [image]: float32(
      Float32Array.from({ length: pixels }, (_, i) => Math.sin(i * 12.9898) * 1.5),
      imageShape,
    ),
    labels: float32(labels, [batch, classes]),
  };
  const fetches: Record<string, Tensor> = { loss: float32([0], []) };
  for (const [name, tensor] of state.views(state.gradients)) fetches[gradients[name]!] = tensor;
  return {
    async step() {
      const start = performance.now();
      await session.run(feeds, fetches);
      adamW(state, SETTINGS, 1e-4, gradientNorm(state));
      return (performance.now() - start) / 1000;
    },
    close: () => session.close(),
  };
}

/** Seconds of PyTorch's steps, or undefined where it is not there. */
function torchSeconds(name: string): { readonly version: string; readonly seconds: number[] } | undefined {
  const script = fileURLToPath(new URL('./peers/torch_step.py', import.meta.url));
  const flags = Object.entries({ batch, size, threads, runs: RUNS }).flatMap(([k, v]) => [
    `--${k}`,
    String(v),
  ]);
  const result = spawnSync(options.python, [script, name, ...flags], { encoding: 'utf8' });
  if (result.status !== 0) return undefined;
  const { torch, seconds } = JSON.parse(result.stdout.trim().split('\n').at(-1)!);
  return { version: torch, seconds };
}

if (positionals.length === 0) throw new Error('usage: step.ts [options] NAME=FILE.onnx...');
const block = await machineBlock();
const table = new Table({ head: ['model', 'ours, s', 'PyTorch, s', 'ratio'] });
for (const argument of positionals) {
  const [name, path] = argument.split('=') as [string, string];
  const stepper = await openStepper(path, block);
  await stepper.step();
  let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let version = '';
  for (let round = 0; round < rounds; round++) {
    for (let run = 0; run < RUNS; run++) ours = Math.min(ours, await stepper.step());
    const torch = torchSeconds(name);
    if (!torch) continue;
    version = torch.version;
    theirs = Math.min(theirs, ...torch.seconds);
  }
  await stepper.close();
  const measured = Number.isFinite(theirs);
  table.push([
    name,
    ours.toFixed(3),
    measured ? `${theirs.toFixed(3)} (${version})` : 'not installed',
    measured ? `${(theirs / ours).toFixed(2)}x` : '-',
  ]);
}
console.log(`batch ${batch}, ${size}x${size}, ${threads} threads, blocks of ${block}`);
console.log(table.toString());
