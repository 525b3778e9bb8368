/**
 * Finds a classifier's preprocessing by trying the usual ones on images whose labels it knows: first what becomes of a
 * pixel's value and the order of the channels, on the usual crop; then, with the best of these, how images are resized.
 */
import { type RawBatch, rawBatches } from '../../data/batches.ts';
import {
  imageLength,
  type Preprocess,
  parsePreprocess,
  randomStream,
  type Sample,
} from '../../data/index.ts';
import { imageWriter } from '../../data/normalise.ts';
import { preprocessToJson } from '../../data/preprocess.ts';
import { toFloat32 } from '../../graph/index.ts';
import type { FeatureSite } from '../../locate/index.ts';
import type { Model } from '../../model.ts';
import { bestClasses } from '../../report/index.ts';
import { type ImageInput, imageInput } from '../../runtime/image-input.ts';
import { imageTensor } from '../../runtime/image-tensor.ts';
import { openEdited } from '../../runtime/open-model.ts';
import type { Session } from '../../runtime/session.ts';
import { exposeScores, probabilitiesOf } from '../classify.ts';
import { accuracyOf, contest, meanOf, type Trial } from './contest.ts';
import { fitsInput } from './resolve.ts';

/** Images of the training split that are tried at most. */
const SAMPLE = 128;

/** Images a run, where the model leaves it open. */
const BATCH = 16;

/** What a label's probability counts as at least: a single image that is far off must not decide. */
const LEAST_PROBABILITY = 1e-4;

export interface Candidate {
  /** As `--preprocess` takes it, on top of the usual one. */
  readonly name: string;
  readonly preprocess: Preprocess;
}

/** A preprocessing that was tried, and how well the model did with it. */
export interface MeasuredCandidate extends Candidate {
  /** Share of the sample that is given its label, 0 to 1. */
  readonly top1: number;
  /** Mean logarithm of the probability of the label, which decides where accuracies do not. */
  readonly likelihood: number;
}

/** Which preprocessing suits a model best, measured on labelled images. */
export interface MeasuredPreprocess {
  readonly preprocess: Preprocess;
  /** In the order in which they were tried; the usual one first. */
  readonly candidates: readonly MeasuredCandidate[];
  readonly chosen: string;
  /** Images tried. */
  readonly images: number;
  /** Why it was chosen, in words. */
  readonly reason: string;
  readonly decided: boolean;
}

const TONES_RGB = [
  'imagenet',
  'unit',
  'signed',
  'raw',
  'caffe',
  'imagenet,channels=BGR',
  'unit,channels=BGR',
  'signed,channels=BGR',
  'raw,channels=BGR',
  'caffe,channels=RGB',
] as const;

/** The last two: the statistics of MNIST, and dark on light where light on dark was drawn. */
const TONES_GREY = ['unit', 'signed', 'raw', 'mean=0.1307,std=0.3081', 'scale=-1/255,mean=-1'] as const;

/** What is tried of values and channels, of what the input can hold; the usual one first. */
function toneCandidates(usual: Preprocess, input: ImageInput): Candidate[] {
  const names = usual.channels === 'gray' ? TONES_GREY : TONES_RGB;
  // The presets say nothing of the size, but 'imagenet' does of the crop; that is the second question.
  const candidates = names.map((name) => {
    const { resize, resizeTo } = usual;
    return { name, preprocess: { ...parsePreprocess(name, usual), resize, resizeTo } };
  });
  const isUsual = ({ preprocess }: Candidate): boolean =>
    preprocessToJson(preprocess) === preprocessToJson(usual);
  return candidates
    .filter(({ preprocess }) => fitsInput(input, preprocess))
    .sort((a, b) => Number(isUsual(b)) - Number(isUsual(a)));
}

/** What is tried of sizes, on top of the tones that were best. */
function sizeCandidates({ name, preprocess }: Candidate): Candidate[] {
  const side = Math.min(preprocess.width, preprocess.height);
  const others: [string, Partial<Preprocess>][] = [
    ['resize=stretch', { resize: 'stretch' }],
    [`resize=crop,resizeTo=${side}`, { resize: 'crop', resizeTo: side }],
    [
      `resize=crop,resizeTo=${Math.round(side / 0.875)}`,
      { resize: 'crop', resizeTo: Math.round(side / 0.875) },
    ],
  ];
  return others
    .map(([size, setting]) => ({ name: `${name},${size}`, preprocess: { ...preprocess, ...setting } }))
    .filter((each) => !sameSize(each.preprocess, preprocess));
}

