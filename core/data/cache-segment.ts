/** One segment of the feature cache: `<name>.f32` with the rows and `<name>.json` with whose they are. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { strictObject, whole } from '../schema/index.ts';

const stored = strictObject({
  rowLength: whole(1),
  /** SHA-256 of the .f32 file. */
  sha256: v.string(),
  /** SHA-256 of each row's image. */
  images: v.array(v.string()),
});

export interface SegmentIndex {
  readonly rowsFile: string;
  readonly sha256: string;
  readonly hashes: readonly string[];
  readonly rowLength: number;
}

/** Indexes of all segments in a folder, those that cannot be understood left out; none where there is no folder. */
export async function readSegmentIndexes(folder: string, rowLength: number): Promise<SegmentIndex[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const indexes: SegmentIndex[] = [];
  for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
    const index = parseIndex(await readFile(join(folder, name), 'utf8').catch(() => ''));
    if (index?.rowLength !== rowLength) continue;
    const rowsFile = join(folder, name.replace(/json$/, 'f32'));
    indexes.push({ rowsFile, sha256: index.sha256, hashes: index.images, rowLength });
  }
  return indexes;
}

function parseIndex(text: string): v.InferOutput<typeof stored> | undefined {
  try {
    return v.parse(stored, JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** [images, rowLength], or undefined when the file is missing, cut short or changed. */
export async function readSegmentRows(index: SegmentIndex): Promise<Float32Array | undefined> {
  const bytes = await readFile(index.rowsFile).catch(() => undefined);
  if (!bytes || bytes.length !== index.hashes.length * index.rowLength * 4) return undefined;
  if (sha256Of(bytes) !== index.sha256) return undefined;
  // Copied, as a Buffer's memory need not be aligned for floats.
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/**
 * Writes rows under temporary names, then renames, the index last. Leaves nothing behind when it fails.
 * @param rows [images, rowLength].
 */
export async function writeSegment(
  folder: string,
  images: readonly string[],
  rowLength: number,
  rows: Float32Array,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const base = join(folder, randomUUID());
  const index = { rowLength, sha256: sha256Of(bytes), images: [...images] } satisfies v.InferOutput<
    typeof stored
  >;
  try {
    await writeFile(`${base}.f32.tmp`, bytes);
    await writeFile(`${base}.json.tmp`, JSON.stringify(index));
    await rename(`${base}.f32.tmp`, `${base}.f32`);
    await rename(`${base}.json.tmp`, `${base}.json`);
  } catch (error) {
    for (const end of ['f32.tmp', 'json.tmp', 'f32'])
      await rm(`${base}.${end}`, { force: true }).catch(() => {});
    throw error;
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
