/**
 * Features on disk, so that a later run on the same model and images computes none, and one with ten more images ten.
 *
 * A row is found by the SHA-256 of its image's bytes, within a folder named by the SHA-256 of everything else that it
 * depends on: model, feature site, preprocessing, decoder and row widths. Names, places and times of files play no part, so
 * that a changed file can never give stale features, and a moved or copied one still finds its own.
 *
 * What each save adds is a segment of two files: `<name>.f32`, the rows (each with its arrays one after another, little
 * endian), and `<name>.json`, which says whose they are and carries the rows' own SHA-256. Both are written beside their
 * place and renamed, the JSON last, so that there is never half a segment; one that is damaged is passed over.
 * Trouble with the disk costs the saving of time alone: it becomes a notice.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import { cacheFolder } from './cache-folder.ts';
import { readSegmentIndexes, readSegmentRows, type SegmentIndex, writeSegment } from './cache-segment.ts';
import { FileHashes } from './file-hashes.ts';
import { type Preprocess, preprocessToJson } from './preprocess.ts';

/** Raise it when the meaning of stored rows changes. */
const VERSION = 4;

export interface FeatureCacheOptions {
  /** SHA-256 of the model's file, as hex. */
  readonly model: string;
  /** Name of the feature site. */
  readonly site: string;
  readonly preprocess: Preprocess;
  /** Values a row of each named array, as { features: 1280, logits: 1000 }. */
  readonly widths: Readonly<Record<string, number>>;
  /** Anything else that the rows depend on. */
  readonly variant?: string;
  /** Default `cacheFolder()`; false for no cache on disk. */
  readonly folder?: string | false;
  /** Of what is read, where the decoder reads through it. */
  readonly hashes?: FileHashes;
  /** Ends the reading of the images with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Rows for a list of images: those found in the cache, and room for the others. */
export interface FeatureTable {
  /** Each float32 [images, width], by name. Rows of `missing` images are zero until `set`. */
  readonly arrays: Readonly<Record<string, Float32Array>>;
  /** Positions of images without a row, ascending. */
  readonly missing: readonly number[];
  /** What went wrong with the cache, in words; grows with `save`. */
  readonly notices: readonly string[];
  /** @param rows one array of `width` values for each name. */
  set(position: number, rows: Readonly<Record<string, Float32Array>>): void;
  /** Stores the rows set since the last save. Never fails: see `notices`. */
  save(): Promise<void>;
}

/**
 * Looks up the rows of these images (absolute paths); images are hashed only where rows are kept, be it
 * now or in `save`. Call `set` for each of `missing` that can be decoded, and `save` at
 * the end, or now and then in a long job.
 */
export async function openFeatureCache(
  options: FeatureCacheOptions,
  files: readonly string[],
): Promise<FeatureTable> {
  const { widths, folder = cacheFolder() } = options;
  const names = Object.keys(widths).sort();
  const rowLength = names.reduce((sum, name) => sum + widths[name]!, 0);
  const arrays = Object.fromEntries(
    names.map((name) => [name, new Float32Array(files.length * widths[name]!)]),
  );
  const notices: string[] = [];
  const scatter = (row: Float32Array, position: number) => {
    let from = 0;
    for (const name of names) {
      const width = widths[name]!;
      arrays[name]!.set(row.subarray(from, from + width), position * width);
      from += width;
    }
  };
  const gather = (position: number, out: Float32Array, offset: number) => {
    let to = offset;
    for (const name of names) {
      const width = widths[name]!;
      out.set(arrays[name]!.subarray(position * width, (position + 1) * width), to);
      to += width;
    }
  };

  const place = folder === false ? undefined : join(folder, 'features', keyOf(options, names));
  options.signal?.throwIfAborted();
  const hashes = options.hashes ?? new FileHashes();
  const found = new Set<number>();
  const indexes = place === undefined ? [] : await indexesOf(place, rowLength, notices);
  if (indexes.length > 0) {
    const wanted = new Map<string, number[]>();
    for (const [position, hash] of (await hashes.of(files, options.signal)).entries())
      if (hash !== undefined) wanted.set(hash, [...(wanted.get(hash) ?? []), position]);
    await fillFrom(indexes, wanted, notices, (row, position) => {
      scatter(row, position);
      found.add(position);
    });
  }

  let unsaved: number[] = [];
  let broken = false;
  return {
    arrays,
    notices,
    missing: files.flatMap((_, position) => (found.has(position) ? [] : [position])),
    set(position, rows) {
      for (const name of names) {
        const row = rows[name];
        const width = widths[name]!;
        if (row?.length !== width)
          throw new RangeError(`a row of ${name} has ${row?.length ?? 'no'} values instead of ${width}`);
        arrays[name]!.set(row, position * width);
      }
      unsaved.push(position);
    },
    async save() {
      const positions = unsaved;
      unsaved = [];
      if (place === undefined || broken) return;
      const fresh = new Map<string, number>();
      const known = await hashes.of(positions.map((position) => files[position]!));
      for (const [i, hash] of known.entries()) if (hash !== undefined) fresh.set(hash, positions[i]!);
      if (fresh.size === 0) return;
      const rows = new Float32Array(fresh.size * rowLength);
      let offset = 0;
      for (const position of fresh.values()) {
        gather(position, rows, offset);
        offset += rowLength;
      }
      try {
        await writeSegment(place, [...fresh.keys()], rowLength, rows);
      } catch (error) {
        broken = true;
        notices.push(
          `features are not kept for later runs: ${JSON.stringify(place)} cannot be written (${reasonOf(error)})`,
        );
      }
    },
  };
}

async function indexesOf(place: string, rowLength: number, notices: string[]): Promise<SegmentIndex[]> {
  try {
    return await readSegmentIndexes(place, rowLength);
  } catch (error) {
    notices.push(`the features in ${JSON.stringify(place)} cannot be read (${reasonOf(error)})`);
    return [];
  }
}

async function fillFrom(
  indexes: readonly SegmentIndex[],
  wanted: Map<string, number[]>,
  notices: string[],
  fill: (row: Float32Array, position: number) => void,
): Promise<void> {
  for (const index of indexes) {
    if (!index.hashes.some((hash) => wanted.has(hash))) continue;
    const { rowLength } = index;
    const rows = await readSegmentRows(index);
    if (!rows) {
      notices.push(`damaged features passed over: ${JSON.stringify(index.rowsFile)}`);
      continue;
    }
    index.hashes.forEach((hash, i) => {
      const row = rows.subarray(i * rowLength, (i + 1) * rowLength);
      for (const position of wanted.get(hash) ?? []) fill(row, position);
      wanted.delete(hash);
    });
  }
}

function keyOf(options: FeatureCacheOptions, names: readonly string[]): string {
  const { model, site, preprocess, widths, variant } = options;
  const parts = {
    version: VERSION,
    model,
    site,
    preprocess: preprocessToJson(preprocess),
    widths: names.map((name) => [name, widths[name]]),
    variant: variant ?? null,
    decoder: sharp.versions.vips,
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
