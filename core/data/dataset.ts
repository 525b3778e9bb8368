/** Reads a folder of images with labels, texts and splits, in any of the layouts that `layouts/` knows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder, requireFolder, unreadable } from './files.ts';
import { groupPositions } from './group.ts';
import { stratifiedHoldout } from './holdout.ts';
import { chooseLabels } from './labels.ts';
import { readClassFolders } from './layouts/class-folders.ts';
import { parseClassTexts } from './layouts/class-texts.ts';
import { dataError, firstFew, type LabelledFile, plural, type Reading } from './layouts/layout.ts';
import { parseCsvTable } from './layouts/metadata-csv.ts';
import { parseJsonlTable } from './layouts/metadata-jsonl.ts';
import { readTable } from './layouts/table.ts';
import type { Dataset, Sample, Split } from './sample.ts';

export type { Dataset, Sample, Split } from './sample.ts';

export interface DatasetOptions {
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
}

/**
 * Layouts, the first that fits: `metadata.csv`; `metadata.jsonl`; class folders. Beside either, `classes.json` gives texts
 * to classes; an image's own text wins.
 * @throws MarnetError 'data' that names file and line and says what was expected.
 */
export async function loadDataset(dir: string, options: DatasetOptions = {}): Promise<Dataset> {
  const { seed = 0, strict = false, purpose = 'train' } = options;
  const holdout = checkFraction(options.holdout ?? (purpose === 'train' ? 0.2 : undefined));
  const root = await requireFolder(dir);
  const reading = await readLayout(root);
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

  const classesFile = await readOptional(join(root, 'classes.json'));
  const texts =
    classesFile === undefined
      ? new Map<string, string>()
      : parseClassTexts(classesFile, [...names, ...(options.classes ?? [])]);
  const splits = assignSplits(files, holdout, seed, notices);
  const samples = files
    .map(
      (file, i): Sample => ({
        id: file.id,
        file: join(root, file.id),
        label: labels.indexOf(file.label),
        text: file.text ?? texts.get(file.label) ?? texts.get(labels.classes[labels.indexOf(file.label)]!),
        split: splits[i]!,
      }),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const dataset: Dataset = {
    root,
    layout: reading.layout + (classesFile === undefined ? '' : ', texts of classes in classes.json'),
    classes: labels.classes,
    samples: samples.filter((sample) => sample.split !== 'test'),
    test: samples.filter((sample) => sample.split === 'test'),
    notices,
  };
  if (purpose === 'train') checkTraining(dataset, notices);
  return dataset;
}

async function readLayout(root: string): Promise<Reading> {
  const csv = await readOptional(join(root, 'metadata.csv'));
  const jsonl = await readOptional(join(root, 'metadata.jsonl'));
  if (csv !== undefined && jsonl !== undefined)
    throw dataError(
      `${JSON.stringify(root)} has both metadata.csv and metadata.jsonl`,
      'Keep one of them: which one counts would be a guess.',
    );
  if (csv !== undefined) return readTable(root, parseCsvTable(csv));
  if (jsonl !== undefined) return readTable(root, parseJsonlTable(jsonl));
  const listing = await listFolder(root);
  if (listing.images.length === 0)
    throw dataError(
      `${JSON.stringify(root)} holds no images${listing.others.length > 0 ? ` (only ${firstFew(listing.others)})` : ': it is empty'}`,
      'Give a folder with one folder of images a class, or with images and a metadata.csv.',
    );
  return readClassFolders(root, listing);
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, cause);
  }
}

/** @param fraction undefined: everything without a split is held out. */
function assignSplits(
  files: readonly LabelledFile[],
  fraction: number | undefined,
  seed: number,
  notices: string[],
): Split[] {
  const given = files.map((file) => file.split);
  if (given.includes('holdout')) return given.map((split) => split ?? 'train');
  const open = files.filter((file) => file.split !== 'test');
  if (fraction === undefined) return given.map((split) => split ?? 'holdout');
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
  return files.map((file) => (file.split === 'test' ? 'test' : heldIds.has(file.id) ? 'holdout' : 'train'));
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
