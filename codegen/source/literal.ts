/** Values as TypeScript. */

/** A string between single quotes, whatever it holds. */
export function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A value of JSON: keys quoted where they must be. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : quoted(key)}: ${literal(inner)}`)
      .join(', ')} }`;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** Text for a block comment, which it must not end. */
export function commentText(text: string): string {
  return text.replaceAll('*/', '* /');
}

/** Each line two spaces further in. */
export function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
