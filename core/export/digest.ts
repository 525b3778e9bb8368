import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 of the content of files, one after the other, as lower-case hex. */
export async function sha256OfFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files)
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
