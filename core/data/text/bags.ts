/** The vocabulary of a training set and texts as bags over it. */
import * as v from 'valibot';
import { MarnetError } from '../../errors.ts';
import { choice, strictObject, whole } from '../../schema/index.ts';
import { featuresOf, isNgram, normaliseText, splitTags } from './tokens.ts';

export { featuresOf, normaliseText, plainText, splitTags, wordsOf } from './tokens.ts';

export interface VocabularyOptions {
  /** Features kept at most: words and tags in most texts first, then n-grams in most texts. Default 4096. */
  readonly maxSize?: number;
  /** Texts that a feature must occur in, each different text counted once. Default 1. */
  readonly minTexts?: number;
  /** Hashed n-grams go into 2^ngramBits buckets; 0 for none. Default 14. */
  readonly ngramBits?: number;
  /** Norm that a bag's weights have. Default 'l2'. */
  readonly norm?: 'l1' | 'l2';
}

export interface Vocabulary {
  /** Position in the list is the row of the embedding table. */
  readonly features: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  readonly ngramBits: number;
  readonly norm: 'l1' | 'l2';
}

/** A sparse row over the vocabulary: positions ascending, weights of norm 1; both empty where nothing is known. */
export interface Bag {
  readonly indices: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Features of the training texts alone, those in most texts first; missing texts are passed over. The order of the texts
 * does not matter. N-grams get the places that whole words leave, since there are more of them, and each occurs in more texts
 * than the words it is a part of.
 */
export function buildVocabulary(
  texts: readonly (string | undefined)[],
  options: VocabularyOptions = {},
): Vocabulary {
  const { maxSize = 4096, minTexts = 1, ngramBits = 14, norm = 'l2' } = options;
  const counts = new Map<string, number>();
  for (const text of new Set(texts))
    if (text !== undefined)
      for (const feature of featuresOf(text, { ngramBits }).keys())
        counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const commonest = [...counts]
    .filter(([, count]) => count >= minTexts)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([feature]) => feature);
  const ngrams = commonest.filter(isNgram);
  const places = Math.max(0, maxSize - (commonest.length - ngrams.length));
  const left = new Set(ngrams.slice(places));
  const features = commonest.filter((feature) => !left.has(feature)).slice(0, maxSize);
  return vocabularyOf(features, ngramBits, norm);
}

function vocabularyOf(features: readonly string[], ngramBits: number, norm: 'l1' | 'l2'): Vocabulary {
  return { features, index: new Map(features.map((feature, i) => [feature, i])), ngramBits, norm };
}

/** Features that the vocabulary lacks are dropped before the weights are normalised. */
export function encodeBag(vocabulary: Vocabulary, text: string | undefined): Bag {
  const known: [number, number][] = [];
  if (text !== undefined)
    for (const [feature, weight] of featuresOf(text, vocabulary)) {
      const index = vocabulary.index.get(feature);
      if (index !== undefined) known.push([index, weight]);
    }
  known.sort(([a], [b]) => a - b);
  const sum = known.reduce(
    (total, [, weight]) => total + (vocabulary.norm === 'l1' ? weight : weight * weight),
    0,
  );
  const length = vocabulary.norm === 'l1' ? sum : Math.sqrt(sum);
  return {
    indices: Int32Array.from(known, ([index]) => index),
    weights: Float32Array.from(known, ([, weight]) => weight / length),
  };
}

/** Words of the vocabulary: neither parts of words nor tags of several. */
export function wordsIn(vocabulary: Vocabulary): string[] {
  return vocabulary.features.filter((feature) => !isNgram(feature) && !feature.includes(' '));
}

/** One bag a text; equal texts share theirs. */
export function encodeBags(vocabulary: Vocabulary, texts: readonly (string | undefined)[]): Bag[] {
  const bags = new Map<string | undefined, Bag>();
  return texts.map((text) => {
    const bag = bags.get(text) ?? encodeBag(vocabulary, text);
    bags.set(text, bag);
    return bag;
  });
}

/** Writes a bag as a dense row of `size` values into `out` at `offset`; what stood there is cleared. */
export function writeBag(bag: Bag, out: Float32Array, offset: number, size: number): void {
  out.fill(0, offset, offset + size);
  for (let i = 0; i < bag.indices.length; i++) out[offset + bag.indices[i]!] = bag.weights[i]!;
}

/**
 * A number for each text, the same for texts that say the same (tags in any order, case and spacing aside), and -1 where
 * there is none: the contrastive loss must not push rows of one number apart.
 */
export function textIds(texts: readonly (string | undefined)[]): Int32Array {
  const ids = new Map<string, number>();
  return Int32Array.from(texts, (text) => {
    if (text === undefined) return -1;
    const tags = splitTags(text);
    const key = tags ? JSON.stringify([...new Set(tags)].sort()) : normaliseText(text);
    if (key === '') return -1;
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
}

const stored = strictObject({
  version: v.literal(1),
  ngramBits: whole(0, 24),
  norm: choice(['l1', 'l2']),
  features: v.array(v.string()),
});

export function vocabularyToJson(vocabulary: Vocabulary): string {
  const { ngramBits, norm, features } = vocabulary;
  return JSON.stringify({ version: 1, ngramBits, norm, features });
}

/** @throws MarnetError 'data' when the text is no vocabulary. */
export function vocabularyFromJson(text: string): Vocabulary {
  try {
    const { features, ngramBits, norm } = v.parse(stored, JSON.parse(text));
    return vocabularyOf(features, ngramBits, norm);
  } catch (cause) {
    throw new MarnetError('data', `this is no vocabulary: ${JSON.stringify(text.slice(0, 60))}`, {
      hint: 'It was written by another version or cut short; build it again from the training texts.',
      cause,
    });
  }
}
