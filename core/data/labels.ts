/** Which label set, in which order: the model's own where the data's labels are found in it, else the data's. */
import { dataError, didYouMean, firstFew } from './layouts/layout.ts';

export interface LabelSet {
  readonly classes: readonly string[];
  /** Index of a label of the data. */
  readonly indexOf: (label: string) => number;
  readonly notices: readonly string[];
}

/**
 * Labels are matched with the model's as they are, else without case and with spaces, dashes and underscores alike, if
 * that is unambiguous.
 * @param known the model's labels in the order of its logits.
 * @param forced refuse labels that the model does not know, instead of taking the data's own set (and leaving it to
 *   whoever decides about the classifier to say so).
 * @throws MarnetError 'data' when forced and a label is unknown.
 */
export function chooseLabels(
  labels: ReadonlySet<string>,
  known: readonly string[] | undefined,
  forced: boolean,
): LabelSet {
  const own = sortLabels([...labels]);
  if (!known) return fixed(own, new Map(own.map((label, i) => [label, i])), []);
  const exact = new Map(known.map((label, i) => [label, i]));
  const unknown = own.filter((label) => !exact.has(label));
  if (unknown.length === 0) return fixed(known, exact, absent(known, own.length));
  const folded = foldedIndex(known);
  const ownFolded = foldedIndex(own);
  if (folded && ownFolded && [...ownFolded.keys()].every((label) => folded.has(label))) {
    const index = new Map(own.map((label) => [label, folded.get(foldLabel(label))!]));
    const example = `${JSON.stringify(unknown[0])} is ${JSON.stringify(known[index.get(unknown[0]!)!])}`;
    return fixed(known, index, [
      `labels matched with the model's without case and separators (${example})`,
      ...absent(known, own.length),
    ]);
  }
  const still = folded ? unknown.filter((label) => !folded.has(foldLabel(label))) : unknown;
  if (forced)
    throw dataError(
      `${still.length === 1 ? 'a label is' : `${still.length} labels are`} unknown to the model: ${firstFew(still.map((label) => JSON.stringify(label)))}${didYouMean(still[0]!, known)}`,
      `The model has ${known.length} classes: ${firstFew(known.map((label) => JSON.stringify(label)))}.`,
    );
  return fixed(own, new Map(own.map((label, i) => [label, i])), []);
}

/** By code units, or by value where all are whole numbers ("2" before "10"). */
function sortLabels(labels: string[]): string[] {
  if (labels.every((label) => /^\d{1,15}$/.test(label)))
    return labels.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  return labels.sort();
}

function fixed(
  classes: readonly string[],
  index: ReadonlyMap<string, number>,
  notices: readonly string[],
): LabelSet {
  return { classes, notices, indexOf: (label) => index.get(label)! };
}

function absent(known: readonly string[], present: number): string[] {
  const count = known.length - present;
  return count > 0 ? [`${count} of the model's ${known.length} classes have no images here`] : [];
}

/** undefined when two labels fold to the same. */
function foldedIndex(labels: readonly string[]): Map<string, number> | undefined {
  const index = new Map(labels.map((label, i) => [foldLabel(label), i]));
  return index.size === labels.length ? index : undefined;
}

/** Without case, and with spaces, dashes and underscores alike. */
export function foldLabel(label: string): string {
  return label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}
