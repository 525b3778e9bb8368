/** Reads a folder of images with labels, texts and splits, in any of the layouts that `layouts/` knows. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { requireSource } from './files.ts';
import { groupPositions } from './group.ts';
import { stratifiedHoldout } from './holdout.ts';
import { chooseLabels } from './labels.ts';
import { readClassTexts } from './layouts/class-texts.ts';
import { dataError, firstFew, type LabelledFile, type LayoutOptions, plural } from './layouts/layout.ts';
import { readLayout } from './layouts/recognise.ts';
import { isTableName } from './layouts/tables.ts';
import type { Dataset, Sample, Split } from './sample.ts';

export type { ColumnNames, IngredientList, LayoutOptions } from './layouts/layout.ts';
export type { Dataset, Sample, Split } from './sample.ts';

/** How a data folder is read and split. */
export interface DatasetOptions extends LayoutOptions {
  /**
   * Share of each class to hold out where the data gives no split; 0 holds out nothing. Default 0.2; for 'evaluate',
   * everything is held out unless it is given.
   */
  readonly holdout?: number;
  readonly seed?: number;
  /** The model's labels in the order of its logits; kept when the data's labels are all among them. */
  readonly classes?: readonly string[];
  /** Labels unknown to `classes` are an error, instead of replacing the label set. */
  readonly forceClasses?: boolean;
  /** Images that would be left out (outside any class folder) are an error. */
  readonly strict?: boolean;
  /** 'train' wants two classes and something to train on; 'evaluate' takes what is there. Default 'train'. */
  readonly purpose?: 'train' | 'evaluate';
  /** A file with texts of classes; `classes.json` in the folder, where there is one, unless told. */
  readonly classTexts?: string | undefined;
}

/**
 * Reads a folder, or one table in it, in the layout that it has (docs/data.md lists them). An image's own text wins over
 * its class's.
 * @param path of a folder, or of a .csv, .tsv, .jsonl or .parquet file.
 * @throws MarnetError 'data' that names file and line and says what was expected.
 */
export async function loadDataset(path: string, options: DatasetOptions = {}): Promise<Dataset> {
  const { seed = 0, strict = false, purpose = 'train' } = options;
  const fraction = checkFraction(options.holdout ?? (purpose === 'train' ? 0.2 : undefined));
  const { root, table } = await requireSource(path, isTableName);
  const reading = await readLayout(root, table, options);
  const notices = [...reading.notices];
  if (reading.leftOut.length > 0) {
    const message = `${plural(reading.leftOut.length, 'image')} outside any class folder left out: ${firstFew(reading.leftOut)}`;
    if (strict) throw dataError(message, 'Move each into the folder of its class, or remove it.');
    notices.push(message);
  }
  const { files } = reading;
  const names = new Set(files.map((file) => file.label));
  if (purpose === 'train' && names.size < 2)
    throw dataError(
      `${JSON.stringify(root)} has one class only, ${JSON.stringify([...names][0])} (read as ${reading.layout})`,
      'A classifier needs two classes or more: one folder each, or different labels in the table.',
    );
  const labels = chooseLabels(names, options.classes, options.forceClasses ?? false);
  notices.push(...labels.notices);

  const own = (await isFile(join(root, 'classes.json'))) ? join(root, 'classes.json') : undefined;
  const classesFile = options.classTexts ?? own;
  const texts =
    classesFile === undefined
      ? new Map<string, string>()
      : await readClassTexts(classesFile, basename(classesFile), [...names, ...(options.classes ?? [])]);
  const { splits, holdout } = assignSplits(files, fraction, seed, notices);
  const samples = files
    .map(
      (file, i): Sample => ({
        id: file.id,
        file: file.file ?? join(root, file.id),
        label: labels.indexOf(file.label),
        text: file.text ?? texts.get(file.label) ?? texts.get(labels.classes[labels.indexOf(file.label)]!),
        split: splits[i]!,
      }),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const dataset: Dataset = {
    root,
    layout:
      reading.layout + (classesFile === undefined ? '' : `, texts of classes in ${basename(classesFile)}`),
    why: reading.why,
    holdout,
    classes: labels.classes,
    samples: samples.filter((sample) => sample.split !== 'test'),
    test: samples.filter((sample) => sample.split === 'test'),
    notices,
  };
  if (purpose === 'train') checkTraining(dataset, notices);
  return dataset;
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

/** @param fraction undefined: everything without a split is held out. */
function assignSplits(
  files: readonly LabelledFile[],
  fraction: number | undefined,
  seed: number,
  notices: string[],
): { readonly splits: Split[]; readonly holdout: Dataset['holdout'] } {
  const given = files.map((file) => file.split);
  if (given.includes('holdout')) return { splits: given.map((split) => split ?? 'train'), holdout: 'given' };
  const open = files.filter((file) => file.split !== 'test');
  if (fraction === undefined) return { splits: given.map((split) => split ?? 'holdout'), holdout: 'none' };
  const held = stratifiedHoldout(
    open.map((file) => file.id),
    open.map((file) => file.label),
    fraction,
    seed,
  );
  const heldIds = new Set(open.filter((_, i) => held[i]).map((file) => file.id));
  const single = [...groupPositions(open.map((file) => file.label))].filter(
    ([, members]) => members.length === 1,
  );
  if (fraction > 0 && single.length > 0)
    notices.push(
      `${plural(single.length, 'class has', 'classes have')} one image only, kept for training: ${firstFew(single.map(([label]) => label))}`,
    );
  return {
    splits: files.map(({ id, split }) => (split === 'test' ? 'test' : heldIds.has(id) ? 'holdout' : 'train')),
    holdout: heldIds.size > 0 ? 'drawn' : 'none',
  };
}

function checkTraining(dataset: Dataset, notices: string[]): void {
  const train = dataset.samples.filter((sample) => sample.split === 'train');
  if (new Set(train.map((sample) => sample.label)).size < 2)
    throw dataError(
      `${plural(train.length, 'image')} of ${JSON.stringify(dataset.root)} ${train.length === 1 ? 'is' : 'are'} for training, of fewer than two classes`,
      'Mark rows of at least two classes as train, or leave the split out.',
    );
  const trained = new Set(train.map((sample) => sample.label));
  const unseen = new Set(
    dataset.samples.filter((sample) => !trained.has(sample.label)).map((sample) => sample.label),
  );
  if (unseen.size > 0)
    notices.push(
      `${plural(unseen.size, 'class is', 'classes are')} in the holdout but not in training: ${firstFew([...unseen].map((i) => dataset.classes[i]!))}`,
    );
  const silent = train.filter((sample) => sample.text === undefined).length;
  if (silent > 0) notices.push(`${silent} of ${train.length} training images have no text`);
  if (dataset.test.length > 0)
    notices.push(`${plural(dataset.test.length, 'test image')} set apart, not used in training`);
}

function checkFraction(fraction: number | undefined): number | undefined {
  if (fraction !== undefined && !(fraction >= 0 && fraction < 1))
    throw dataError(`the holdout fraction is ${fraction}`, 'It must be at least 0 and below 1, as 0.2.');
  return fraction;
}
