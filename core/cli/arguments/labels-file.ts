import * as v from 'valibot';
import { readText } from '../../data/files.ts';
import { MarnetError } from '../../errors.ts';

const list = v.array(v.string());
const byIndex = v.record(v.pipe(v.string(), v.digits()), v.string());
const nested = v.object({ id2label: v.union([list, byIndex]) });

/**
 * Class names in the order of the logits: a text file of one name a line, or JSON that is a list of names, an object
 * from index to name, or an object that has one of these as `id2label`.
 * @throws MarnetError 'usage' naming the file and what is wrong in it.
 */
export async function readLabelsFile(path: string): Promise<string[]> {
  const text = await readText(path).catch((cause: MarnetError) => {
    const problem = cause.message.replace(`${JSON.stringify(path)} `, '');
    throw new MarnetError('usage', `--labels ${path}: ${problem}`, {
      hint: 'Give a text file in UTF-8 of one class name a line, or a JSON list of names.',
      cause,
    });
  });
  const content = text.replace(/^\uFEFF/, '');
  const labels = /^\s*[[{]/.test(content) ? fromJson(path, content) : fromLines(content);
  if (labels.length === 0) throw new MarnetError('usage', `--labels ${path}: the file names no class`);
  return labels;
}

function fromLines(text: string): string[] {
  const lines = text.trimEnd().split(/\r?\n/);
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
  const inner = v.is(nested, value) ? value.id2label : value;
  if (v.is(list, inner)) return inner;
  if (!v.is(byIndex, inner))
    throw new MarnetError(
      'usage',
      `--labels ${path}: neither a list of names nor an object from index to name`,
    );
  const count = Object.keys(inner).length;
  return Array.from({ length: count }, (_, index) => {
    const name = inner[String(index)];
    if (name === undefined)
      throw new MarnetError('usage', `--labels ${path}: ${count} names, but none for index ${index}`);
    return name;
  });
}
