/** A place for a model file that is not yet known to be right: nobody sees it until it is published. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { MarnetError } from '../errors.ts';
import { isDataFileOf } from '../onnx/index.ts';
import { sha256OfFiles } from './digest.ts';
import { asOutputError } from './output-path.ts';

export interface Staging {
  /** Where to write the model; files that go with it are beside it. */
  readonly path: string;
  /** Moves everything to where it belongs. @returns bytes of the files that make up the model. */
  publish(): Promise<number>;
  /** Removes whatever was written. */
  discard(): Promise<void>;
}

/**
 * @param out where the model goes in the end.
 * @param besides whether other files may be written with the model: external data names its file, so that file must
 *   have its final name from the start, in a folder of its own.
 */
export async function stage(out: string, besides: boolean): Promise<Staging> {
  const target = path.resolve(out);
  if (!besides) return stageFile(target);
  return stageFolder(target).catch((error: unknown) => {
    throw asOutputError(out, error);
  });
}

function stageFile(target: string): Staging {
  const file = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.tmp`);
  return {
    path: file,
    async publish() {
      await rename(file, target);
      return (await stat(target)).size;
    },
    discard: () => rm(file, { force: true }),
  };
}

async function stageFolder(target: string): Promise<Staging> {
  const home = path.dirname(target);
  const name = path.basename(target);
  const folder = await mkdtemp(path.join(home, `.${name}.`));
  const discard = () => rm(folder, { recursive: true, force: true });
  return {
    path: path.join(folder, name),
    async publish() {
      const files = await filesIn(folder);
      // The model last: once it is there, what it points to is there too.
      files.sort((a, b) => Number(a === name) - Number(b === name));
      const there = new Set<string>();
      for (const file of files.slice(0, -1))
        if (await isThere(path.join(folder, file), path.join(home, file), isDataFileOf(name, file)))
          there.add(file);
      let size = 0;
      for (const file of files) {
        const to = path.join(home, file);
        await mkdir(path.dirname(to), { recursive: true });
        // It may be the original's own, which is not touched.
        if (!there.has(file)) await rename(path.join(folder, file), to);
        size += (await stat(to)).size;
      }
      await discard();
      return size;
    },
    discard,
  };
}

/** Paths of the files in a folder and those below it, relative to it. */
export async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await readdir(folder, { recursive: true }))
    if ((await stat(path.join(folder, name))).isFile()) files.push(name);
  return files;
}

/**
 * Whether the same file is there already. Weight files of the original go along under their own names: another file of
 * that name may belong to another model.
 * @param own whether it is a name that a model written to the same place before gave its weights.
 * @throws MarnetError 'output' where another file is there, and its name is none of our own.
 */
async function isThere(file: string, to: string, own: boolean): Promise<boolean> {
  const [ours, theirs] = await Promise.all([file, to].map((each) => stat(each).catch(() => undefined)));
  if (!theirs) return false;
  if (ours!.size === theirs.size && (await sha256OfFiles([file])) === (await sha256OfFiles([to])))
    return true;
  if (own) return false;
  throw new MarnetError(
    'output',
    `the model keeps weights in "${path.basename(to)}", but "${to}" is another file`,
    {
      hint: 'Choose another folder.',
    },
  );
}
