import type { Command } from 'commander';
import pc from 'picocolors';
import type { DataReport, PlacedImage } from '../data/check/report.ts';
import type { ColumnNames, IngredientList } from '../data/dataset.ts';
import { MarnetError } from '../errors.ts';
import { tableText } from '../report/index.ts';
import { nearest } from '../schema/index.ts';
import { COLUMNS_ABOUT, parseColumns } from './arguments/columns.ts';
import { type Finish, newCommand } from './arguments/command.ts';
import type { Io } from './output/io.ts';
import { count, percent } from './output/numbers.ts';
import { ScanProgress } from './output/scan-progress.ts';

interface Options {
  readonly columns?: ColumnNames;
  readonly classTexts?: string;
  readonly ingredients?: IngredientList;
  readonly holdout?: number;
  readonly seed?: number;
  readonly cache?: string;
  readonly images: boolean;
  readonly json?: boolean;
}

/** `marnet-wrap data FOLDER` */
export function dataCommand(io: Io, _finish: Finish): Command {
  return newCommand(
    io,
    'data',
    'Says what a data folder is read as, what is in it, and what is wrong with it.',
    [
      'marnet-wrap data ./photos',
      'marnet-wrap data ./photos --no-images    tables and names alone: quick',
      'marnet-wrap data ./photos/list.csv --columns path=photo,label=dish --json',
    ],
  )
    .argument('<folder>', 'images with labels and, where there are any, texts: a folder, or a table in one')
    .option('--columns <pairs>', COLUMNS_ABOUT, parseColumns)
    .option('--class-texts <file>', 'texts of classes, in .json, .jsonl, .csv, .tsv or .txt')
    .option('--ingredients <list>', 'of Ingredient-101: complete or simplified', readIngredients)
    .option(
      '--holdout <share>',
      'share of each class held out, where the data has no split',
      readNumber('--holdout'),
    )
    .option('--seed <n>', 'which images those are', readNumber('--seed'))
    .option('--cache <folder>', 'where images that a table holds are unpacked')
    .option('--no-images', 'do not open the images')
    .option('--json', 'print one JSON object')
    .action(async (path: string, { json, cache: cacheFolder, ...options }: Options) => {
      const { inspectData } = await import('../data/check/report.ts');
      const progress = new ScanProgress(io);
      const report = await inspectData(path, {
        ...options,
        cacheFolder,
        onProgress: (done, total) => progress.show(done, total),
      }).finally(() => progress.close());
      io.out(json ? `${JSON.stringify(report)}\n` : reportText(io, report));
    });
}

function readIngredients(text: string): IngredientList {
  if (text === 'complete' || text === 'simplified') return text;
  const near = nearest(text, ['complete', 'simplified']);
  throw new MarnetError(
    'usage',
    `--ingredients takes complete or simplified, not "${text}"${near ? `; did you mean ${near}?` : ''}`,
  );
}

function readNumber(flag: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new MarnetError('usage', `${flag} takes a number of at least 0, not "${text}"`);
  };
}

/** Classes that are listed one by one; of more, the largest and the smallest. */
const LISTED = 20;
/** Images or groups of images that are named of each kind; --json has all. */
const NAMED = 3;

function reportText(io: Io, report: DataReport): string {
  const { splits, classes, texts } = report;
  const colours = pc.createColors(io.colours.out);
  const lines: string[] = [];
  const fact = (name: string, text: string): void => {
    lines.push(`${colours.bold(`${name}:`.padEnd(11))} ${text}`);
  };
  const total = splits.train.images + splits.holdout.images + splits.test.images;
  fact('Data', report.root);
  fact('Layout', `${report.layout}\n  by ${report.why}`);
  fact('Classes', `${classes.length}${imbalanceText(report)}`);
  fact('Texts', textsText(report, total));
  if (texts.namingLabel > 0)
    lines.push(
      `  ${count(texts.namingLabel, 'image has', 'images have')} a text with the words of the label in it: a leak, if such texts are not there in use`,
    );
  if (texts.tellingClass > 0)
    lines.push(
      `  ${count(texts.tellingClass, 'class has', 'classes have')} one text for all images, which no other class has: it tells the class`,
    );
  if (report.images) lines.push(...imageLines(report.images, fact));
  else fact('Images', 'not opened');
  for (const notice of report.notices) lines.push(colours.yellow(`  ${notice}`));
  const rows = (['train', 'holdout', 'test'] as const).map((split) => {
    const { images, withText, classes: own } = splits[split];
    return [
      `${split}${split === 'holdout' ? ORIGINS[report.holdout] : ''}`,
      String(images),
      String(withText),
      String(own),
    ];
  });
  const table = tableText(['split', 'images', 'with text', 'classes'], rows, { terminal: io.colours.out });
  return `${lines.join('\n')}\n\n${table}\n${classTable(io, report)}`;
}

