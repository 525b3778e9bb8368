import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { debianPackage } from '../packages.ts';
import { type EvidenceDataset, type EvidenceImage, groupBy, splitClass } from './dataset.ts';

/** Images a class has at least. */
const FEWEST = 8;

/** Debian's tuxpaint-stamps-default: cut-outs of photographs and drawings, each with a description. */
export function stamps(cache: string): EvidenceDataset {
  const root = join(debianPackage(cache, 'tuxpaint-stamps-default'), 'usr/share/tuxpaint/stamps');
  const pictures = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.png') && !path.endsWith('_mirror.png') && !path.endsWith('_flip.png'))
    .map((path) => join(root, path))
    .filter((file) => existsSync(textFile(file)))
    .map((file) => ({ file, id: relative(root, file) }));
  const images: EvidenceImage[] = [];
  for (const [label, members] of groupBy(pictures, ({ id }) => id.split('/').slice(0, 2).join('/'))) {
    if (members.length < FEWEST) continue;
    const splits = splitClass(members, ({ id }) => id, { train: 0.5, holdout: 0.15 });
    for (const [{ file, id }, split] of splits)
      images.push({
        id,
        file,
        label,
        split,
        text: readFileSync(textFile(file), 'utf8').split('\n')[0]!.trim(),
      });
  }
  return {
    name: 'stamps',
    about:
      "Debian's tuxpaint-stamps-default: cut-outs of photographs and drawings with a one-line description; classes are folders two levels deep with at least 8 images; half of each class to train on, 15 % to choose the epoch, the rest to test",
    images,
  };
}

function textFile(picture: string): string {
  return picture.replace(/\.png$/, '.txt');
}
