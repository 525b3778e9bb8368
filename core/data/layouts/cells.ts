/** What stands in a table's cell, as text. */

/** The text of a cell; undefined where it is empty; null for what is no text (an object, a list of numbers). */
export function cellText(value: unknown, lists: boolean): string | undefined | null {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value.trim() || undefined;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (!lists || !Array.isArray(value) || !value.every((item) => typeof item === 'string')) return null;
  // A JSON list is what the tokeniser reads as tags.
  return value.length > 0 ? JSON.stringify(value) : undefined;
}

export function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

/** JSON for messages; shortened, and of numbers that JSON does not have too. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? Number(v) : v)) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
