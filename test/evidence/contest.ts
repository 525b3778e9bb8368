/** One training of one contestant with one seed, and what it gets right on the test, clean and corrupted. */
import { CORRUPTIONS } from '../../core/data/corruptions/index.ts';
import { buildVocabulary, encodeBags, type Split } from '../../core/data/index.ts';
import { constantOf, type Tensor } from '../../core/graph/index.ts';
import { type HeadOptionsInput, headOptions } from '../../core/marnet/index.ts';
import { bestClasses } from '../../core/report/index.ts';
import { type TrainingJob, type TrainResult, train } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import type { EvidenceDataset } from './dataset.ts';
import type { Setting } from './setting.ts';

export interface Contestant {
  readonly name: string;
  /** What is other than the defaults. */
  readonly heads: HeadOptionsInput;
  /** Without it no text is seen. */
  readonly texts: boolean;
}

/** Where the backbone is frozen, this is plain fine-tuning: a linear layer on its features, or on what its last layers make. */
export const LINEAR = 'linear layer';
/** The same layers from the features to the logits as MARNet has, without a word of text: losses of texts are zero then. */
export const PLAIN = 'plain heads';
export const MARNET = 'MARNet';

export const CONTESTANTS: readonly Contestant[] = [
  { name: LINEAR, heads: { ema: false, cdr: false }, texts: false },
  { name: PLAIN, heads: {}, texts: false },
  { name: 'EMA only', heads: { cdr: false }, texts: true },
  { name: 'CDR only', heads: { ema: false }, texts: true },
  { name: MARNET, heads: {}, texts: true },
];

/** Counts changes of what is measured: the method, its defaults, the vocabulary. Results of another number are not shown. */
export const MEASURED = 2;

export interface ContestResult {
  readonly dataset: string;
  readonly backbone: string;
  /** What was trained of it, and what `MEASURED` was then. */
  readonly mode: string;
  readonly measured: number;
  readonly contestant: string;
  readonly seed: number;
  /** Top-1, from 0 to 1. */
  readonly holdout: number;
  readonly clean: number;
  /** Of the corruptions; all five where that is not told. */
  readonly severities?: readonly number[];
  /** By corruption, top-1 at each severity. */
  readonly corrupted: Readonly<Record<string, readonly number[]>>;
  readonly epoch: number;
  /** Of the training. */
  readonly seconds: number;
}

export interface Contested {
  readonly job: TrainingJob;
  readonly trained: ReadonlyMap<string, Tensor>;
  readonly result: TrainResult;
}

export async function trainHeads(
  { heads, texts }: Omit<Contestant, 'name'>,
  { images, classes }: EvidenceDataset,
  { rows, source, hyper, statistics }: Setting,
  seed: number,
): Promise<Contested> {
  const rowsOf = (split: Split): number[] => images.flatMap((image, i) => (image.split === split ? [i] : []));
  const trainIndices = rowsOf('train');
  // No text but those of the training's own rows is ever read.
  const seen = images.map(({ split, text }) => (split === 'train' && texts ? text : undefined));
  const vocabulary = buildVocabulary(trainIndices.map((i) => seen[i]));
  const bags = encodeBags(vocabulary, seen);
  const job: TrainingJob = {
    source,
    // Rows of corrupted images follow those of the images; no training looks at their labels.
    labels: Int32Array.from({ length: rows.rows.length / rows.width }, (_, i) => images[i]?.label ?? 0),
    classes: classes.length,
    texts: {
      vocabulary: vocabulary.features.length,
      row: (i) => {
        const { indices, weights } = bags[i]!;
        return indices.length > 0 ? { ids: indices, weights } : undefined;
      },
    },
    trainIndices,
    holdoutIndices: rowsOf('holdout'),
    base: 'new',
    heads: headOptions(heads),
    hyper,
    seed,
    ...(statistics && { statistics }),
  };
  const run = train(job);
  let next = await run.next();
  while (!next.done) next = await run.next();
  return {
    job,
    trained: new Map([...initialHeads(job), ...next.value.parameters]),
    result: next.value,
  };
}

export async function contest(
  contestant: Contestant,
  dataset: EvidenceDataset,
  setting: Setting,
  backbone: string,
  seed: number,
): Promise<ContestResult> {
  const began = performance.now();
  const { images, classes } = dataset;
  const { job, trained, result } = await trainHeads(contestant, dataset, setting, seed);
  const seconds = (performance.now() - began) / 1000;
  const asTrained = withWeights(job, trained);
  const engine = await openEngine(asTrained, trainingState(asTrained, trained), trained);
  /** @param positions images whose rows these are. */
  const top1 = async (rows: readonly number[], positions: readonly number[]): Promise<number> => {
    const chosen = bestClasses(await engine.evaluate(rows), classes.length);
    return positions.filter((position, i) => chosen[i] === images[position]!.label).length / positions.length;
  };
  try {
    const { rows } = setting;
    const clean = await top1(rows.test, rows.test);
    const corrupted: Record<string, number[]> = {};
    for (const [c, corruption] of CORRUPTIONS.entries()) {
      corrupted[corruption.name] = [];
      for (const severity of rows.severities.keys())
        corrupted[corruption.name]!.push(await top1(rows.corrupted(c, severity), rows.corruptedTest));
    }
    return {
      dataset: dataset.name,
      backbone,
      mode: setting.mode,
      measured: MEASURED,
      contestant: contestant.name,
      seed,
      holdout: result.best.holdoutAccuracy!,
      clean,
      severities: rows.severities,
      corrupted,
      epoch: result.bestEpoch,
      seconds,
    };
  } finally {
    await engine.close();
  }
}

/** The job whose backbone has the trained weights. */
function withWeights(job: TrainingJob, trained: ReadonlyMap<string, Tensor>): TrainingJob {
  const { source } = job;
  if (source.kind === 'features') return job;
  const { backbone } = source;
  const parameters = new Map(
    [...backbone.parameters].map(([name, old]) => {
      const tensor = trained.get(name);
      return [name, tensor ? constantOf(tensor) : old];
    }),
  );
  return { ...job, source: { ...source, backbone: { ...backbone, parameters } } };
}
