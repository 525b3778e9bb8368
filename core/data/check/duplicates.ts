/**
 * Images that are there more than once: the same file, or nearly the same picture. Two pictures are near when their
 * perceptual hashes differ in few bits and their thumbnails go up and down together. Pairs are found without comparing all
 * with all: hashes that differ in at most d bits agree in one of d + 1 parts (Norouzi et al. 2012), so only those that
 * share a part are compared.
 */
import { groupPositions } from '../group.ts';
import { hashDistance } from './perceptual-hash.ts';
import type { ScannedImage } from './scan.ts';

/** Bits of 64 that near pictures' hashes may differ in. */
const NEAR_BITS = 6;
/** Correlation that near pictures' thumbnails have at least. */
const NEAR_CORRELATION = 0.95;
/** A part of the hash that so many share tells nothing; a picture of one colour has it. */
const CROWD = 2000;

export interface Duplicates {
  /** Positions of images whose files are equal, two or more in each group. */
  readonly exact: readonly (readonly number[])[];
  /** Positions of images that are nearly the same, or whose neighbours are, equal files included. */
  readonly near: readonly (readonly number[])[];
}

export function findDuplicates(images: readonly ScannedImage[]): Duplicates {
  const byFile = [...groupPositions(images.map((image) => image.sha256)).values()];
  const exact = byFile.filter((group) => group.length > 1);
  const first = byFile.map((group) => group[0]!);
  const parent = images.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    parent[i] = root;
    return root;
  };
  const joined = new Set<number>();
  const join = (a: number, b: number) => {
    parent[rootOf(b)] = rootOf(a);
    joined.add(a).add(b);
  };
  // Equal files are near by way of the first of them.
  for (const [a, b] of nearPairs(
    images,
    first.filter((i) => hasContrast(images[i]!)),
  ))
    join(a, b);
  const groups = new Map<number, number[]>();
  for (const group of byFile) {
    if (!joined.has(group[0]!)) continue;
    const root = rootOf(group[0]!);
    groups.set(root, [...(groups.get(root) ?? []), ...group]);
  }
  return { exact, near: [...groups.values()].map((group) => group.sort((a, b) => a - b)) };
}

function* nearPairs(
  images: readonly ScannedImage[],
  candidates: readonly number[],
): Generator<[number, number]> {
  for (let part = 0; part <= NEAR_BITS; part++) {
    const key = (i: number) => partOf(images[i]!.hash, part);
    for (const group of groupPositions(candidates.map(key)).values()) {
      if (group.length > CROWD) continue;
      const members = group.map((at) => candidates[at]!);
      for (let a = 1; a < members.length; a++)
        for (let b = 0; b < a; b++)
          if (areNear(images[members[a]!]!, images[members[b]!]!)) yield [members[b]!, members[a]!];
    }
  }
}

/** One of the seven parts of a hash, nine bits each and ten the last. */
function partOf([high, low]: readonly [number, number], part: number): number {
  const begin = 9 * part;
  const bits = (BigInt(high) << 32n) | BigInt(low);
  return Number((bits >> BigInt(begin)) & (part === NEAR_BITS ? 0x3ffn : 0x1ffn));
}

function areNear(a: ScannedImage, b: ScannedImage): boolean {
  return (
    hashDistance(a.hash, b.hash) <= NEAR_BITS && correlation(a.thumbnail, b.thumbnail) >= NEAR_CORRELATION
  );
}

/** A picture of nearly one colour has a hash of noise. */
function hasContrast({ thumbnail }: ScannedImage): boolean {
  let [low, high] = [255, 0];
  for (const value of thumbnail) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low > 8;
}

/** Pearson's, over the values of all three colours. */
function correlation(a: Uint8Array, b: Uint8Array): number {
  const n = a.length;
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]!, b[i]!];
    sumA += x;
    sumB += y;
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
  }
  const spread = Math.sqrt((squaresA - sumA ** 2 / n) * (squaresB - sumB ** 2 / n));
  return spread > 0 ? (products - (sumA * sumB) / n) / spread : 0;
}
