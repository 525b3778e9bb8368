/**
 * The imagefolder convention: `metadata.csv` or `metadata.jsonl` in the folder, or one in each of its split folders
 * (`train/metadata.csv`, `validation/metadata.csv`), file names relative to where it lies.
 */
import { join } from 'node:path';
import { readText } from '../files.ts';
import { parseDelimited } from './delimited.ts';
import { parseJsonLines } from './json-lines.ts';
import { type DataFolder, dataError, type Reading, splitNamed } from './layout.ts';
import { mergeReadings } from './merge.ts';
import { readTable } from './table.ts';

const PARSERS = { 'metadata.csv': parseDelimited, 'metadata.jsonl': parseJsonLines } as const;

export async function metadataFiles(folder: DataFolder): Promise<Reading | undefined> {
  const whole = await readMetadata(folder, '');
  if (whole) return whole;
  const readings: Reading[] = [];
  for (const name of folder.names.filter((each) => splitNamed(each) !== undefined)) {
    const part = await readMetadata(folder, `${name}/`);
    if (part) readings.push(part);
  }
  return readings.length > 0 ? mergeReadings(readings) : undefined;
}

async function readMetadata(folder: DataFolder, base: string): Promise<Reading | undefined> {
  const found: [string, string, (text: string, name: string) => ReturnType<typeof parseDelimited>][] = [];
  for (const [name, parse] of Object.entries(PARSERS)) {
    const text = await readOptional(join(folder.root, base, name));
    if (text !== undefined) found.push([base + name, text, parse]);
  }
  const [first, second] = found;
  if (first && second)
    throw dataError(
      `${JSON.stringify(join(folder.root, base))} has both metadata.csv and metadata.jsonl`,
      'Keep one of them: which one counts would be a guess.',
    );
  if (!first) return undefined;
  const [name, text, parse] = first;
  const split = base === '' ? undefined : splitNamed(base.slice(0, -1));
  return readTable(folder, parse(text, name), { base, split, strict: true });
}

export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readText(file);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
