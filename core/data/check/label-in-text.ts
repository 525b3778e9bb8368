import { normaliseText, plainText, wordsOf } from '../text/bags.ts';

/**
 * Whether a text has the words of the label one after another: it tells what is to be learned from the image. Of a label
 * of several folders, `animals/frogs`, the last one counts.
 */
export function namesLabel(text: string, label: string): boolean {
  const wanted = words(label.slice(label.lastIndexOf('/') + 1).replace(/[_-]+/g, ' '));
  const there = words(plainText(text).replace(/[/_-]+/g, ' '));
  return wanted.length > 0 && there.some((_, begin) => wanted.every((word, k) => there[begin + k] === word));
}

function words(text: string): string[] {
  return wordsOf(normaliseText(text));
}
