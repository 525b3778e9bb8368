/**
 * Time and peak memory of loadModel on a model of 330 MB: `npx tsx test/bench/load-model.ts [megabytes]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../adapters/load.ts';
import { convolutions } from './large-models.ts';

const MB = 1024 * 1024;

/** Peak resident memory of this process so far. */
const peak = (): number => (process.resourceUsage().maxRSS * 1024) / MB;

async function measure(file: string): Promise<void> {
  const before = peak();
  const started = performance.now();
  const model = await loadModel(file);
  const loaded = performance.now() - started;
  const afterLoad = peak();
  const sha = performance.now();
  await model.sha256();
  const hashed = performance.now() - sha;
  const rewritten = performance.now();
  await model.write(model.graph.clone(), `${file}.copy.onnx`);
  const written = performance.now() - rewritten;
  const size = statSync(file).size / MB;
  console.log(`file                    ${size.toFixed(0)} MB, ${model.graph.nodes.length} nodes`);
  console.log(`loadModel               ${loaded.toFixed(0)} ms`);
  console.log(`peak memory before      ${before.toFixed(0)} MB`);
  console.log(
    `peak memory, loaded     ${afterLoad.toFixed(0)} MB (${(afterLoad / size).toFixed(2)} x the file)`,
  );
  console.log(`sha256                  ${hashed.toFixed(0)} ms`);
  console.log(`write, unchanged        ${written.toFixed(0)} ms`);
  console.log(`peak memory, all        ${peak().toFixed(0)} MB (${(peak() / size).toFixed(2)} x the file)`);
}

const [megabytes = '330', step, file] = process.argv.slice(2);
if (step === 'make') writeFileSync(file!, convolutions(Number(megabytes)));
else if (step === 'measure') await measure(file!);
else {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-bench-'));
  const script = fileURLToPath(import.meta.url);
  try {
    // Both in processes of their own: a child's peak starts at what its parent had when it forked.
    for (const each of ['make', 'measure'])
      execFileSync(
        process.execPath,
        [...process.execArgv, script, megabytes, each, path.join(folder, 'large.onnx')],
        { stdio: 'inherit' },
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
