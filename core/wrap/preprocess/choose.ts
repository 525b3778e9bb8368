import type { Dataset } from '../../data/dataset.ts';
import type { FeatureSite } from '../../locate/index.ts';
import type { Model } from '../../model.ts';
import type { WrapOptions } from '../options.ts';
import { type MeasuredPreprocess, measurePreprocess } from './measure.ts';
import { isGuess, type ResolvedPreprocess } from './resolve.ts';

/** The preprocessing that a job uses, and where it comes from. */
export interface ChosenPreprocess extends ResolvedPreprocess {
  /** What was tried, where nobody says what the model wants and it knows the labels of the data. */
  readonly measured?: Omit<MeasuredPreprocess, 'preprocess' | 'decided'>;
}

export interface ChoiceJob {
  readonly model: Model;
  readonly site: FeatureSite;
  readonly resolved: ResolvedPreprocess;
  readonly dataset: Dataset;
  /** The model's class names, where they are known. */
  readonly known: readonly string[] | undefined;
  readonly options: Pick<WrapOptions, 'classes' | 'seed'>;
  readonly signal: AbortSignal;
}

/** What is said of the preprocessing stays; what would be assumed is measured on training images, where that can be done. */
export async function choosePreprocess(job: ChoiceJob): Promise<ChosenPreprocess> {
  const { model, site, resolved, dataset, options, signal } = job;
  const positionOf = isGuess(resolved) ? labelPositions(job) : undefined;
  if (!positionOf) return resolved;
  const measured = await measurePreprocess({
    model,
    site,
    usual: resolved.preprocess,
    samples: dataset.samples.filter((sample) => sample.split === 'train'),
    positionOf,
    seed: options.seed,
    signal,
  });
  if (!measured) return resolved;
  const { preprocess, decided, ...told } = measured;
  return { preprocess, origin: decided ? 'measured' : resolved.origin, measured: told };
}

/**
 * Where among the model's scores the data's labels are: by name, or by number where the model has no names and as many
 * classes as the data. Undefined where they cannot be the same.
 */
function labelPositions({
  site,
  dataset,
  known,
  options,
}: ChoiceJob): ((label: number) => number) | undefined {
  const { classes } = site.classifier;
  if (known?.length === classes) {
    const positions = dataset.classes.map((label) => known.indexOf(label));
    return positions.includes(-1) ? undefined : (label) => positions[label]!;
  }
  const byNumber = !known && options.classes !== 'new' && dataset.classes.length === classes;
  return byNumber ? (label) => label : undefined;
}
