/**
 * Wall time and peak memory of `marnet-wrap inspect` as a process, on models of 330 MB in the two forms that large ones
 * have, beside Node alone: `npm run build && npx tsx test/bench/inspect.ts [megabytes]`. Fails above the limits.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FORMS = ['convolutions', 'transformer'] as const;
const RUNS = 5;
/** Of the median. */
const LIMITS = { seconds: 1.5, memory: 1.5 };
const MB = 1024 * 1024;
const COMMAND = fileURLToPath(new URL('../../dist/core/cli/main.js', import.meta.url));

/** Loaded into the process under test: its peak resident memory in KB, on file descriptor 3. */
const REPORT = `import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));`;

interface Cost {
  readonly seconds: number;
  /** Bytes. */
  readonly peak: number;
}

function measure(args: readonly string[]): Cost {
  const began = performance.now();
  const child = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(REPORT)}`, ...args],
    { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] },
  );
  const seconds = (performance.now() - began) / 1000;
  if (child.status !== 0) throw new Error(`${args.join(' ')} exited with ${child.status}`);
  return { seconds, peak: Number(child.output[3]) * 1024 };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

function report(name: string, costs: readonly Cost[], fileSize?: number): boolean {
  const seconds = median(costs.map((cost) => cost.seconds));
  const peak = median(costs.map((cost) => cost.peak));
  const all = costs.map((cost) => cost.seconds.toFixed(2)).join(' ');
  const ratio = fileSize === undefined ? undefined : peak / fileSize;
  const times = ratio === undefined ? '' : `, ${ratio.toFixed(2)} x the file`;
  console.log(`${name.padEnd(14)} ${seconds.toFixed(2)} s (${all}), ${(peak / MB).toFixed(0)} MB${times}`);
  return ratio === undefined || (seconds < LIMITS.seconds && ratio < LIMITS.memory);
}

const [megabytes = '330', form, file] = process.argv.slice(2);
if (form) {
  // In a process of its own: a child's peak starts at what its parent had when it forked.
  const models = await import('./large-models.ts');
  writeFileSync(file!, models[form as (typeof FORMS)[number]](Number(megabytes)));
} else {
  if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing: npm run build`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-bench-'));
  try {
    const repeat = (args: readonly string[]): Cost[] => Array.from({ length: RUNS }, () => measure(args));
    report('Node alone', repeat(['-e', '0']));
    for (const each of FORMS) {
      const model = path.join(folder, `${each}.onnx`);
      const script = fileURLToPath(import.meta.url);
      execFileSync(process.execPath, [...process.execArgv, script, megabytes, each, model], {
        stdio: 'inherit',
      });
      const { size } = statSync(model);
      console.log(`${each}: a file of ${(size / MB).toFixed(0)} MB`);
      if (!report('inspect', repeat([COMMAND, 'inspect', model]), size)) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
