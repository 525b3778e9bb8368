/** What a text encoder gives of texts, kept on disk by encoder and text. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cacheFolder as usualFolder } from '../../data/cache-folder.ts';
import { readSegmentIndexes, readSegmentRows, writeSegment } from '../../data/cache-segment.ts';
import type { TextEncoder } from './encoder.ts';

/** Texts encoded between two looks at the signal, and kept together. */
const PART = 512;

export interface EncodedTexts {
  readonly vectors: ReadonlyMap<string, Float32Array>;
  /** Texts that were encoded before. */
  readonly cached: number;
  /** What went wrong with the cache, in words. */
  readonly notices: readonly string[];
}

/** @param texts different ones. @param folder default `cacheFolder()`. @throws the signal's reason. */
export async function encodeTexts(
  encoder: TextEncoder,
  texts: readonly string[],
  folder = usualFolder(),
  signal?: AbortSignal,
): Promise<EncodedTexts> {
  const place = join(folder, 'texts', encoder.identity);
  const byHash = new Map(texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]));
  const vectors = new Map<string, Float32Array>();
  const notices: string[] = [];
  for (const index of await readSegmentIndexes(place, encoder.width).catch(() => [])) {
    const rows = index.hashes.some((hash) => byHash.has(hash)) ? await readSegmentRows(index) : undefined;
    index.hashes.forEach((hash, i) => {
      const text = byHash.get(hash);
      if (rows && text !== undefined)
        vectors.set(text, rows.slice(i * encoder.width, (i + 1) * encoder.width));
    });
  }
  const cached = vectors.size;
  const hashOf = new Map([...byHash].map(([hash, text]) => [text, hash]));
  const missing = texts.filter((text) => !vectors.has(text));
  for (let begin = 0; begin < missing.length; begin += PART) {
    signal?.throwIfAborted();
    const part = missing.slice(begin, begin + PART);
    const made = await encoder.encode(part);
    const rows = new Float32Array(part.length * encoder.width);
    part.forEach((text, i) => {
      vectors.set(text, made[i]!);
      rows.set(made[i]!, i * encoder.width);
    });
    if (notices.length > 0) continue;
    await writeSegment(
      place,
      part.map((text) => hashOf.get(text)!),
      encoder.width,
      rows,
    ).catch((error: NodeJS.ErrnoException) => {
      notices.push(
        `encoded texts are not kept for later runs: ${JSON.stringify(place)} cannot be written (${error.code})`,
      );
    });
  }
  return { vectors, cached, notices };
}
