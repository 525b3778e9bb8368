/**
 * Ingredient-101 (Bolanos, Ferra and Radeva 2017) as distributed: Food-101's `images/<class>/<id>.jpg`, and `Annotations/` with
 * - classes.txt: a class a line;
 * - {train,val,test}_images.txt: `<class>/<id>` a line, {train,val,test}_labels.txt: the 0-based number of its class;
 * - ingredients.txt (complete) and ingredients_simplified.txt: for each class, in the order of classes.txt, names
 *   separated by commas. They are texts of classes: every image of a class has the same.
 */
import type { Split } from '../sample.ts';
import { type DataFolder, dataError, didYouMean, plural, type Reading } from './layout.ts';
import { allLines, filesIn, type Line, ListedImages, named, placeOf } from './lists.ts';
import { PathIndex, plainPath } from './path-index.ts';

const SPLITS: readonly (readonly [Split, string])[] = [
  ['train', 'train'],
  ['holdout', 'val'],
  ['test', 'test'],
];

const FILES = { complete: 'ingredients.txt', simplified: 'ingredients_simplified.txt' } as const;

export async function ingredient101(folder: DataFolder): Promise<Reading | undefined> {
  const inside = named(folder.names, 'Annotations');
  const base = inside === undefined ? '' : `${inside}/`;
  const names = inside === undefined ? folder.names : await filesIn(folder, base);
  if (!named(names, 'train_images.txt') || !Object.values(FILES).some((file) => named(names, file)))
    return undefined;
  const fileOf = (name: string): string => {
    const found = named(names, name);
    if (found !== undefined) return base + found;
    throw dataError(
      `${JSON.stringify(folder.root)} looks like Ingredient-101, but ${base}${name} is missing`,
      `Expected in ${base || 'the folder'}: classes.txt, ingredients.txt or ingredients_simplified.txt, and for each of train, val and test the files _images.txt and _labels.txt.`,
    );
  };
  const notices: string[] = [];
  const wish = folder.options.ingredients;
  const list = wish ?? (named(names, FILES.complete) === undefined ? 'simplified' : 'complete');
  if (wish === undefined && list === 'simplified')
    notices.push(`${FILES.complete} is missing: the simplified list of ingredients is taken`);
  const classes = (await allLines(folder.root, fileOf('classes.txt'))).map(({ text }) => text);
  const texts = ingredientTexts(
    await allLines(folder.root, fileOf(FILES[list])),
    classes,
    fileOf(FILES[list]),
  );

  const top = named(folder.names, 'images');
  const listed = new ListedImages(
    new PathIndex((await folder.listing()).images),
    top === undefined ? JSON.stringify(folder.root) : `${top}/`,
  );
  const numbers = new Map(classes.map((name, i) => [fold(name), i]));
  for (const [split, prefix] of SPLITS) {
    if (split !== 'train' && named(names, `${prefix}_images.txt`) === undefined) {
      notices.push(`there is no ${prefix}_images.txt: that split is left out`);
      continue;
    }
    const images = await allLines(folder.root, fileOf(`${prefix}_images.txt`));
    const labels = await labelsOf(folder, named(names, `${prefix}_labels.txt`), base, images);
    images.forEach((line, i) => {
      const path = plainPath(line.text);
      const own = path.split('/').at(-2) ?? '';
      const number = numbers.get(fold(own));
      if (number === undefined)
        throw dataError(
          `${placeOf(line)}: ${JSON.stringify(own)} is no class of classes.txt${didYouMean(own, classes)}`,
          'Expected a class and the name of an image, as apple_pie/1005649.',
        );
      const said = labels?.[i];
      if (said && Number(said.text) !== number)
        throw dataError(
          `${placeOf(said)}: ${JSON.stringify(said.text)}, but ${placeOf(line)} has ${JSON.stringify(path)}, whose class is number ${number}`,
          'Expected the 0-based number of the class, in the same order as the images.',
        );
      listed.add(line, { id: listed.find(line, path), label: classes[number]!, text: texts[number], split });
    });
  }
  return {
    layout: `Ingredient-101, its official splits, the ${list} list of ingredients as texts of classes`,
    why: `${base}train_images.txt and ${fileOf(FILES[list])}`,
    files: listed.files,
    notices,
    leftOut: [],
  };
}

async function labelsOf(
  folder: DataFolder,
  name: string | undefined,
  base: string,
  images: readonly Line[],
): Promise<readonly Line[] | undefined> {
  if (name === undefined) return undefined;
  const labels = await allLines(folder.root, base + name);
  if (labels.length === images.length) return labels;
  throw dataError(
    `${base}${name} has ${plural(labels.length, 'label')}, but ${images[0]?.file ?? 'its list'} has ${plural(images.length, 'image')}`,
    'Expected one line for each image, in the same order.',
  );
}

/** JSON lists, which are read as tags; empty names, of which the simplified list has one, are dropped. */
function ingredientTexts(
  lines: readonly Line[],
  classes: readonly string[],
  file: string,
): (string | undefined)[] {
  if (lines.length !== classes.length)
    throw dataError(
      `${file} has ${plural(lines.length, 'line')}, but classes.txt has ${plural(classes.length, 'class', 'classes')}`,
      'Expected the ingredients of one class a line, separated by commas, in the order of classes.txt.',
    );
  return lines.map(({ text }) => {
    const items = text.split(',').map((item) => item.trim());
    const there = items.filter((item) => item !== '');
    return there.length > 0 ? JSON.stringify(there) : undefined;
  });
}

/** classes.txt writes "Apple pie" where the folder is apple_pie. */
function fold(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}
