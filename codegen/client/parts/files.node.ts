import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const isAddress = (text: string): boolean => /^https?:\/\//i.test(text);

/** The path of what is a file on this machine. */
export function pathOf(source: string | URL | Uint8Array | ArrayBuffer): string | undefined {
  if (source instanceof URL) return source.protocol === 'file:' ? fileURLToPath(source) : undefined;
  return typeof source === 'string' && !isAddress(source) ? source : undefined;
}

/** @throws Error where it cannot be read, or fetched. */
export async function bytesOf(source: string | URL | Uint8Array | ArrayBuffer): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const path = pathOf(source);
  if (path !== undefined) return readFile(path);
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${source} answered ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
