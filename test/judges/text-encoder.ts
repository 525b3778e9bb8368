/**
 * Encodes texts with a text encoder and its tokenizer, for text_encoder.py to compare with Python's.
 *
 * Usage: npx tsx test/judges/text-encoder.ts MODEL.onnx TOKENIZER.json OUT.json
 */
import { writeFileSync } from 'node:fs';
import { openTextEncoder } from '../../core/wrap/text/encoder.ts';

const TEXTS = [
  'a cat on a mat',
  'egg, rice, spring onion',
  'A very long text '.repeat(80),
  'Über café',
  '猫が好きです',
  '',
];

const [model, tokenizer, out] = process.argv.slice(2) as [string, string, string];
const encoder = await openTextEncoder(model, tokenizer);
const vectors = await encoder.encode(TEXTS);
writeFileSync(out, JSON.stringify(TEXTS.map((text, i) => ({ text, vector: [...vectors[i]!] }))));
const began = performance.now();
await encoder.encode(Array.from({ length: 256 }, (_, i) => `tomato soup number ${i} with basil`));
console.log(`${((performance.now() - began) / 256).toFixed(2)} ms a text`);
await encoder.close();
