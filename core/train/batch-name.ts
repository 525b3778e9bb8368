import { PREFIX } from '../marnet/parameters.ts';

/** The name of a graph input that a batch is fed through; no value of a user's model is called so. */
export function batchName(name: string): string {
  return `${PREFIX}batch/${name}`;
}
