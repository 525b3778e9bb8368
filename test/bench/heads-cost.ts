/**
 * What the heads add to a model's inference time: the original and a merged model, run by turns on the same batch.
 *
 * usage: tsx test/bench/heads-cost.ts ORIGINAL.onnx MERGED.onnx [--batch 8] [--size 224] [--runs 20]
 */
import { parseArgs } from 'node:util';
import { loadModel } from '../../adapters/load.ts';
import { imageInput, imageShape } from '../../core/runtime/image-input.ts';
import { openSession } from '../../core/runtime/session.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string', default: '8' },
    size: { type: 'string', default: '224' },
    runs: { type: 'string', default: '20' },
  },
});
const [original, merged] = positionals;
if (!original || !merged) throw new Error('usage: heads-cost.ts ORIGINAL.onnx MERGED.onnx');
const size = Number(values.size);
const input = imageInput((await loadModel(original)).graph);
const dims = imageShape(input, Number(values.batch), size, size);
const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
const sessions = [await openSession(original), await openSession(merged)];
const times: number[][] = [[], []];
for (let run = 0; run <= Number(values.runs); run++) {
  for (const [i, session] of sessions.entries()) {
    const began = performance.now();
    await session.run({ [input.name]: { dtype: 'float32', dims, data } });
    if (run > 0) times[i]!.push(performance.now() - began);
  }
}
const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1]!;
const [before, after] = times.map(median) as [number, number];
console.log(
  `original ${before.toFixed(1)} ms, merged ${after.toFixed(1)} ms a batch of ${values.batch}: ${(100 * (after / before - 1)).toFixed(1)} % more`,
);
