/**
 * Time and peak memory of loadModel on a model of 330 MB: `npx tsx test/bench/load-model.ts [megabytes]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../adapters/load.ts';
import { float32, Graph, GraphBuilder, ints } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';

const MB = 1024 * 1024;

/** Convolutions of 512 channels, 9 MB each, as many as it takes; 1000 classes. */
function makeModel(megabytes: number): Uint8Array {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const builder = new GraphBuilder(graph);
  let x = builder.input('image', 'float32', ['batch', 3, 224, 224]);
  const layer = (channels: number, kernel: number): void => {
    const [n, inputs, height, width] = x.shape as [string, number, number, number];
    const size = channels * inputs * kernel * kernel;
    const weight = builder.weight(
      'weight',
      float32(new Float32Array(size), [channels, inputs, kernel, kernel]),
    );
    const pad = (kernel - 1) / 2;
    const types = [{ dtype: 'float32', shape: [n, channels, height, width] }] as const;
    x = builder.op('Conv', [x, weight], { pads: ints([pad, pad, pad, pad]) }, { types });
    x = builder.relu(x);
  };
  layer(512, 1);
  const layers = Math.round((megabytes * MB - 4 * 512 * 1000) / (4 * 512 * 512 * 9));
  for (let i = 0; i < layers; i++) layer(512, 3);
  const pooled = builder.reduceMean(x, [2, 3]);
  builder.output(
    builder.matMul(pooled, builder.weight('fc', float32(new Float32Array(512_000), [512, 1000]))),
    'logits',
  );
  return encodeGraph(graph);
}

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
if (step === 'make') writeFileSync(file!, makeModel(Number(megabytes)));
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
