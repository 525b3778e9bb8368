/** classes.json: a text, or a list such as ingredients, for each class: {"egg fried rice": ["egg", "rice"]}. */
import { dataError, didYouMean } from './layout.ts';

const NAME = 'classes.json';

/**
 * @param known labels of the data and of the model.
 * @returns text by label; a list becomes a JSON list, which the tokeniser reads as tags.
 * @throws MarnetError 'data' when it is malformed or names an unknown class.
 */
export function parseClassTexts(source: string, known: readonly string[]): Map<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw dataError(`${NAME} is not JSON: ${(cause as Error).message}`, EXAMPLE, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw dataError(
      `${NAME} holds ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}, not an object`,
      EXAMPLE,
    );
  const texts = new Map<string, string>();
  for (const [label, content] of Object.entries(value)) {
    if (!known.includes(label))
      throw dataError(
        `${NAME}: no images have the class ${JSON.stringify(label)}${didYouMean(label, known)}`,
        'Its keys are the labels of the data, written the same way.',
      );
    const text = textOf(content, label);
    if (text !== undefined) texts.set(label, text);
  }
  return texts;
}

const EXAMPLE = 'Expected {"class": "text"} or {"class": ["ingredient", "ingredient"]}.';

function textOf(content: unknown, label: string): string | undefined {
  if (typeof content === 'string') return content.trim() || undefined;
  if (Array.isArray(content) && content.every((item) => typeof item === 'string'))
    return content.length > 0 ? JSON.stringify(content) : undefined;
  throw dataError(`${NAME}: the text of ${JSON.stringify(label)} is ${JSON.stringify(content)}`, EXAMPLE);
}
