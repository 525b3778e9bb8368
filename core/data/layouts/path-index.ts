/**
 * Finds the file that a list or table means. Copies of a dataset differ in how they write paths: `/3/1_2.JPG`,
 * `3\1_2`, `images/3/1_2.jpg`. A path is taken as it is where there is such a file; else case, the way separators are
 * written, folders above it and the image's extension do not count, as long as one file alone fits.
 */
import { extname, posix } from 'node:path';
import { isImageName } from '../files.ts';

/** Windows separators and a leading ./ or / are read as what they mean. */
export function plainPath(written: string): string {
  return posix.normalize(written.trim().replaceAll('\\', '/')).replace(/^(\.?\/)+/, '');
}

interface Known {
  readonly image: string;
  readonly folded: string;
}

export class PathIndex {
  readonly #images: ReadonlySet<string>;
  /** By the last part of the folded path, and by its last two: in benchmarks every folder has a 1.jpg. */
  readonly #byTail = new Map<string, Known[]>();

  /** @param images relative paths with forward slashes. */
  constructor(images: readonly string[]) {
    this.#images = new Set(images);
    for (const image of images) {
      const folded = fold(image);
      for (const tail of new Set([tailOf(folded, 1), tailOf(folded, 2)])) {
        const others = this.#byTail.get(tail);
        if (others) others.push({ image, folded });
        else this.#byTail.set(tail, [{ image, folded }]);
      }
    }
  }

  /** The one image that is meant; undefined where there is none, or several fit equally well. */
  find(written: string): string | undefined {
    const path = plainPath(written);
    if (this.#images.has(path)) return path;
    const wanted = fold(path);
    const known = this.#byTail.get(tailOf(wanted, 2)) ?? [];
    const fitting = known.filter(({ folded }) => folded === wanted || folded.endsWith(`/${wanted}`));
    if (fitting.length <= 1) return fitting[0]?.image;
    const whole = fitting.filter(({ folded }) => folded === wanted);
    return whole.length === 1 ? whole[0]!.image : undefined;
  }
}

function fold(path: string): string {
  const stem = isImageName(path) ? path.slice(0, path.length - extname(path).length) : path;
  return stem.normalize('NFC').toLowerCase();
}

function tailOf(path: string, parts: number): string {
  return path.split('/').slice(-parts).join('/');
}
