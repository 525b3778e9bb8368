/**
 * A full fine-tuning step beside PyTorch's, on the same machine in the same run: forward, cross-entropy, backward,
 * AdamW on all parameters. Each side runs in a process of its own; rounds alternate, and the best of each side counts,
 * as other work only ever slows it down.
 *
 * usage: tsx test/bench/step.ts [--batch 8] [--size 224] [--threads 2] [--rounds 3] [--python python3] NAME=FILE.onnx...
 * NAME is torchvision's name of the model in FILE.onnx, whose first output is logits [batch, classes].
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { blockWidth } from '../../core/runtime/block.ts';
import type { OwnStep } from './own-step.ts';

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
const { batch, size, threads, rounds } = options;
const RUNS = 6;

interface TorchStep {
  readonly torch: string;
  readonly seconds: readonly number[];
  readonly peakMegabytes: number;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1)!);

function own(path: string): OwnStep {
  const flags = [path, batch, size, threads, String(RUNS)];
  const child = spawnSync(process.execPath, ['--import', 'tsx', here('./own-step.ts'), ...flags], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`own-step.ts failed on ${path}`);
  return lastLine(child.stdout);
}

/** Undefined where PyTorch is not there. */
function torch(name: string): TorchStep | undefined {
  const flags = Object.entries({ batch, size, threads, runs: RUNS }).flatMap(([k, v]) => [
    `--${k}`,
    String(v),
  ]);
  const result = spawnSync(options.python, [here('./peers/torch_step.py'), name, ...flags], {
    encoding: 'utf8',
  });
  return result.status === 0 ? lastLine(result.stdout) : undefined;
}

if (positionals.length === 0) throw new Error('usage: step.ts [options] NAME=FILE.onnx...');
console.log(`batch ${batch}, ${size}x${size}, ${threads} threads, blocks of ${await blockWidth()}\n`);
console.log(
  '| Model | Step, s | PyTorch, s | Faster by | Forward, s | Forwards a step | Building, s | Peak, MB | PyTorch, MB |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const argument of positionals) {
  const [name, path] = argument.split('=') as [string, string];
  const [ours, theirs]: [OwnStep[], TorchStep[]] = [[], []];
  for (let round = 0; round < Number(rounds); round++) {
    ours.push(own(path));
    theirs.push(...[torch(name) ?? []].flat());
  }
  const best = (lists: readonly (readonly number[])[]): number => Math.min(...lists.flat());
  const step = best(ours.map((o) => o.seconds));
  const forward = best(ours.map((o) => o.forward));
  const peer = best(theirs.map((t) => t.seconds));
  const measured = theirs.length > 0;
  const cells = [
    name,
    step.toFixed(3),
    measured ? `${peer.toFixed(3)} (${theirs[0]!.torch})` : 'not installed',
    measured ? `${(peer / step).toFixed(2)}x` : '-',
    forward.toFixed(3),
    (step / forward).toFixed(1),
    best([ours.map((o) => o.building)]).toFixed(1),
    Math.max(...ours.map((o) => o.peakMegabytes)).toFixed(0),
    measured ? Math.max(...theirs.map((t) => t.peakMegabytes)).toFixed(0) : '-',
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
