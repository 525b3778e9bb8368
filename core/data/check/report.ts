/** What is in a data folder and what is wrong with it, before anything is trained. */
import { type Dataset, type DatasetOptions, loadDataset, type Sample, type Split } from '../dataset.ts';
import { findDuplicates } from './duplicates.ts';
import { namesLabel } from './label-in-text.ts';
import { type ScannedImage, type ScanOptions, scanImages, type UnreadableImage } from './scan.ts';

/** What `inspectData` found in a data folder. */
export interface DataReport {
  readonly root: string;
  readonly layout: string;
  /** What the layout was recognised by. */
  readonly why: string;
  /** Where the holdout comes from. */
  readonly holdout: Dataset['holdout'];
  readonly notices: readonly string[];
  readonly splits: Readonly<Record<Split, SplitReport>>;
  /** The class with most images first. */
  readonly classes: readonly ClassCounts[];
  readonly texts: TextReport;
  /** Undefined where images were not opened. */
  readonly images: ImageReport | undefined;
}

/** Counts of one part of the data: images, those with a text, classes with an image. */
export interface SplitReport {
  readonly images: number;
  readonly withText: number;
  readonly classes: number;
}

/** Images of one class in each part of the data. */
export interface ClassCounts extends Readonly<Record<Split, number>> {
  readonly label: string;
}

/** What the texts are like. */
export interface TextReport {
  readonly withText: number;
  readonly different: number;
  /** Images whose text has the words of their label in it. */
  readonly namingLabel: number;
  /** Classes all of whose images have one text that no other class has: it tells the class. */
  readonly tellingClass: number;
}

/** What opening every image showed. */
export interface ImageReport {
  readonly readable: number;
  readonly unreadable: readonly UnreadableImage[];
  readonly smallest: SizedImage | undefined;
  readonly largest: SizedImage | undefined;
  /** Of the widths and of the heights. */
  readonly median: { readonly width: number; readonly height: number } | undefined;
  /** Groups of equal files. */
  readonly exactDuplicates: readonly (readonly PlacedImage[])[];
  /** Groups of nearly equal pictures, equal files that such a picture joins included. */
  readonly nearDuplicates: readonly (readonly PlacedImage[])[];
  /** Those groups of either kind that are in more than one split. */
  readonly leakage: readonly (readonly PlacedImage[])[];
  /** Groups of equal files with different labels. */
  readonly contradictions: readonly (readonly PlacedImage[])[];
}

/** An image and its size in pixels. */
export interface SizedImage {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** An image, its label and the part of the data that it is in. */
export interface PlacedImage {
  readonly id: string;
  readonly label: string;
  readonly split: Split;
}

/** How a folder is read and whether its images are opened. */
export interface DataReportOptions extends DatasetOptions, ScanOptions {
  /** Open every image; on unless told. Without it, tables and names alone are looked at. */
  readonly images?: boolean | undefined;
}

/**
 * Reads a data folder as training does, opens every image once, and reports.
 * @throws MarnetError 'data' for a folder that training would refuse.
 */
export async function inspectData(path: string, options: DataReportOptions = {}): Promise<DataReport> {
  const dataset = await loadDataset(path, options);
  const samples = [...dataset.samples, ...dataset.test];
  const { root, layout, why, holdout, notices } = dataset;
  const scan = options.images === false ? undefined : await scanImages(samples, options);
  return {
    ...{ root, layout, why, holdout, notices },
    splits: {
      train: splitReport(samples, 'train'),
      holdout: splitReport(samples, 'holdout'),
      test: splitReport(samples, 'test'),
    },
    classes: classCounts(dataset, samples),
    texts: textReport(dataset, samples),
    images: scan && imageReport(dataset, scan.images, scan.unreadable),
  };
}

function splitReport(samples: readonly Sample[], split: Split): SplitReport {
  const own = samples.filter((sample) => sample.split === split);
  return {
    images: own.length,
    withText: own.filter(({ text }) => text !== undefined).length,
    classes: new Set(own.map(({ label }) => label)).size,
  };
}

function classCounts({ classes }: Dataset, samples: readonly Sample[]): ClassCounts[] {
  const counts = classes.map((label) => ({ label, train: 0, holdout: 0, test: 0 }));
  for (const { label, split } of samples) counts[label]![split]++;
  const all = (of: ClassCounts) => of.train + of.holdout + of.test;
  return counts.sort((a, b) => all(b) - all(a));
}

function textReport({ classes }: Dataset, samples: readonly Sample[]): TextReport {
  const spoken = samples.filter(({ text }) => text !== undefined);
  const classesOf = new Map<string, Set<number>>();
  const textsOf = new Map<number, Set<string>>();
  for (const { text, label } of spoken) {
    classesOf.set(text!, (classesOf.get(text!) ?? new Set()).add(label));
    textsOf.set(label, (textsOf.get(label) ?? new Set()).add(text!));
  }
  const telling = [...textsOf.values()].filter(
    (texts) => texts.size === 1 && classesOf.get([...texts][0]!)!.size === 1,
  );
  const naming = new Map<string, boolean>();
  const names = ({ text, label }: Sample) => {
    const key = `${label} ${text}`;
    if (!naming.has(key)) naming.set(key, namesLabel(text!, classes[label]!));
    return naming.get(key)!;
  };
  return {
    withText: spoken.length,
    different: classesOf.size,
    namingLabel: spoken.filter(names).length,
    tellingClass: telling.length,
  };
}

function imageReport(
  { classes }: Dataset,
  images: readonly ScannedImage[],
  unreadable: readonly UnreadableImage[],
): ImageReport {
  const placed = (group: readonly number[]): PlacedImage[] =>
    group.map((i) => {
      const { id, label, split } = images[i]!.sample;
      return { id, label: classes[label]!, split };
    });
  const { exact, near } = findDuplicates(images);
  const exactDuplicates = exact.map(placed);
  const nearDuplicates = near.map(placed);
  const inNear = new Set(near.flat());
  // A group of equal files that is part of a larger group of near ones would be told twice.
  const alone = exact.filter((group) => !inNear.has(group[0]!)).map(placed);
  const several = <T>(group: readonly PlacedImage[], of: (image: PlacedImage) => T) =>
    new Set(group.map(of)).size > 1;
  const bySize = images
    .map(({ sample, width, height }) => ({ id: sample.id, width, height }))
    .sort((a, b) => a.width * a.height - b.width * b.height);
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  return {
    readable: images.length,
    unreadable,
    smallest: bySize[0],
    largest: bySize.at(-1),
    median:
      images.length > 0
        ? {
            width: median(images.map(({ width }) => width)),
            height: median(images.map(({ height }) => height)),
          }
        : undefined,
    exactDuplicates,
    nearDuplicates,
    leakage: [...alone, ...nearDuplicates].filter((group) => several(group, ({ split }) => split)),
    contradictions: exactDuplicates.filter((group) => several(group, ({ label }) => label)),
  };
}
