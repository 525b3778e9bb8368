import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** SHA-256 of each file's bytes as hex; undefined where it cannot be read, which decoding it will report. */
export type Hashes = readonly (string | undefined)[];

/** Files read at a time. */
const READING = 16;

/** Files and their SHA-256, so that what is decoded need not be read once more to be hashed. */
export class FileHashes {
  readonly #known = new Map<string, string>();

  /** The file's bytes. */
  readonly read = async (file: string): Promise<Uint8Array> => {
    const bytes = await readFile(file);
    this.#known.set(file, createHash('sha256').update(bytes).digest('hex'));
    return bytes;
  };

  /** Files that were not read yet are read now. @throws the signal's reason. */
  async of(files: readonly string[], signal?: AbortSignal): Promise<Hashes> {
    const unknown = files.filter((file) => !this.#known.has(file));
    let next = 0;
    const work = async () => {
      while (next < unknown.length) {
        signal?.throwIfAborted();
        await this.read(unknown[next++]!).catch(() => {});
      }
    };
    await Promise.all(Array.from({ length: READING }, work));
    return files.map((file) => this.#known.get(file));
  }
}
