/** The texts of a training, as its options have them: words with learned vectors, or what an encoder gives. */
import { createHash } from 'node:crypto';
import type { Dataset } from '../../data/index.ts';
import { buildVocabulary, encodeBags, plainText, type Vocabulary } from '../../data/text/bags.ts';
import { readWordVectors } from '../../data/text/word-vectors.ts';
import type { Tensor } from '../../graph/index.ts';
import { type HeadOptions, PREFIX } from '../../marnet/index.ts';
import type { BagsOfWords, Texts } from '../../train/index.ts';
import type { WrapEvent } from '../events.ts';
import type { WrapOptions } from '../options.ts';
import { encodeTexts } from './encoded.ts';
import { openTextEncoder } from './encoder.ts';
import { namesOf, wordTable } from './word-table.ts';

export interface PreparedTexts {
  readonly texts: Texts;
  /** Those of the run; word vectors bring a width of their own. */
  readonly heads: HeadOptions;
  /** First values of parameters that do not start at random. */
  readonly initial: ReadonlyMap<string, Tensor>;
  /** Of what was read beside the data: training on other texts is not gone on with. */
  readonly identity: string;
}

/**
 * Texts of the training rows alone: no other row's text is ever looked at.
 * @throws MarnetError 'usage' or 'data' for vectors or an encoder that cannot be used.
 */
export async function* prepareTexts(
  dataset: Dataset,
  trainRows: readonly number[],
  options: WrapOptions,
  signal: AbortSignal,
): AsyncGenerator<WrapEvent, PreparedTexts> {
  const texts = dataset.samples.map((sample) => (sample.split === 'train' ? sample.text : undefined));
  const { heads } = options;
  const plain = { heads, initial: new Map<string, Tensor>(), identity: '' };
  if (!heads.ema && !heads.cdr) return { ...plain, texts: { vocabulary: 0, row: () => undefined } };
  const there = trainRows.map((i) => texts[i]);
  if (options.textEncoder !== undefined) return yield* encoded(texts, there, options, signal);
  const vocabulary = buildVocabulary(there);
  const bags = bagsOf(vocabulary, texts);
  if (options.wordVectors === undefined) return { ...plain, texts: bags };

  const wanted = new Set(vocabulary.features.flatMap(namesOf));
  const vectors = await readWordVectors(options.wordVectors, wanted, signal);
  const { table, words, found } = wordTable(vocabulary, vectors, options.seed);
  yield {
    type: 'notice',
    message: `Word vectors: ${found} of the ${words} words in the training texts are among the ${vectors.words} of ${options.wordVectors}, ${vectors.width} values each; they are trained on from there.`,
  };
  return {
    texts: bags,
    heads: { ...heads, textWidth: vectors.width },
    initial: new Map([[`${PREFIX}text/table`, table]]),
    identity: digestOf([table.data as Float32Array]),
  };
}

function bagsOf(vocabulary: Vocabulary, texts: readonly (string | undefined)[]): BagsOfWords {
  const bags = encodeBags(vocabulary, texts);
  return {
    vocabulary: vocabulary.features.length,
    row: (i) => {
      const { indices, weights } = bags[i]!;
      return indices.length > 0 ? { ids: indices, weights } : undefined;
    },
  };
}

async function* encoded(
  texts: readonly (string | undefined)[],
  there: readonly (string | undefined)[],
  { textEncoder, tokenizer, cacheFolder, heads }: WrapOptions,
  signal: AbortSignal,
): AsyncGenerator<WrapEvent, PreparedTexts> {
  const different = [...new Set(there.flatMap((text) => (text === undefined ? [] : plainText(text))))];
  const encoder = await openTextEncoder(textEncoder!, tokenizer);
  try {
    const { width } = encoder;
    yield {
      type: 'notice',
      message: `Text encoder: ${textEncoder}, ${width} values a text, for ${different.length} different training texts.`,
    };
    const { vectors, cached, notices } = await encodeTexts(encoder, different, cacheFolder, signal);
    for (const message of notices) yield { type: 'notice', message };
    if (cached > 0)
      yield { type: 'notice', message: `Text encoder: ${cached} of the texts come from the cache.` };
    const rows = standardised(vectors, width);
    return {
      texts: { width: rows.size > 0 ? width : 0, row: (i) => rows.get(plainText(texts[i] ?? '')) },
      heads,
      initial: new Map(),
      identity: digestOf(rows.values()),
    };
  } finally {
    await encoder.close();
  }
}

/** Each value with mean 0 and deviation 1 over the different texts, as features are: encoders' values differ in size. */
function standardised(vectors: ReadonlyMap<string, Float32Array>, width: number): Map<string, Float32Array> {
  const rows = [...vectors.values()];
  const mean = new Float32Array(width);
  const scale = new Float32Array(width);
  for (let k = 0; k < width; k++) {
    mean[k] = rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row[k]! - mean[k]!) ** 2, 0) / rows.length;
    scale[k] = variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  }
  return new Map([...vectors].map(([text, row]) => [text, row.map((x, k) => (x - mean[k]!) * scale[k]!)]));
}

function digestOf(rows: Iterable<Float32Array>): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(row);
  return hash.digest('hex');
}
