/**
 * Writes the gradient model of a classifier for other judges to run.
 *
 * usage: tsx test/judges/write-gradient-model.ts MODEL BATCH SIZE OUT
 * OUT is the model; OUT.json has the names of its inputs and outputs.
 */
import { writeFileSync } from 'node:fs';
import { loadModel } from '../../adapters/load.ts';
import { gradientModel } from '../../core/train/gradient-model.ts';

const [file, batch, side, out] = process.argv.slice(2);
if (!file || !batch || !side || !out) throw new Error('usage: write-gradient-model.ts MODEL BATCH SIZE OUT');

const model = await loadModel(file);
const { bytes, inputs, outputs } = await gradientModel(model, {
  batch: Number(batch),
  loss: 'cross-entropy',
  size: { height: Number(side), width: Number(side) },
  logits: model.graph.outputs[0]!.name,
});
writeFileSync(out, bytes);
writeFileSync(`${out}.json`, JSON.stringify({ inputs, outputs }));
