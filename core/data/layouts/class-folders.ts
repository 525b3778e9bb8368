/**
 * One folder of images a class: `cat/1.jpg` has the label "cat". Deeper folders make longer labels, `fruit/apple/1.jpg`
 * has "fruit/apple", so that two folders of one name in different places stay two classes. Where all top folders are named
 * after splits (`train`, `val`, `test`) and hold folders themselves, they are the splits and the labels begin below them.
 * A text beside an image, `1.txt` beside `1.jpg`, is the image's text.
 */
import { extname, join } from 'node:path';
import { readText } from '../files.ts';
import {
  type DataFolder,
  dataError,
  firstFew,
  type LabelledFile,
  plural,
  type Reading,
  splitNamed,
} from './layout.ts';

/** Files that belong to the dataset but are no images; not worth a notice. */
const KNOWN_FILES = /^(readme|license|licence|copying)(\.|$)|^classes\.json$/i;

/** @throws MarnetError 'data' when no image lies in a class folder. */
export async function classFolders(folder: DataFolder): Promise<Reading | undefined> {
  const { root } = folder;
  const listing = await folder.listing();
  if (listing.images.length === 0) return undefined;
  const splits = namesSplits(listing.images);
  const depth = splits ? 2 : 1;
  const used = listing.images.filter((id) => id.split('/').length > depth);
  const leftOut = listing.images.filter((id) => id.split('/').length <= depth);
  if (used.length === 0)
    throw dataError(
      `${JSON.stringify(root)} has ${plural(leftOut.length, 'image')} (${firstFew(leftOut.map((id) => JSON.stringify(id)))}), but neither class folders nor a metadata.csv`,
      'Put the images of each class into a folder named after it, or add a metadata.csv with the columns file_name, label and, if there is one, text.',
    );

  const stem = (id: string) => id.slice(0, id.length - extname(id).length);
  const sidecars = new Map(listing.others.filter((id) => /\.txt$/i.test(id)).map((id) => [stem(id), id]));
  const stems = new Set(used.map(stem));
  const files: LabelledFile[] = [];
  for (const id of used) {
    const parts = id.split('/');
    const sidecar = sidecars.get(stem(id));
    files.push({
      id,
      label: parts.slice(depth - 1, -1).join('/'),
      split: splits ? splitNamed(parts[0]!) : undefined,
      text: sidecar === undefined ? undefined : await textOf(join(root, sidecar)),
    });
  }

  const strange = listing.others.filter(
    (id) => !KNOWN_FILES.test(id) && !(/\.txt$/i.test(id) && stems.has(stem(id))),
  );
  const notices: string[] = [];
  if (strange.length > 0)
    notices.push(
      `${plural(strange.length, 'file')} left out, no images by their names: ${firstFew(strange)}`,
    );
  const texts = files.some((file) => file.text !== undefined);
  return {
    layout: `class folders${splits ? ' in split folders' : ''}${texts ? ', texts in .txt files beside the images' : ''}`,
    why: `images in folders${splits ? ', the top ones named after splits' : ''}, and no table that lists them`,
    files,
    notices,
    leftOut,
  };
}

function namesSplits(images: readonly string[]): boolean {
  const nested = images.filter((id) => id.includes('/'));
  return (
    nested.length > 0 &&
    nested.every((id) => {
      const parts = id.split('/');
      return parts.length > 2 && splitNamed(parts[0]!) !== undefined;
    })
  );
}

async function textOf(file: string): Promise<string | undefined> {
  return (await readText(file)).replace(/^\uFEFF/, '').trim() || undefined;
}
