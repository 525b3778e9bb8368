/** Which part of a model is trained: `frozen`, `last:N`, `full` or `lora:R`. */
import { distance } from 'fastest-levenshtein';

/**
 * What is trained beside the heads: nothing, everything, the last N stages, or low-rank updates of rank R.
 */
export type Tune = 'frozen' | 'full' | `last:${number}` | `lora:${number}`;

export type TuneMode =
  | { readonly kind: 'frozen' | 'full' }
  /** The heads and the last `count` stages or layers. */
  | { readonly kind: 'last'; readonly count: number }
  /** The heads and updates of this rank. */
  | { readonly kind: 'lora'; readonly rank: number };

export const TUNE_FORMS = 'frozen, full, last:N or lora:R, N and R whole numbers of at least 1';

/** undefined for what is none of the modes. */
export function parseTune(text: unknown): TuneMode | undefined {
  if (text === 'frozen' || text === 'full') return { kind: text };
  const [, kind, digits] = /^(last|lora):([1-9]\d{0,5})$/.exec(String(text)) ?? [];
  if (kind === 'last') return { kind, count: Number(digits) };
  if (kind === 'lora') return { kind, rank: Number(digits) };
  return undefined;
}

/** A number to suggest where none was given. */
const USUAL = { last: 2, lora: 8 } as const;

/** The valid mode that was most likely meant; undefined where nothing is near. */
export function nearestTune(text: string): Tune | undefined {
  const [, word = '', digits = ''] = /^\s*([a-z]*)\W*(\d*)/i.exec(text) ?? [];
  const typed = word.toLowerCase();
  if (typed === '') return undefined;
  const words = ['frozen', 'full', 'last', 'lora'] as const;
  const far = (known: string): number => (known.startsWith(typed) ? 0.5 : distance(typed, known));
  const best = words.reduce((a, b) => (far(b) < far(a) ? b : a));
  if (far(best) > Math.max(typed.length, best.length) / 2) return undefined;
  if (best === 'frozen' || best === 'full') return best;
  return `${best}:${digits === '' ? USUAL[best] : Math.max(1, Math.min(999999, Number(digits)))}`;
}

/** What is said of a text that is no mode. */
export function tuneProblem(text: unknown): string {
  const near = typeof text === 'string' ? nearestTune(text) : undefined;
  const shown = typeof text === 'string' ? `"${text}"` : String(text);
  return `takes ${TUNE_FORMS}, not ${shown}${near ? `; did you mean ${near}?` : ''}`;
}