const ORIGINS = { given: ' (validation)', drawn: ' (drawn)', none: '' } as const;

function imbalanceText({ classes }: DataReport): string {
  const largest = classes[0]!;
  const smallest = classes.at(-1)!;
  const train = classes.map((of) => of.train);
  const all = (of: (typeof classes)[number]) => of.train + of.holdout + of.test;
  const ratio = all(largest) / Math.max(1, all(smallest));
  const few = train.filter((images) => images < 5).length;
  const parts = [
    `from ${count(all(smallest), 'image')} ("${smallest.label}") to ${count(all(largest), 'image')} ("${largest.label}")`,
    ...(few > 0 ? [`${few} with fewer than 5 to train on`] : []),
    ...(ratio >= 5 ? [`${ratio.toFixed(0)} times as many: --balanced draws them equally often`] : []),
  ];
  return `, ${parts.join(', ')}`;
}

function textsText({ texts }: DataReport, total: number): string {
  if (texts.withText === 0) return 'none';
  const share = texts.withText === total ? 'all images' : `${percent(texts.withText / total)} of the images`;
  return `${share} have one, ${count(texts.different, 'different one')}`;
}

function imageLines(
  images: NonNullable<DataReport['images']>,
  fact: (name: string, text: string) => void,
): string[] {
  const { smallest, largest, median, unreadable } = images;
  if (smallest && largest && median)
    fact(
      'Images',
      `${count(images.readable, 'readable one')}, from ${smallest.width}x${smallest.height} to ${largest.width}x${largest.height}, half of them at most ${median.width} wide and ${median.height} high`,
    );
  const lines: string[] = [];
  if (unreadable.length > 0) {
    lines.push(`  ${count(unreadable.length, 'image')} unreadable`);
    lines.push(...unreadable.slice(0, NAMED).map(({ reason }) => `    ${reason}`));
  }
  const groups = (found: readonly (readonly PlacedImage[])[], one: string, many: string) => {
    if (found.length === 0) return;
    lines.push(`  ${count(found.length, one, many)}`);
    for (const group of found.slice(0, NAMED))
      lines.push(
        `    ${group.slice(0, 4).map(placeText).join(' = ')}${group.length > 4 ? ` and ${group.length - 4} more` : ''}`,
      );
  };
  groups(images.exactDuplicates, 'file is there more than once', 'files are there more than once');
  groups(images.contradictions, 'file has several labels', 'files have several labels');
  groups(
    images.nearDuplicates,
    'picture is there nearly the same again',
    'pictures are there nearly the same again',
  );
  groups(
    images.leakage,
    'picture is in more than one split: a leak',
    'pictures are in more than one split: a leak',
  );
  return lines;
}

function placeText({ id, label, split }: PlacedImage): string {
  return `${id} (${label}, ${split})`;
}

function classTable(io: Io, { classes }: DataReport): string {
  const half = LISTED / 2;
  const rows = classes.map(({ label, train, holdout, test }) => [
    label,
    String(train),
    String(holdout),
    String(test),
  ]);
  const shown =
    rows.length <= LISTED
      ? rows
      : [...rows.slice(0, half), [`… ${rows.length - LISTED} more`, '', '', ''], ...rows.slice(-half)];
  return tableText(['class', 'train', 'holdout', 'test'], shown, { terminal: io.colours.out });
}
