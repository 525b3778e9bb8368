/** What the data room hands out: images with a label, perhaps a text, and the part of the data they belong to. */

export type Split = 'train' | 'holdout' | 'test';

/** One labelled image. */
export interface Sample {
  /** Path relative to the dataset's folder, with forward slashes; of an image inside a table, the table's and `#row`. */
  readonly id: string;
  /** Absolute path; of an image inside a table, where it was unpacked. */
  readonly file: string;
  /** Index into `Dataset.classes`. */
  readonly label: number;
  /** The image's own text, else its class's, else undefined. Used in training alone. */
  readonly text: string | undefined;
  readonly split: Split;
}

/** A data folder as it was read. */
export interface Dataset {
  /** Absolute path of the folder. */
  readonly root: string;
  /** What was recognised, in words. */
  readonly layout: string;
  /** What it was recognised by, in words. */
  readonly why: string;
  /** Whether the holdout is a validation split of the data's own, was drawn from it, or is not there. */
  readonly holdout: 'given' | 'drawn' | 'none';
  readonly classes: readonly string[];
  /** Rows of the splits 'train' and 'holdout', sorted by id. */
  readonly samples: readonly Sample[];
  /** Rows that the table or the folders set apart as 'test'; no training and no choice of a model sees them. */
  readonly test: readonly Sample[];
  /** Things worth a line to the user: rows without text, files left out, classes with one image. */
  readonly notices: readonly string[];
}
