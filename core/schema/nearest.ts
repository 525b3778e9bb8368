import { distance } from 'fastest-levenshtein';

/**
 * The candidate that was most likely meant: one that starts with the word, else the one with the fewest letters to
 * change; undefined where more than a share of the letters, half of them unless told, would have to change.
 */
export function nearest(word: string, candidates: Iterable<string>, share = 1 / 2): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const changes = typed.length > 1 && known.startsWith(typed) ? 0.5 : distance(typed, known);
    if (changes >= fewest || changes > Math.max(typed.length, known.length) * share) continue;
    best = candidate;
    fewest = changes;
  }
  return best;
}

/** "a, b or c" */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
