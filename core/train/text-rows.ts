/** Texts as a step is fed with them: rows of a matrix, of words in a vocabulary or of an encoder's values. */
import type { SparseRow, Texts, TrainingJob } from './job.ts';

/** Columns of the matrix; 0 where no image has a text. */
export function textColumns(texts: Texts): number {
  return 'width' in texts ? texts.width : texts.vocabulary;
}

/** Adds the text of image i, times `share`, to the row at `offset`. */
export function addText(texts: Texts, i: number, share: number, out: Float32Array, offset: number): void {
  if ('width' in texts) {
    texts.row(i)?.forEach((value, k) => {
      out[offset + k]! += share * value;
    });
    return;
  }
  const row = texts.row(i);
  if (!row) return;
  for (let k = 0; k < row.ids.length; k++) out[offset + row.ids[k]!]! += share * row.weights[k]!;
}

/** A number for each training image that has a text, equal where the texts are. */
export function textKeys({ texts, trainIndices }: TrainingJob): Map<number, number> {
  const numbers = new Map<unknown, number>();
  const keys = new Map<number, number>();
  if (textColumns(texts) === 0) return keys;
  for (const i of trainIndices) {
    const key = 'width' in texts ? texts.row(i) : keyOf(texts.row(i));
    if (key === undefined) continue;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    keys.set(i, numbers.get(key)!);
  }
  return keys;
}

function keyOf(text: SparseRow | undefined): string | undefined {
  if (!text || text.ids.length === 0) return undefined;
  const entries = Array.from(text.ids, (id, k) => [id, text.weights[k]!] as const);
  return entries
    .sort(([a], [b]) => a - b)
    .map(([id, weight]) => `${id}:${weight}`)
    .join(' ');
}
