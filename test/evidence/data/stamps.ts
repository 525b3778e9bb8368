/**
 * Debian's tuxpaint-stamps-default (GPL-2): cut-outs of photos and drawings, with an English description each. Classes are the
 * folders of two levels with at least 8 images. Mirror images are left out; near duplicates go into one split.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder } from '../../../core/data/files.ts';
import { groupPositions } from '../../../core/data/group.ts';
import { type Row, writeFolder } from './folder.ts';
import { debianPackage } from './packages.ts';
import { splitByName } from './split.ts';
import { unitsOf } from './units.ts';

const LEAST = 8;
const SHARES = { validation: 0.15, test: 0.35 };

export async function stamps(cache: string, seed: number): Promise<string> {
  return writeFolder(join(cache, `stamps-${seed}`), async (): Promise<Row[]> => {
    const root = join(await debianPackage(cache, 'tuxpaint-stamps-default'), 'usr/share/tuxpaint/stamps');
    const { images } = await listFolder(root);
    const plain = images.filter(
      (id) => !/_(mirror|flip|mirrorflip)\.png$/.test(id) && id.split('/').length >= 3,
    );
    const classOf = (id: string) => id.split('/').slice(0, 2).join('/');
    const used = [...groupPositions(plain.map(classOf)).values()]
      .filter((members) => members.length >= LEAST)
      .flatMap((members) => members.map((i) => plain[i]!))
      .sort();
    const units = await unitsOf(used.map((id) => ({ name: id, file: join(root, id) })));
    const splits = splitByName(
      used.map((id) => ({ unit: units.get(id)!, label: classOf(id) })),
      seed,
      SHARES,
    );
    return Promise.all(
      used.map(async (id, i) => {
        const text = await readFile(join(root, id.replace(/\.png$/, '.txt')), 'utf8').catch(() => '');
        const from = join(root, id);
        return {
          file: id,
          from,
          label: classOf(id),
          text: text.split('\n')[0]!.trim() || undefined,
          split: splits[i]!,
        };
      }),
    );
  });
}
