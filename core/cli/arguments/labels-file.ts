import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { MarnetError } from '../../errors.ts';

const list = z.array(z.string());
const byIndex = z.record(z.string().regex(/^\d+$/), z.string());

/**
 * Class names in the order of the logits: a text file of one name a line, or JSON that is a list of names, an object
 * from index to name, or an object that has one of these as `id2label`.
 * @throws MarnetError 'usage' naming the file and what is wrong in it.
 */
export async function readLabelsFile(path: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new MarnetError(
      'usage',
      `--labels ${path}: the file cannot be read (${(cause as Error).message})`,
      {
        hint: 'Give a text file of one class name a line, or a JSON list of names.',
        cause,
      },
    );
  }
  const labels = /^\s*[[{]/.test(text) ? fromJson(path, text) : fromLines(text);
  if (labels.length === 0) throw new MarnetError('usage', `--labels ${path}: the file names no class`);
  return labels;
}

function fromLines(text: string): string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  return lines.length === 1 && lines[0] === '' ? [] : lines.map((line) => line.trim());
}

function fromJson(path: string, text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MarnetError('usage', `--labels ${path}: not valid JSON (${(cause as Error).message})`, {
      cause,
    });
  }
  const inner = z.object({ id2label: z.unknown() }).safeParse(value).data?.id2label ?? value;
  const names = list.safeParse(inner).data;
  if (names) return names;
  const indexed = byIndex.safeParse(inner).data;
  if (!indexed)
    throw new MarnetError(
      'usage',
      `--labels ${path}: neither a list of names nor an object from index to name`,
    );
  const count = Object.keys(indexed).length;
  return Array.from({ length: count }, (_, index) => {
    const name = indexed[String(index)];
    if (name === undefined)
      throw new MarnetError('usage', `--labels ${path}: ${count} names, but none for index ${index}`);
    return name;
  });
}
