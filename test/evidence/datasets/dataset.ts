import { createHash } from 'node:crypto';

/** 'holdout' chooses the epoch; 'test' is looked at once, when all is trained. */
export type EvidenceSplit = 'train' | 'holdout' | 'test';

export interface EvidenceImage {
  /** What tells the image from others. */
  readonly id: string;
  readonly file: string;
  readonly label: string;
  /** Read in training alone. */
  readonly text: string;
  readonly split: EvidenceSplit;
}

export interface EvidenceDataset {
  readonly name: string;
  /** What it is made of, and how it is split, in a sentence. */
  readonly about: string;
  readonly images: readonly EvidenceImage[];
}

/** The same number in [0, 1) for the same name, everywhere. */
export function share(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) / 2 ** 32;
}

/**
 * Splits each class by itself: its members in the order of their names' hashes, the first of them to train on, then those
 * that choose the epoch, then the test.
 */
export function splitClass<T>(
  members: readonly T[],
  nameOf: (member: T) => string,
  shares: { readonly train: number; readonly holdout: number },
): Map<T, EvidenceSplit> {
  const ordered = [...members].sort((a, b) => share(nameOf(a)) - share(nameOf(b)));
  const train = Math.round(ordered.length * shares.train);
  const holdout = Math.max(1, Math.round(ordered.length * shares.holdout));
  return new Map(
    ordered.map((member, i) => [member, i < train ? 'train' : i < train + holdout ? 'holdout' : 'test']),
  );
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
