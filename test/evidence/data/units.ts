import { findDuplicates } from '../../../core/data/check/duplicates.ts';
import { scanImages } from '../../../core/data/check/scan.ts';

/**
 * What must not be torn apart by a split: things of which any two pictures are equal or nearly so, and in turn whatever is
 * like those. @param pictures of things by name; a thing may have several. @returns the unit of each thing.
 */
export async function unitsOf(
  pictures: readonly { readonly name: string; readonly file: string }[],
): Promise<Map<string, string>> {
  const { images } = await scanImages(
    pictures.map(({ name, file }) => ({ id: name, file, label: 0, text: undefined, split: 'train' })),
  );
  const { exact, near } = findDuplicates(images);
  const parent = new Map(pictures.map(({ name }) => [name, name]));
  const rootOf = (name: string): string => (parent.get(name) === name ? name : rootOf(parent.get(name)!));
  for (const group of [...exact, ...near])
    for (const i of group) parent.set(rootOf(images[i]!.sample.id), rootOf(images[group[0]!]!.sample.id));
  return new Map([...parent.keys()].map((name) => [name, rootOf(name)]));
}