function sameSize(a: Preprocess, b: Preprocess): boolean {
  return a.resize === b.resize && (a.resize === 'stretch' || a.resizeTo === b.resizeTo);
}

export interface MeasureJob {
  readonly model: Model;
  readonly site: FeatureSite;
  /** What is taken where nothing decides. */
  readonly usual: Preprocess;
  /** Labelled images, of the training split alone. */
  readonly samples: readonly Sample[];
  /** Position of each label of the data among the model's scores. */
  readonly positionOf: (label: number) => number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Undefined where no image can be decoded. */
export async function measurePreprocess(job: MeasureJob): Promise<MeasuredPreprocess | undefined> {
  const { model, usual } = job;
  const order = randomStream(job.seed, 'preprocess').shuffle(job.samples.map((_, i) => i));
  const samples = order.slice(0, SAMPLE).map((i) => job.samples[i]!);
  const { graph, site } = exposeScores(model.graph, job.site);
  const session = await openEdited(model, graph);
  const judge = new Judge({ ...job, site }, session, samples);
  try {
    const tones = toneCandidates(usual, imageInput(model.graph));
    const trials = await judge.tryAll(tones);
    if (trials[0]!.right.length === 0) return undefined;
    const first = contest(trials, site.classifier.classes);
    const sizes = [tones[first.chosen]!, ...(first.decided ? sizeCandidates(tones[first.chosen]!) : [])];
    const sizeTrials = [trials[first.chosen]!, ...(await judge.tryAll(sizes.slice(1)))];
    const second = sizes.length > 1 ? contest(sizeTrials, site.classifier.classes) : undefined;
    const chosen = sizes[second?.chosen ?? 0]!;
    const all = [...tones, ...sizes.slice(1)];
    return {
      preprocess: chosen.preprocess,
      candidates: [...trials, ...sizeTrials.slice(1)].map((trial, i) => ({
        ...all[i]!,
        top1: accuracyOf(trial),
        likelihood: meanOf(trial.likelihood),
      })),
      chosen: chosen.name,
      images: trials[0]!.right.length,
      decided: first.decided,
      reason: second ? `${first.reason}; of the sizes, ${second.reason}` : first.reason,
    };
  } finally {
    await session.close();
  }
}

/** Runs the classifier on the sample, decoded once for each way of resizing. */
class Judge {
  readonly #job: MeasureJob;
  readonly #session: Session;
  readonly #samples: readonly Sample[];

  constructor(job: MeasureJob, session: Session, samples: readonly Sample[]) {
    this.#job = job;
    this.#session = session;
    this.#samples = samples;
  }

  async tryAll(candidates: readonly Candidate[]): Promise<Trial[]> {
    const trials = candidates.map(({ name }) => ({
      name,
      right: [] as boolean[],
      likelihood: [] as number[],
    }));
    for (const [i, { preprocess }] of candidates.entries()) {
      // Those that see the same pixels are tried on one decoding.
      const same = candidates.flatMap((other, k) => (sameSize(other.preprocess, preprocess) ? [k] : []));
      if (same[0] !== i) continue;
      const { signal } = this.#job;
      for await (const batch of rawBatches(this.#samples, preprocess, { batch: this.#batch, signal }))
        for (const k of same) await this.#judge(batch, candidates[k]!.preprocess, trials[k]!);
    }
    return trials;
  }

  get #batch(): number {
    return imageInput(this.#job.model.graph).batch ?? BATCH;
  }

  async #judge(
    { images, indices }: RawBatch,
    preprocess: Preprocess,
    trial: { readonly right: boolean[]; readonly likelihood: number[] },
  ): Promise<void> {
    const { model, site, positionOf } = this.#job;
    const input = imageInput(model.graph);
    const rows = input.batch ?? images.length;
    const length = imageLength(preprocess);
    const pixels = new Float32Array(rows * length);
    const write = imageWriter(preprocess);
    images.forEach((image, row) => {
      write(image, pixels, row * length);
    });
    const outputs = await this.#session.run({ [input.name]: imageTensor(input, pixels, rows, preprocess) });
    const scores = toFloat32(outputs[site.output]!);
    const classes = scores.length / rows;
    indices.forEach((position, row) => {
      const probabilities = probabilitiesOf(scores.slice(row * classes, (row + 1) * classes), site);
      const truth = positionOf(this.#samples[position]!.label);
      trial.right.push(bestClasses(probabilities, classes)[0] === truth);
      trial.likelihood.push(Math.log(Math.max(LEAST_PROBABILITY, probabilities[truth]!)));
    });
  }
}
