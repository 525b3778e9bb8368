/**
 * Images that a table holds inside, as files: `<cache>/unpacked/<SHA-256 of the table>/<thousand>/<row>`. They are made once,
 * under a temporary name that becomes the final one when all are there.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MarnetError } from '../../errors.ts';
import { cacheFolder as usualFolder } from '../cache-folder.ts';

export interface Unpacked {
  /** They are all there already. */
  readonly complete: boolean;
  /** Where the image of a row is, or will be. */
  pathOf(row: number): string;
  /** @param bytes undefined for a row without an image, whose file will be missing. @throws MarnetError 'output'. */
  put(row: number, bytes: Uint8Array | undefined): Promise<void>;
  finish(): Promise<void>;
  /** Removes what was not finished. */
  abandon(): Promise<void>;
}

/** @param file the table. @param name of it, for messages. @param cacheFolder default `cacheFolder()`. */
export async function openUnpacked(
  file: string,
  name: string,
  cacheFolder = usualFolder(),
): Promise<Unpacked> {
  const folder = join(cacheFolder, 'unpacked', await sha256OfFile(file));
  const complete = await stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
  const work = `${folder}.${randomUUID()}`;
  const place = (base: string, row: number) => join(base, String(Math.floor(row / 1000)), String(row));
  const failed = (cause: unknown) =>
    new MarnetError(
      'output',
      `the images in ${name} cannot be unpacked into ${JSON.stringify(folder)} (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      {
        hint: 'They need as much room there as the table takes; name a roomier place with --cache.',
        cause,
      },
    );
  let made = '';
  return {
    complete,
    pathOf: (row) => place(folder, row),
    async put(row, bytes) {
      if (!bytes) return;
      const path = place(work, row);
      try {
        if (dirname(path) !== made) {
          made = dirname(path);
          await mkdir(made, { recursive: true });
        }
        await writeFile(path, bytes);
      } catch (cause) {
        throw failed(cause);
      }
    },
    async finish() {
      if (complete) return;
      try {
        await mkdir(work, { recursive: true });
        await rename(work, folder);
      } catch (cause) {
        // Another process unpacked the same table meanwhile.
        const code = (cause as NodeJS.ErrnoException).code;
        if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw failed(cause);
      }
    },
    abandon: () => rm(work, { recursive: true, force: true }).catch(() => {}),
  };
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
