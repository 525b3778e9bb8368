/** Lists that benchmarks come with: text files of one thing a line. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { unreadable } from '../files.ts';
import { type DataFolder, dataError, type LabelledFile } from './layout.ts';
import type { PathIndex } from './path-index.ts';

export interface Line {
  /** Below the folder, for messages. */
  readonly file: string;
  /** 1-based. */
  readonly number: number;
  /** Trimmed. */
  readonly text: string;
}

/** "SplitAndIngreLabel/TR.txt line 3" */
export function placeOf({ file, number }: Line): string {
  return `${file} line ${number}`;
}

/** Lines of a file one after another, as a list may be larger than memory would like; empty ones left out. */
export async function* linesOf(root: string, file: string): AsyncGenerator<Line> {
  const path = join(root, file);
  const input = createReadStream(path, { encoding: 'utf8' });
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      const text = (number === 1 ? line.replace(/^\uFEFF/, '') : line).trim();
      if (text !== '') yield { file, number, text };
    }
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    input.destroy();
  }
}

export async function allLines(root: string, file: string): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(root, file)) lines.push(line);
  return lines;
}

/**
 * The name as it is on disk, whatever its case; undefined where there is none.
 * @param names of one folder. @param wanted the usual name; others it may have.
 */
export function named(names: readonly string[], ...wanted: readonly string[]): string | undefined {
  for (const want of wanted) {
    const found =
      names.find((name) => name === want) ?? names.find((name) => name.toLowerCase() === want.toLowerCase());
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Names of the files directly in a folder below the root. */
export async function filesIn(folder: DataFolder, base: string): Promise<string[]> {
  const { others } = await folder.listing();
  const inside = others.filter((path) => path.startsWith(base) && !path.slice(base.length).includes('/'));
  return inside.map((path) => path.slice(base.length));
}

/** Each image of the splits' lists is there once. @throws MarnetError 'data' naming file and line. */
export class ListedImages {
  readonly files: LabelledFile[] = [];
  readonly #seen = new Map<string, Line>();
  readonly #index: PathIndex;
  readonly #where: string;

  /** @param where the images are looked for, for messages. */
  constructor(index: PathIndex, where: string) {
    this.#index = index;
    this.#where = where;
  }

  /** The image that a line means. */
  find(line: Line, path: string): string {
    const id = this.#index.find(path);
    if (id === undefined)
      throw dataError(
        `${placeOf(line)}: there is no image ${JSON.stringify(path)} in ${this.#where}`,
        'Each line is the path of an image below that folder. Fetch the missing image, or remove the line.',
      );
    return id;
  }

  add(line: Line, file: LabelledFile): void {
    const before = this.#seen.get(file.id);
    if (before)
      throw dataError(
        `${placeOf(line)}: ${JSON.stringify(file.id)} is listed a second time (first in ${placeOf(before)})`,
        'Each image may be in one split only; remove one of the lines.',
      );
    this.#seen.set(file.id, line);
    this.files.push(file);
  }
}
