/** Values as TypeScript. */

/** A string between single quotes, whatever it holds. */
export function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Columns that a line of generated source takes at most, where it can be broken. */
const WIDTH = 110;

/** A value of JSON: keys quoted where they must be, an element a line where one line is too short. @param column where it begins. */
export function literal(value: unknown, column = 0): string {
  if (value === null || typeof value !== 'object')
    return typeof value === 'string' ? quoted(value) : String(value);
  const parts = (inner: number): string[] =>
    Array.isArray(value)
      ? value.map((each) => literal(each, inner))
      : Object.entries(value).map(
          ([key, each]) => `${keyOf(key)}: ${literal(each, inner + keyOf(key).length + 2)}`,
        );
  const [open, close, space] = Array.isArray(value) ? ['[', ']', ''] : ['{', '}', ' '];
  const flat = parts(Number.NEGATIVE_INFINITY);
  const line = flat.length === 0 ? `${open}${close}` : `${open}${space}${flat.join(', ')}${space}${close}`;
  if (column + line.length <= WIDTH) return line;
  const lines = parts(2).map((part) => indented(`${part},`));
  return `${open}\n${lines.join('\n')}\n${close}`;
}

function keyOf(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : quoted(key);
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
