/**
 * Word vectors in the text form that GloVe (.txt) and fastText and word2vec (.vec) share: a word and its values a line,
 * separated by spaces, perhaps after a first line with the number of words and of values; gzip-compressed or not. The
 * file is read as a stream of bytes, and only the lines of wanted words are looked at closely, so that memory follows the
 * words in use and not the file.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MarnetError } from '../../errors.ts';

export interface WordVectors {
  /** Values of a word. */
  readonly width: number;
  /** Of the wanted words that the file has. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
  /** Words in the file. */
  readonly words: number;
}

const CHUNK = 2 ** 20;
const NEWLINE = 10;
/** A line longer than this is none of a word and its values. */
const LONGEST = 2 ** 20;

/**
 * @param wanted in lower case. Where the file has a word in several cases, the one in lower case counts, else the first.
 * @throws MarnetError 'data' naming the file and the line.
 */
export async function readWordVectors(
  file: string,
  wanted: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<WordVectors> {
  const lines = new VectorLines(file, wanted);
  const source = await openText(file);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of source) {
      signal?.throwIfAborted();
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
      let begin = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
        lines.take(bytes, begin, end);
        begin = end + 1;
      }
      rest = bytes.subarray(begin);
      if (rest.length > LONGEST) throw lines.notText();
    }
    if (rest.length > 0) lines.take(rest, 0, rest.length);
  } catch (cause) {
    if (cause instanceof MarnetError || signal?.aborted) throw cause;
    throw dataError(`${JSON.stringify(file)} cannot be read: ${(cause as Error).message}`, cause);
  } finally {
    source.destroy();
  }
  return lines.result();
}

/** The bytes of the text, unpacked where the file begins as gzip does, whatever it is called. */
async function openText(file: string): Promise<Readable> {
  let start: Buffer;
  try {
    const handle = await open(file);
    try {
      start = (await handle.read(Buffer.alloc(2), 0, 2, 0)).buffer;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw dataError(`the word vectors ${JSON.stringify(file)} cannot be read: ${reason}`, cause);
  }
  const bytes = createReadStream(file, { highWaterMark: CHUNK });
  if (start[0] !== 0x1f || start[1] !== 0x8b) return bytes;
  const unpacked = createGunzip({ chunkSize: CHUNK });
  bytes.on('error', (error) => unpacked.destroy(error));
  return bytes.pipe(unpacked);
}

class VectorLines {
  readonly #file: string;
  readonly #wanted: ReadonlySet<string>;
  readonly #vectors = new Map<string, Float32Array>();
  /** Wanted words that were found in lower case, which other cases do not replace. */
  readonly #exact = new Set<string>();
  #width = 0;
  #line = 0;
  #words = 0;

  constructor(file: string, wanted: ReadonlySet<string>) {
    this.#file = file;
    this.#wanted = wanted;
  }

  take(bytes: Buffer, begin: number, end: number): void {
    this.#line++;
    if (this.#line === 1 && this.#isHeader(bytes.toString('utf8', begin, end))) return;
    let space = begin;
    while (space < end && bytes[space] !== 32 && bytes[space] !== 9) space++;
    if (space === end) {
      if (bytes.toString('utf8', begin, end).trim() === '') return;
      throw this.#malformed('0 values after the word');
    }
    this.#words++;
    if (this.#width > 0 && this.#words > 1) {
      const word = bytes.toString('utf8', begin, space);
      const key = this.#keyOf(word);
      if (key === undefined) return;
      this.#keep(key, word, bytes.toString('utf8', space + 1, end));
      return;
    }
    // The first word tells the width where no header did, and whether this is such a file at all.
    const word = bytes.toString('utf8', begin, space);
    const values = this.#parse(bytes.toString('utf8', space + 1, end));
    if (!values || (this.#width > 0 && values.length !== this.#width)) throw this.notText();
    this.#width = values.length;
    const key = this.#keyOf(word);
    if (key !== undefined) this.#keep(key, word, bytes.toString('utf8', space + 1, end));
  }

  #isHeader(text: string): boolean {
    const [, width] = /^\uFEFF?\d+[ \t](\d+)\s*$/.exec(text) ?? [];
    if (width !== undefined) this.#width = Number(width);
    return width !== undefined;
  }

  /** The wanted word that this is; undefined for another, or one that was found in lower case already. */
  #keyOf(word: string): string | undefined {
    if (this.#wanted.has(word)) return word;
    const lower = word.toLowerCase();
    return this.#wanted.has(lower) && !this.#vectors.has(lower) ? lower : undefined;
  }

  #keep(key: string, word: string, text: string): void {
    if (this.#exact.has(key)) return;
    const values = this.#parse(text);
    // A few tokens of some files have a space in them: their first part is no word of its own.
    if (values === undefined && text.trim().split(/[ \t]+/).length > this.#width) return;
    if (values?.length !== this.#width)
      throw this.#malformed(
        `${values?.length ?? 'something other than'} ${values ? 'values' : 'numbers'} after ${JSON.stringify(word)} instead of ${this.#width}`,
      );
    this.#vectors.set(key, values);
    if (key === word) this.#exact.add(key);
  }

  #parse(text: string): Float32Array | undefined {
    const values = Float32Array.from(text.trim().split(/[ \t]+/), Number);
    return values.every(Number.isFinite) ? values : undefined;
  }

  #malformed(what: string): MarnetError {
    return dataError(`${JSON.stringify(this.#file)} line ${this.#line}: ${what}`);
  }

  notText(): MarnetError {
    return dataError(`${JSON.stringify(this.#file)} holds no word vectors as text (line ${this.#line})`);
  }

  result(): WordVectors {
    if (this.#width === 0)
      throw dataError(`${JSON.stringify(this.#file)} holds no word vectors: it is empty`);
    return { width: this.#width, vectors: this.#vectors, words: this.#words };
  }
}

function dataError(message: string, cause?: unknown): MarnetError {
  return new MarnetError('data', message, {
    hint: 'Expected a word and its values a line, separated by spaces, as GloVe (.txt) and fastText (.vec) have them; .gz too.',
    cause,
  });
}
