/** The first values of the words' vectors, from pretrained ones. */

import { randomStream } from '../../data/random.ts';
import { type Vocabulary, wordsIn } from '../../data/text/bags.ts';
import type { WordVectors } from '../../data/text/word-vectors.ts';
import { float32, type Tensor } from '../../graph/index.ts';

/** Names that a feature of the vocabulary may have in a file of vectors. */
export function namesOf(feature: string): readonly string[] {
  if (feature.startsWith('#')) return [];
  return feature.includes(' ') ? ['_', '-'].map((mark) => feature.replaceAll(' ', mark)) : [feature];
}

export interface WordTable {
  /** [V, width]. */
  readonly table: Tensor;
  /** Words of the vocabulary, and those of them that have a pretrained vector. */
  readonly words: number;
  readonly found: number;
}

/**
 * A word starts at its pretrained vector, made as long as 1; at random, and as long, where the file does not have it. Parts
 * of words start at zero, and so do tags of several words that the file does not have as one: their words speak for them.
 */
export function wordTable(vocabulary: Vocabulary, { width, vectors }: WordVectors, seed: number): WordTable {
  const values = new Float32Array(vocabulary.features.length * width);
  let found = 0;
  const words = wordsIn(vocabulary);
  const isWord = new Set(words);
  vocabulary.features.forEach((feature, i) => {
    const name = namesOf(feature).find((each) => vectors.has(each));
    if (name !== undefined && isWord.has(feature)) found++;
    const row =
      name !== undefined
        ? vectors.get(name)!
        : isWord.has(feature)
          ? Float32Array.from({ length: width }, randomStream(seed, 'word', feature).normal)
          : undefined;
    if (row) values.set(unit(row), i * width);
  });
  return { table: float32(values, [vocabulary.features.length, width]), words: words.length, found };
}

function unit(row: Float32Array): Float32Array {
  const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  return length > 0 ? row.map((x) => x / length) : row;
}
