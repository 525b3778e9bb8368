import { groupPositions } from '../../core/data/group.ts';
import { loadDataset, randomStream, type Sample, type Split } from '../../core/data/index.ts';
import { DATASETS } from './data/index.ts';

export interface EvidenceDataset {
  readonly name: string;
  /** What it is made of, and how it is split. */
  readonly about: string;
  readonly classes: readonly string[];
  /** Of all splits: 'holdout' chooses the epoch, 'test' is looked at when all is trained. */
  readonly images: readonly Sample[];
}

interface Evidence {
  readonly about: string;
  /** Images a class of each split, at most; all unless told. */
  readonly most?: Readonly<Record<Split, number>>;
}

export const EVIDENCE: Readonly<Record<string, Evidence>> = {
  stamps: {
    about:
      "Debian's tuxpaint-stamps-default: cut-outs of photographs and drawings with a one-line description each; classes are folders two levels deep with at least 8 images.",
  },
  emoji: {
    about:
      'Emoji as drawn by Google and by Twitter to train on, as Microsoft renders them in 3D to test, with names and keywords; classes are the subcategories of Unicode; no emoji is in two splits.',
  },
  'fashion-mnist': {
    about:
      "Debian's dataset-fashion-mnist, a small part of it; its texts are ten descriptions of classes, so they say no more than the label.",
    most: { train: 100, holdout: 30, test: 100 },
  },
};

/** Fetches and lays out a data set unless the cache has it, and reads it. */
export async function evidenceDataset(cache: string, name: string): Promise<EvidenceDataset> {
  const evidence = EVIDENCE[name];
  if (!evidence) throw new Error(`no data set "${name}"; there are ${Object.keys(EVIDENCE).join(', ')}`);
  const { classes, samples, test } = await loadDataset(await DATASETS[name]!(cache, 0));
  const all = [...samples, ...test];
  const { about, most } = evidence;
  return { name, about, classes, images: most ? fewer(all, most) : all };
}

/** The first of each class and split, in an order drawn by their names. */
function fewer(images: readonly Sample[], most: Readonly<Record<Split, number>>): Sample[] {
  const drawn = images
    .map((image) => ({ image, number: randomStream(0, 'fewer', image.id).uniform() }))
    .sort((a, b) => a.number - b.number)
    .map(({ image }) => image);
  const groups = groupPositions(drawn.map(({ split, label }) => `${split} ${label}`));
  return [...groups.values()].flatMap((members) =>
    members.slice(0, most[drawn[members[0]!]!.split]).map((i) => drawn[i]!),
  );
}
