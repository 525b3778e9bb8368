/** Finding image files on disk. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { MarnetError } from '../errors.ts';

/** By file name; what the decoder reads. */
const IMAGE_EXTENSIONS = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
  '.gif',
  '.avif',
]);

export function isImageName(name: string): boolean {
  return IMAGE_EXTENSIONS.has(extname(name).toLowerCase());
}

export interface FolderListing {
  /** Relative paths with forward slashes, sorted. */
  readonly images: readonly string[];
  readonly others: readonly string[];
}

/** All files below a folder, links followed; hidden files and folders and `__MACOSX` are passed over. */
export async function listFolder(root: string): Promise<FolderListing> {
  const images: string[] = [];
  const others: string[] = [];
  const seen = new Set<string>();
  const visit = async (folder: string, prefix: string): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (kind?.isDirectory()) await visit(path, `${prefix}${entry.name}/`);
      else if (kind?.isFile()) (isImageName(entry.name) ? images : others).push(prefix + entry.name);
    }
  };
  try {
    await visit(root, '');
  } catch (cause) {
    throw unreadable(root, cause);
  }
  return { images: images.sort(), others: others.sort() };
}

export interface ListedImage {
  /** As the user gave it, or that and the path below it. */
  readonly id: string;
  /** Absolute path. */
  readonly file: string;
}

/**
 * The images that a list of files and folders stands for: a file as it is, whatever its name; a folder as the images below
 * it, sorted.
 * @throws MarnetError 'data' for a path that does not exist or a folder without images.
 */
export async function listImages(paths: readonly string[]): Promise<ListedImage[]> {
  const found: ListedImage[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (!info)
      throw new MarnetError('data', `${JSON.stringify(path)} does not exist`, {
        hint: 'Name image files, or folders of them.',
      });
    if (!info.isDirectory()) {
      found.push({ id: path, file: resolve(path) });
      continue;
    }
    const { images } = await listFolder(path);
    if (images.length === 0)
      throw new MarnetError('data', `the folder ${JSON.stringify(path)} holds no images`, {
        hint: `Images are recognised by ${[...IMAGE_EXTENSIONS].join(', ')}.`,
      });
    const base = path.replace(/[\\/]+$/, '');
    for (const image of images) found.push({ id: `${base}/${image}`, file: resolve(path, image) });
  }
  return found;
}

/**
 * Where data lies: a folder, or one table in it.
 * @throws MarnetError 'data' unless it is a folder, or a file that `isTable`.
 */
export async function requireSource(
  path: string,
  isTable: (name: string) => boolean,
): Promise<{ readonly root: string; readonly table: string | undefined }> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) return { root: resolve(path), table: undefined };
  if (info?.isFile() && isTable(path)) return { root: dirname(resolve(path)), table: basename(path) };
  throw new MarnetError('data', `${JSON.stringify(path)} ${info ? 'is not a folder' : 'does not exist'}`, {
    hint: 'Give a folder with one folder of images a class, or with images and a metadata.csv; or a table: .csv, .tsv, .jsonl or .parquet.',
  });
}

/**
 * A file's text, its byte order mark included.
 * @throws MarnetError 'data' for a file that cannot be read, whose cause is the system's error, and for one that is not UTF-8 but
 *   UTF-16.
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause) => {
    throw unreadable(file, cause);
  });
  if (!isUtf16(bytes)) return bytes.toString('utf8');
  throw new MarnetError('data', `${JSON.stringify(file)} is UTF-16, and UTF-8 is expected`, {
    hint: 'Save it as UTF-8; spreadsheets call that "CSV UTF-8".',
  });
}

/** By the byte order mark, or by a zero among the first two bytes, which every Latin letter has in UTF-16 and none in UTF-8. */
function isUtf16([first, second]: Uint8Array): boolean {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return first === 0 || second === 0;
}

export function unreadable(file: string, cause: unknown): MarnetError {
  const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? String(cause);
  return new MarnetError('data', `${JSON.stringify(file)} cannot be read: ${reason}`, {
    hint: 'Check that it is what its name says, and the permissions.',
    cause,
  });
}
