/**
 * FNV-1a, 32 bits (Fowler, Noll, Vo): hash = (hash xor byte) * 16777619 over the UTF-8 bytes of the text. Fixed for good:
 * vocabularies and seeded streams that were stored with it must read the same later, on any platform.
 */
const encoder = new TextEncoder();
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** @param start the state to go on from, for several independent hashes of one text. */
export function fnv1a(text: string, start = OFFSET): number {
  let hash = start;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}
