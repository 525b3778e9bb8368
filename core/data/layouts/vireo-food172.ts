/**
 * Vireo-Food172 (Chen and Ngo 2016) as distributed: images in `ready_chinese_food/<1..172>/`, and `SplitAndIngreLabel/` with
 * - TR.txt, VAL.txt, TE.txt: a path a line, `/3/1_2.jpg`; the class is its first part, 1-based;
 * - IngreLabel.txt: a path and a value for each ingredient, 1 where it is present, -1 or 0 where not, in any order of paths;
 * - IngredientList.txt: an ingredient a line; FoodList.txt: line i is the name of class i.
 */
import type { Split } from '../sample.ts';
import { type DataFolder, dataError, plural, type Reading } from './layout.ts';
import { allLines, filesIn, type Line, ListedImages, linesOf, named, placeOf } from './lists.ts';
import { PathIndex, plainPath } from './path-index.ts';

const LISTS: readonly (readonly [Split, string])[] = [
  ['train', 'TR.txt'],
  ['holdout', 'VAL.txt'],
  ['test', 'TE.txt'],
];
const OTHERS = ['IngreLabel.txt', 'IngredientList.txt', 'FoodList.txt'] as const;

export async function vireoFood172(folder: DataFolder): Promise<Reading | undefined> {
  const inside = named(folder.names, 'SplitAndIngreLabel');
  if (inside === undefined && named(folder.names, 'IngreLabel.txt') === undefined) return undefined;
  const base = inside === undefined ? '' : `${inside}/`;
  const names = await filesIn(folder, base);
  const fileOf = (name: string): string => {
    const found = named(names, name);
    if (found !== undefined) return base + found;
    throw dataError(
      `${JSON.stringify(folder.root)} looks like Vireo-Food172, but ${base}${name} is missing`,
      `Expected in ${base || 'the folder'}: ${[...LISTS.map(([, list]) => list), ...OTHERS].join(', ')}.`,
    );
  };
  const [ingreLabel, ingredientList, foodList] = OTHERS.map(fileOf) as [string, string, string];
  const foods = foodNames(await allLines(folder.root, foodList));
  const ingredients = (await allLines(folder.root, ingredientList)).map(({ text }) => text);

  const top = named(folder.names, 'ready_chinese_food');
  const where = top === undefined ? JSON.stringify(folder.root) : `${top}/`;
  const listed = new ListedImages(new PathIndex((await folder.listing()).images), where);
  const found: { readonly line: Line; readonly id: string; readonly label: string; readonly split: Split }[] =
    [];
  for (const [split, name] of LISTS)
    for await (const line of linesOf(folder.root, fileOf(name))) {
      const path = plainPath(line.text);
      const label = foods[classOf(line, path, foods.length) - 1]!;
      found.push({ line, id: listed.find(line, path), label, split });
    }
  const texts = await ingredientTexts(
    folder.root,
    ingreLabel,
    ingredients,
    new Set(found.map(({ id }) => key(id))),
  );
  for (const { line, ...file } of found) listed.add(line, { ...file, text: texts.get(key(file.id)) });
  const silent = found.length - listed.files.filter(({ text }) => text !== undefined).length;
  return {
    layout: `Vireo-Food172, its official splits, ${plural(ingredients.length, 'ingredient')} as texts`,
    why: `${base}${names.filter((name) => /^(TR|VAL|TE)\./i.test(name)).join(', ')} and ${ingreLabel}`,
    files: listed.files,
    notices: silent > 0 ? [`${plural(silent, 'image')} without ingredients in ${ingreLabel}`] : [],
    leftOut: [],
  };
}

/** The last two parts of a path, folder and name, in lower case and without an extension: what all copies share. */
function key(path: string): string {
  return path
    .toLowerCase()
    .replace(/\.(jpe?g|png)$/, '')
    .split('/')
    .slice(-2)
    .join('/');
}

function classOf(line: Line, path: string, classes: number): number {
  const number = Number(path.split('/').at(-2));
  if (Number.isInteger(number) && number >= 1 && number <= classes) return number;
  throw dataError(
    `${placeOf(line)}: ${JSON.stringify(line.text)} is in no class from 1 to ${classes}`,
    'Expected the number of a class and the name of an image, as /3/1_2.jpg; FoodList.txt has a line for each class.',
  );
}

/** Numbers in front are taken off where all lines have their own; names that occur twice keep them. */
function foodNames(lines: readonly Line[]): string[] {
  const numbered = lines.every(({ text }, i) => new RegExp(`^${i + 1}[\\s.:,)-]+\\S`).test(text));
  const names = lines.map(({ text }) => (numbered ? text.replace(/^\d+[\s.:,)-]+/, '') : text));
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return names.map((name, i) => (counts.get(name)! > 1 ? `${name} (${i + 1})` : name));
}

/** The usual ways of writing them, as a file has forty million; any other goes through the pattern. */
const USUAL = new Set(['1', '-1', '0']);

function isPresence(value: string): boolean {
  return USUAL.has(value) || /^[+-]?[01](\.0*)?$/.test(value);
}

async function ingredientTexts(
  root: string,
  file: string,
  ingredients: readonly string[],
  wanted: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const line of linesOf(root, file)) {
    const [path, ...values] = line.text.split(/[\s,]+/) as [string, ...string[]];
    if (values.length !== ingredients.length)
      throw dataError(
        `${placeOf(line)}: ${plural(values.length, 'value')} after ${JSON.stringify(path)}, but there are ${plural(ingredients.length, 'ingredient')}`,
        'Expected the path of an image and a value for each line of IngredientList.txt, separated by spaces.',
      );
    const wrong = values.findIndex((value) => !isPresence(value));
    if (wrong >= 0)
      throw dataError(
        `${placeOf(line)}: value ${wrong + 1} is ${JSON.stringify(values[wrong])}`,
        'Expected 1 for an ingredient that is present, and -1 or 0 for one that is not.',
      );
    const id = key(plainPath(path));
    if (!wanted.has(id)) continue;
    const present = ingredients.filter((_, i) => Number(values[i]) === 1);
    if (present.length > 0) texts.set(id, JSON.stringify(present));
  }
  return texts;
}
