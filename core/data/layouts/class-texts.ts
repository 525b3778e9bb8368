/**
 * Texts of classes, in a file of any of these forms:
 * - .json: {"egg fried rice": ["egg", "rice"], "ramen": "noodles in a broth"};
 * - .csv, .tsv, .jsonl: a column `label` and a column `text`, by their usual names, or the first and the second;
 * - .txt: a class a line, its name, a tab or colon, its text.
 */
import { extname } from 'node:path';
import { readText } from '../files.ts';
import { foldLabel } from '../labels.ts';
import { cellText, shown } from './cells.ts';
import { usualColumn } from './columns.ts';
import { parseDelimited } from './delimited.ts';
import { parseJsonLines } from './json-lines.ts';
import { dataError, didYouMean } from './layout.ts';
import type { Table } from './table-rows.ts';

/** One class as the file has it. */
interface Entry {
  readonly label: string;
  readonly content: unknown;
  /** For messages. */
  readonly where: string;
}

/**
 * @param file absolute. @param name of it, for messages. @param known labels of the data and of the model; case and
 *   separators do not count where that is unambiguous.
 * @returns text by label; a list becomes a JSON list, which the tokeniser reads as tags.
 * @throws MarnetError 'data' when it is malformed or names an unknown class.
 */
export async function readClassTexts(
  file: string,
  name: string,
  known: readonly string[],
): Promise<Map<string, string>> {
  const source = await readText(file);
  const labels = new Map(known.map((label) => [label, label]));
  const folded = new Map(known.map((label) => [foldLabel(label), label]));
  const texts = new Map<string, string>();
  for (const { label, content, where } of entriesOf(source.replace(/^\uFEFF/, ''), name)) {
    const own = labels.get(label) ?? folded.get(foldLabel(label));
    if (own === undefined)
      throw dataError(
        `${where}: no images have the class ${JSON.stringify(label)}${didYouMean(label, known)}`,
        'Its keys are the labels of the data, written the same way.',
      );
    const text = ['number', 'boolean'].includes(typeof content) ? null : cellText(content, true);
    if (text === null)
      throw dataError(`${where}: the text of ${JSON.stringify(label)} is ${shown(content)}`, EXAMPLE);
    if (text !== undefined) texts.set(own, text);
  }
  return texts;
}

const EXAMPLE = 'Expected {"class": "text"} or {"class": ["ingredient", "ingredient"]}.';

function entriesOf(source: string, name: string): Entry[] {
  switch (extname(name).toLowerCase()) {
    case '.json':
      return fromJson(source, name);
    case '.csv':
    case '.tsv':
      return fromTable(parseDelimited(source, name));
    case '.jsonl':
    case '.ndjson':
      return fromTable(parseJsonLines(source, name));
    default:
      return fromLines(source, name);
  }
}

function fromJson(source: string, name: string): Entry[] {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw dataError(`${name} is not JSON: ${(cause as Error).message}`, EXAMPLE, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw dataError(
      `${name} holds ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}, not an object`,
      EXAMPLE,
    );
  return Object.entries(value).map(([label, content]) => ({ label, content, where: name }));
}

function fromTable(table: Table): Entry[] {
  const { name, columns, rows } = table;
  const names = [...columns.keys()];
  const label = usualColumn('label', names) ?? names[0];
  const text = usualColumn('text', names) ?? names.find((column) => column !== label);
  if (label === undefined || text === undefined)
    throw dataError(
      `${name} has ${names.length === 0 ? 'no columns' : `the one column ${JSON.stringify(names[0])}`}`,
      'Expected a column of labels and a column of texts.',
    );
  return rows.map(({ line, cells }) => {
    const where = `${name} line ${line}`;
    const own = cellText(cells.get(label), false);
    if (own) return { label: own, content: cells.get(text), where };
    throw dataError(
      `${where}: ${label} is ${own === undefined ? 'empty' : shown(cells.get(label))}`,
      'It must be the name of a class.',
    );
  });
}

function fromLines(source: string, name: string): Entry[] {
  return source.split(/\r?\n/).flatMap((line, i): Entry[] => {
    if (line.trim() === '') return [];
    const [, label, content] = /^([^\t]+?)\s*\t(.*)$/.exec(line) ?? /^(.+?)\s*:(.*)$/.exec(line) ?? [];
    const where = `${name} line ${i + 1}`;
    if (label !== undefined) return [{ label: label.trim(), content, where }];
    throw dataError(
      `${where} has neither a tab nor a colon: ${JSON.stringify(line.slice(0, 60))}`,
      'Expected the name of a class, a tab or a colon, and its text.',
    );
  });
}
