/**
 * A training step of each way of tuning on one model: the step alone, the pass through the frozen part that cached
 * activations save, and the parameters that are trained. Rounds alternate; the best of each counts.
 *
 * usage: tsx test/bench/tuning.ts [--batch 8] [--size 224] [--rounds 5] [--modes last:1,last:2,full] FILE.onnx...
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { loadModel } from '../../adapters/load.ts';
import { sizeOf } from '../../core/graph/index.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import { headOptions } from '../../core/marnet/index.ts';
import { FEATURES, LOGITS, prepareClassifier } from '../../core/runtime/classifier.ts';
import { cutBelow } from '../../core/runtime/cut.ts';
import { openFrozenPart } from '../../core/runtime/frozen-part.ts';
import { layersOf } from '../../core/runtime/layers.ts';
import { hyperparameters, type TrainingJob } from '../../core/train/index.ts';
import { adamW, gradientNorm } from '../../core/train/optimizer.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string', default: '8' },
    size: { type: 'string', default: '224' },
    rounds: { type: 'string', default: '5' },
    modes: { type: 'string', default: 'last:1,last:2,last:4,last:8,full' },
  },
});
const [batch, size, rounds] = [values.batch, values.size, values.rounds].map(Number) as [
  number,
  number,
  number,
];

const table = new Table({ head: ['model', 'trained', 'numbers', 'step, ms', 'frozen part, ms', 'row, KB'] });
for (const path of positionals) {
  const model = await loadModel(path);
  const site = locateFeatures(model)[0]!;
  const backbone = await prepareClassifier(model.graph, site, {
    logits: true,
    batch,
    size: { height: size, width: size },
  });
  const layers = layersOf(backbone.graph, new Set(backbone.parameters.keys()), FEATURES);
  const runners = [];
  for (const mode of values.modes.split(',')) {
    const count = Number(mode.split(':')[1] ?? layers.layers.length);
    const chosen = layers.layers.slice(-count).flatMap((layer) => layer.parameters);
    const { upper, lower } = cutBelow(backbone, new Set([...chosen, ...layers.classifier]));
    const part = lower && (await openFrozenPart(backbone, lower));
    const width = upper.fed.reduce((sum, { shape }) => sum + sizeOf(shape) / batch, 0);
    const numbers = [...upper.parameters.values()].reduce((sum, { dims }) => sum + sizeOf(dims), 0);
    const indices = Array.from({ length: batch }, (_, i) => i);
    const noise = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898));
    const job: TrainingJob = {
      source: {
        kind: 'images',
        backbone: upper,
        site: { value: FEATURES, pooling: 'none', width: site.width },
        logits: LOGITS,
        images: async () => noise(batch * width),
      },
      labels: Int32Array.from(indices),
      classes: site.classifier.classes,
      texts: { vocabulary: 0, row: () => undefined },
      trainIndices: indices,
      holdoutIndices: [],
      base: 'given',
      heads: headOptions({ ema: false, cdr: false }),
      hyper: hyperparameters({ batch }),
      seed: 0,
    };
    const heads = initialHeads(job);
    const state = trainingState(job, heads);
    const engine = await openEngine(job, state, heads);
    const rows = await engine.prepare(indices, 0, 0);
    const pixels = noise(batch * 3 * size * size);
    const best = { step: Number.POSITIVE_INFINITY, frozen: Number.POSITIVE_INFINITY };
    const run = async (): Promise<void> => {
      const began = performance.now();
      await engine.step(rows, indices, 0, 0);
      adamW(state, job.hyper, 1e-6, gradientNorm(state));
      const stepped = performance.now();
      await part?.run(pixels, batch);
      best.step = Math.min(best.step, stepped - began);
      best.frozen = Math.min(best.frozen, performance.now() - stepped);
    };
    runners.push({ mode, numbers, width, best, run, frozen: part !== undefined });
  }
  for (let round = 0; round <= rounds; round++) for (const { run } of runners) await run();
  for (const { mode, numbers, width, best, frozen } of runners) {
    const below = frozen ? best.frozen.toFixed(1) : '-';
    table.push([path, mode, numbers, best.step.toFixed(1), below, ((width * 4) / 1024).toFixed(0)]);
  }
}
console.log(`batch ${batch}, ${size}x${size}`);
console.log(table.toString());
