/**
 * pHash: the DCT-II of the picture at 32 x 32 in grey; its 8 x 8 lowest frequencies, each a bit that says whether it is
 * above their median. The form that Python's imagehash has made the usual one. Pictures of which one is a scaled,
 * recompressed or slightly brightened copy of the other differ in few of the 64 bits; unrelated ones in about 32.
 *
 *   X_k = sum_n x_n cos(pi (2 n + 1) k / 64), along rows and columns
 */
export const HASHED_SIDE = 32;
const KEPT = 8;

/** 64 bits as two whole numbers of 32. */
export type PerceptualHash = readonly [number, number];

const COSINES = Float64Array.from({ length: KEPT * HASHED_SIDE }, (_, at) =>
  Math.cos((Math.PI * (2 * (at % HASHED_SIDE) + 1) * Math.floor(at / HASHED_SIDE)) / (2 * HASHED_SIDE)),
);

/** @param grey 32 x 32, row by row. */
export function perceptualHash(grey: ArrayLike<number>): PerceptualHash {
  const alongRows = new Float64Array(HASHED_SIDE * KEPT);
  for (let y = 0; y < HASHED_SIDE; y++)
    for (let u = 0; u < KEPT; u++) {
      let sum = 0;
      for (let x = 0; x < HASHED_SIDE; x++) sum += grey[y * HASHED_SIDE + x]! * COSINES[u * HASHED_SIDE + x]!;
      alongRows[y * KEPT + u] = sum;
    }
  const low = new Float64Array(KEPT * KEPT);
  for (let v = 0; v < KEPT; v++)
    for (let u = 0; u < KEPT; u++) {
      let sum = 0;
      for (let y = 0; y < HASHED_SIDE; y++) sum += alongRows[y * KEPT + u]! * COSINES[v * HASHED_SIDE + y]!;
      low[v * KEPT + u] = sum;
    }
  const sorted = low.slice().sort();
  const median = (sorted[31]! + sorted[32]!) / 2;
  const bits: [number, number] = [0, 0];
  low.forEach((value, i) => {
    if (value > median) bits[i >> 5]! |= 1 << (31 - (i & 31));
  });
  return [bits[0] >>> 0, bits[1] >>> 0];
}

/** Bits that differ. */
export function hashDistance(a: PerceptualHash, b: PerceptualHash): number {
  return ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]);
}

/** Bits that are set, counted in parallel within the word. */
function ones(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
