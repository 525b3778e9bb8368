/**
 * Texts to features. Tags ("egg, rice; soy sauce", a list a line, a JSON list) give each item whole and its words; free
 * text gives its words. Every word also gives its n-grams of characters, hashed, so that "tomato" and "tomatoes" share most of
 * what they are, in any script.
 */
import { fnv1a } from '../hash.ts';

export interface TokenOptions {
  /** n-grams of characters go into 2^ngramBits buckets; 0 for none. */
  readonly ngramBits: number;
}

/** A tag is at most this many words and characters; longer parts make it free text. */
const TAG_WORDS = 5;
const TAG_CHARACTERS = 40;
/** Characters of an n-gram; fewer where one is a syllable or a word. */
const NGRAM = 4;
const NGRAM_OF_SYLLABLES = 2;
const SYLLABLES = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const words = new Intl.Segmenter('und', { granularity: 'word' });

/** Unicode NFKC, lower case, single spaces. */
export function normaliseText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** The items of a list of tags, normalised and without empty ones; undefined for free text. */
export function splitTags(text: string): string[] | undefined {
  const listed = jsonList(text);
  const parts = listed ?? text.split(/[,;\n，、；،؛]/);
  const items = parts.map(normaliseText).filter((item) => item !== '');
  if (listed) return items;
  if (items.length < 2) return undefined;
  const short = items.every((item) => item.length <= TAG_CHARACTERS && item.split(' ').length <= TAG_WORDS);
  // A sentence has commas too, but ends like one.
  return short && !items.some((item) => /[.!?。！？]$/.test(item)) ? items : undefined;
}

/** A text as a reader would have it: a JSON list as its items, separated by commas; single spaces. */
export function plainText(text: string): string {
  return (jsonList(text)?.join(', ') ?? text).replace(/\s+/g, ' ').trim();
}

function jsonList(text: string): string[] | undefined {
  if (!/^\s*\[/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined; // Free text that begins with a bracket.
  }
}

/** Words of a normalised text, by Unicode's boundaries (with dictionaries for scripts without spaces). */
export function wordsOf(normalised: string): string[] {
  return [...words.segment(normalised)].filter((part) => part.isWordLike).map((part) => part.segment);
}

/**
 * Features of a text and their weights: a word or tag counts 1 each time; the n-grams of a word share its weight, 1/sqrt(n)
 * each, so that together they are as long as the word itself. An n-gram's name is `#` and its bucket, a tag of several
 * words has a space in it, so that neither can be mistaken for a word.
 */
export function featuresOf(text: string, options: TokenOptions): Map<string, number> {
  const features = new Map<string, number>();
  const add = (feature: string, weight: number) =>
    features.set(feature, (features.get(feature) ?? 0) + weight);
  for (const item of splitTags(text) ?? [text]) {
    const parts = wordsOf(normaliseText(item));
    for (const word of parts) {
      add(word, 1);
      const grams = ngramsOf(word);
      if (options.ngramBits > 0)
        for (const gram of grams) add(`#${bucketOf(gram, options.ngramBits)}`, 1 / Math.sqrt(grams.length));
    }
    if (parts.length > 1 && splitTags(text)) add(parts.join(' '), 1);
  }
  return features;
}

/** Whether a feature is a bucket of n-grams, and no word or tag. */
export function isNgram(feature: string): boolean {
  return feature.startsWith('#');
}

/** The 4-grams (or 2-grams) of `<word>`, by code points; a shorter one is taken whole. */
function ngramsOf(word: string): string[] {
  const characters = [...`<${word}>`];
  const size = SYLLABLES.test(word) ? NGRAM_OF_SYLLABLES : NGRAM;
  if (characters.length <= size) return [characters.join('')];
  return Array.from({ length: characters.length - size + 1 }, (_, i) =>
    characters.slice(i, i + size).join(''),
  );
}

/** The upper bits are folded onto the lower ones, as FNV's authors advise for sizes below 2^32. */
function bucketOf(gram: string, bits: number): number {
  const hash = fnv1a(gram);
  return ((hash >>> bits) ^ hash) & ((1 << bits) - 1);
}
