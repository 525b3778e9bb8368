/**
 * Reading pretrained word vectors: seconds and memory for 4,000 wanted words.
 *
 * Usage: npx tsx test/bench/word-vectors.ts FILE
 */
import { readWordVectors } from '../../core/data/text/word-vectors.ts';

const wanted = new Set(['egg', 'rice', 'soup', ...Array.from({ length: 3997 }, (_, i) => `word${i}`)]);
const began = performance.now();
const { words, width, vectors } = await readWordVectors(process.argv[2]!, wanted);
const seconds = (performance.now() - began) / 1000;
const memory = process.resourceUsage().maxRSS / 1024;
console.log(
  `${words} words of ${width} values, ${vectors.size} wanted: ${seconds.toFixed(2)} s, ${memory.toFixed(0)} MB`,
);
