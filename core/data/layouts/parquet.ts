/**
 * Parquet, read one row group at a time. A column of images, whether bare bytes or Hugging Face's struct of bytes and path,
 * is unpacked into files, so that no more than a row group is ever in memory. Names of classes come from the features
 * that Hugging Face's `datasets` writes into the file's metadata, under the key "huggingface".
 */
import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import * as v from 'valibot';
import { MarnetError } from '../../errors.ts';
import { dataError, plural } from './layout.ts';
import { columnName, type Table, type TableRow } from './table-rows.ts';
import { openUnpacked } from './unpacked.ts';

/** @param file absolute. @param name for messages. @throws MarnetError 'data'. */
export async function readParquet(
  file: string,
  name: string,
  cacheFolder: string | undefined,
): Promise<Table> {
  try {
    return await read(file, name, cacheFolder);
  } catch (cause) {
    if (cause instanceof MarnetError) throw cause;
    throw dataError(
      `${name} cannot be read as Parquet: ${(cause as Error).message}`,
      'The file may be damaged, cut short, or another format; write or fetch it again.',
      cause,
    );
  }
}

async function read(file: string, name: string, cacheFolder: string | undefined): Promise<Table> {
  const source = { file: await asyncBufferFromFile(file), compressors, utf8: false };
  const metadata = await parquetMetadataAsync(source.file);
  const all = parquetSchema(metadata).children.map((child) => child.element.name);
  const [first] = await parquetReadObjects({ ...source, metadata, rowStart: 0, rowEnd: 1 });
  const held = all.filter((column) => first !== undefined && imageOf(first[column]) !== undefined);
  if (held.length > 1)
    throw dataError(
      `${name} holds images in several columns: ${held.map((column) => JSON.stringify(column)).join(', ')}`,
      'Write the table again with one of them.',
    );
  const [imageColumn] = held;
  const classes = classNames(metadata);
  const unpacked = imageColumn === undefined ? undefined : await openUnpacked(file, name, cacheFolder);
  // Once they are unpacked, images are not read again.
  const columns = unpacked?.complete ? all.filter((column) => column !== imageColumn) : all;
  const rows: TableRow[] = [];
  let unlabelled = 0;
  let begin = 0;
  try {
    for (const group of metadata.row_groups) {
      const end = begin + Number(group.num_rows);
      const objects = await parquetReadObjects({
        ...source,
        metadata,
        columns,
        rowStart: begin,
        rowEnd: end,
      });
      for (const [i, object] of objects.entries()) {
        const row = begin + i;
        if (unpacked && !unpacked.complete) await unpacked.put(row, imageOf(object[imageColumn!]));
        const cells = new Map<string, unknown>();
        let hidden = false;
        for (const [column, value] of Object.entries(object)) {
          if (column === imageColumn) continue;
          const names = classes.get(column);
          if (names && Number(value) < 0) hidden = true;
          cells.set(columnName(column), names ? (names[Number(value)] ?? plain(value)) : plain(value));
        }
        if (hidden) unlabelled++;
        else rows.push({ line: row, cells, image: unpacked?.pathOf(row) });
      }
      begin = end;
    }
    await unpacked?.finish();
  } finally {
    await unpacked?.abandon();
  }
  return {
    name,
    unit: 'row',
    columns: new Map(all.map((column) => [columnName(column), 0])),
    rows,
    images: imageColumn === undefined ? undefined : columnName(imageColumn),
    notices: unlabelled > 0 ? [`${name}: ${plural(unlabelled, 'row')} without a label left out`] : [],
  };
}

/** The bytes of an image in a cell; undefined where there are none. */
function imageOf(value: unknown): Uint8Array | undefined {
  const bytes =
    value instanceof Uint8Array ? value : (value as { readonly bytes?: unknown } | null | undefined)?.bytes;
  return bytes instanceof Uint8Array && (bytes !== value || looksLikeImage(bytes)) ? bytes : undefined;
}

/** By the first bytes of JPEG, PNG, GIF, TIFF, WebP and AVIF. */
function looksLikeImage(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return /^(\xff\xd8\xff|\x89PNG|GIF8|II\*\0|MM\0\*|RIFF....WEBP|....ftyp)/s.test(start);
}

/** Text in place of bytes, and numbers in place of 64-bit ones. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(plain);
  // A path beside bytes that are elsewhere.
  const path = (value as { readonly path?: unknown } | null)?.path;
  return typeof path === 'string' ? path : value;
}

const described = v.object({ info: v.object({ features: v.record(v.string(), v.unknown()) }) });

/** Names of the classes of each column of class numbers. */
function classNames(metadata: FileMetaData): Map<string, readonly string[]> {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  const found = new Map<string, readonly string[]>();
  let value: unknown;
  try {
    value = JSON.parse(text ?? '{}');
  } catch {
    return found; // Not what `datasets` writes; the numbers themselves are the labels then.
  }
  if (!v.is(described, value)) return found;
  for (const [column, feature] of Object.entries(value.info.features)) {
    const { names } = (feature ?? {}) as { readonly names?: unknown };
    const list = Array.isArray(names)
      ? names
      : names && typeof names === 'object'
        ? Object.values(names)
        : [];
    if (list.length > 0 && list.every((name) => typeof name === 'string')) found.set(column, list);
  }
  return found;
}
