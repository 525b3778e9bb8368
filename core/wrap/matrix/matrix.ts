/** The compatibility matrix: what works with a model, stage by stage, each tried on the real thing. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { knowledgeOf } from '../../../adapters/knowledge.ts';
import { loadModel } from '../../../adapters/load.ts';
import { writerFor } from '../../../adapters/registry.ts';
import { float32, isFloating, type Tensor, toNumbers } from '../../graph/index.ts';
import type { FeatureSite } from '../../locate/index.ts';
import type { Model } from '../../model.ts';
import { imageInput, imageShape } from '../../runtime/image-input.ts';
import { openEdited } from '../../runtime/open-model.ts';
import { sitesOf } from '../located.ts';
import type { WrapOptionsInput } from '../options.ts';
import { resolvePreprocess } from '../preprocess/resolve.ts';
import { wrap } from '../wrap.ts';
import type { Checker } from './checker.ts';
import { type Pictures, writePictures } from './pictures.ts';
import { ON_CPU, type Runner, titleOf } from './runner.ts';

export const MATRIX_STAGES = [
  'import',
  'locate',
  'frozen',
  'full',
  'lora',
  'onnx',
  'tfjs',
  'parity',
  'drop-in',
  'checker',
] as const;

export type MatrixStage = (typeof MATRIX_STAGES)[number];

/** Stages that another runner is tried with. */
export const TRAINED_STAGES = ['frozen', 'full', 'lora'] as const;
export type TrainedStage = (typeof TRAINED_STAGES)[number];

/** What each of them trains. */
const TUNED = { frozen: 'frozen', full: 'full', lora: 'lora:2' } as const;

/** `yes`: it works; `no`: it does not; `skipped`: it was not tried. The note says why, or by how much it works. */
export interface Cell {
  readonly result: 'yes' | 'no' | 'skipped';
  readonly note: string;
}

export interface MatrixRow {
  readonly model: string;
  /** The adapter that was used; undefined where the model was not read. */
  readonly adapter: string | undefined;
  readonly cells: Readonly<Record<MatrixStage, Cell>>;
  /** Cells of the other runners, by their titles. */
  readonly elsewhere: Readonly<Record<string, Readonly<Record<TrainedStage, Cell>>>>;
  readonly seconds: number;
}

export interface MatrixOptions {
  /** A folder for pictures and what is written; left with the pictures in it. */
  readonly folder: string;
  readonly checker: Checker;
  /** Who runs the training steps, and where; onnxruntime on the CPU unless told. */
  readonly runner?: Runner;
  /** Others that the trainings are tried with as well. */
  readonly runners?: readonly Runner[];
}

/** Classes up to this many are kept; above, the model gets a new classifier of as many. */
const MOST_CLASSES = 20;
/** Two forms of a model may differ by this much of the largest score. */
const TOLERANCE = 1e-3;

/** Tries every stage with one model. @param from its path. */
export async function matrixRow(name: string, from: string, options: MatrixOptions): Promise<MatrixRow> {
  const began = performance.now();
  const cells: Partial<Record<MatrixStage, Cell>> = {};
  const elsewhere: Record<string, Record<TrainedStage, Cell>> = {};
  const attempt = async <T>(
    stage: MatrixStage,
    work: () => Promise<readonly [T, string]>,
  ): Promise<T | undefined> => {
    const [cell, value] = await tried(work);
    cells[stage] = cell;
    return value;
  };
  const skip = (stages: readonly MatrixStage[], note: string): void => {
    for (const stage of stages) cells[stage] ??= { result: 'skipped', note };
  };

  let adapter: string | undefined;
  const folder = join(options.folder, 'work');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const model = await attempt('import', async () => {
      const loaded = await loadModel(from);
      return [loaded, `${loaded.format}, operator set ${loaded.graph.opset}`];
    });
    const site =
      model &&
      (await attempt('locate', async () => {
        const knowledge = knowledgeOf(model);
        adapter = knowledge.adapter?.adapter.name;
        const [found] = sitesOf(model, knowledge);
        return [found!, `${found!.value}, ${found!.width} features`];
      }));
    if (model && site) {
      const trial = new Trial(model, site, folder, options);
      await trial.prepare();
      const merged = await attempt('frozen', () => trial.train('frozen'));
      await attempt('full', () => trial.train('full'));
      await attempt('lora', () => trial.train('lora'));
      if (merged !== undefined) {
        const written = await attempt('onnx', async () => [await loadModel(merged), 'loads again']);
        const { verification } = trial;
        if (verification) cells.parity = verification;
        if (written) {
          await attempt('drop-in', async () => [undefined, await sameInterface(model, written, trial.kept)]);
          await attempt('tfjs', async () => [undefined, await asTfjs(written, join(folder, 'web'))]);
          cells.checker = await checked(options.checker, merged, model.format === 'onnx' ? from : undefined);
        }
      }
      for (const runner of options.runners ?? []) {
        const there: Partial<Record<TrainedStage, Cell>> = {};
        for (const stage of TRAINED_STAGES) there[stage] = (await tried(() => trial.train(stage, runner)))[0];
        elsewhere[titleOf(runner)] = there as Record<TrainedStage, Cell>;
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  skip(MATRIX_STAGES, 'a stage before it failed');
  return {
    model: name,
    adapter,
    cells: cells as MatrixRow['cells'],
    elsewhere,
    seconds: (performance.now() - began) / 1000,
  };
}

/** What the work gives and says, or the first line of its error. */
async function tried<T>(work: () => Promise<readonly [T, string]>): Promise<readonly [Cell, T | undefined]> {
  try {
    const [value, note] = await work();
    return [{ result: 'yes', note }, value];
  } catch (error) {
    const [first, ...more] = (error as Error).message.split('\n');
    const note = first!.endsWith(':') ? [first, ...more.map((line) => line.trim())].join(' ') : first!;
    return [{ result: 'no', note }, undefined];
  }
}

/** A model that ONNX's checker does not take as it came is kept as it was: nobody can say what else is wrong with it. */
async function checked(checker: Checker, merged: string, original: string | undefined): Promise<Cell> {
  const { skipped, refused } = await checker(merged);
  if (skipped !== undefined) return { result: 'skipped', note: skipped };
  if (refused === undefined) return { result: 'yes', note: 'accepted' };
  const before = original === undefined ? {} : await checker(original);
  if (before.refused === undefined) return { result: 'no', note: refused };
  return { result: 'skipped', note: `the checker refuses the original already: ${before.refused}` };
}

/** Trainings of one model on its pictures. */
class Trial {
  /** Whether its own classes are kept. */
  readonly kept: boolean;
  verification: Cell | undefined;
  readonly #model: Model;
  readonly #folder: string;
  readonly #options: MatrixOptions;
  readonly #classes: number;
  #pictures: Pictures | undefined;

  constructor(model: Model, site: FeatureSite, folder: string, options: MatrixOptions) {
    this.#model = model;
    this.#folder = folder;
    this.#options = options;
    const { classes } = site.classifier;
    this.kept = classes > 1 && classes <= MOST_CLASSES;
    this.#classes = this.kept ? classes : 3;
  }

  async prepare(): Promise<void> {
    this.#pictures = await writePictures(
      join(this.#options.folder, `pictures-${this.#classes}`),
      this.#classes,
    );
  }

  /** @returns the merged model's path; its loss must have fallen. */
  async train(stage: TrainedStage, runner?: Runner): Promise<readonly [string, string]> {
    const { folder, labels } = this.#pictures!;
    const { engine, device } = runner ?? this.#options.runner ?? ON_CPU;
    const name = `${stage}-${runner ? titleOf(runner).replace(' ', '-') : 'first'}`;
    const plain = stage !== 'frozen';
    const input: WrapOptionsInput = {
      out: join(this.#folder, `${name}.onnx`),
      to: 'onnx',
      tune: TUNED[stage],
      classes: this.kept ? 'keep' : 'new',
      ...(this.kept ? { labels: [...labels] } : {}),
      preprocess: resolvePreprocess(this.#model).preprocess,
      compare: false,
      augment: false,
      // The losses of the heads have noise in them, which a few steps do not see through.
      heads: plain ? { ema: false, cdr: false } : { samplingSteps: 2 },
      training: {
        epochs: plain ? 4 : 8,
        batch: 8,
        learningRate: 2e-3,
        warmup: 0,
        labelSmoothing: 0,
        patience: 0,
      },
      runFolder: join(this.#folder, `run-${name}`),
      cacheFolder: join(this.#folder, `cache-${device}`),
      engine,
      device,
      seed: 1,
    };
    const run = wrap(this.#model, folder, input);
    const losses: number[] = [];
    for await (const event of run) if (event.type === 'epoch') losses.push(event.metrics.classification);
    const { path, verification } = await run.result;
    const [first, last] = [losses[0]!, Math.min(...losses.slice(1))];
    if (!(last < first))
      throw new Error(`the loss does not fall: ${losses.map((loss) => loss.toFixed(4)).join(', ')}`);
    if (stage === 'frozen' && !runner)
      this.verification = {
        result: verification.agreement === 1 ? 'yes' : 'no',
        note: `largest difference ${verification.largestDifference.toExponential(0)}`,
      };
    return [path, `loss ${first.toFixed(2)} to ${last.toFixed(2)}`];
  }
}

/** Inputs and outputs by name, type and shape; the classes' axis aside where the classifier is new. */
async function sameInterface(before: Model, after: Model, kept: boolean): Promise<string> {
  const ports = ({ inputs, outputs }: Model): string =>
    [...inputs, ...outputs]
      .map(({ name, dtype, shape }) => {
        const dims = kept ? shape : shape?.slice(0, -1);
        return `${name} ${dtype}[${dims?.map((dim) => (typeof dim === 'number' ? dim : '?')).join()}]`;
      })
      .join('; ');
  // Formats other than ONNX have their shapes told by inference, which may know less.
  const [a, b] = [ports(before), ports(after)];
  if (a !== b) throw new Error(`it had ${a}, and has ${b}`);
  const scores = await scoresOf(after);
  if (!scores.every(Number.isFinite)) throw new Error('its scores are not finite');
  return 'the same inputs and outputs';
}

async function asTfjs(model: Model, folder: string): Promise<string> {
  const writer = writerFor('tfjs')!;
  const input = imageInput(model.graph);
  const size = { height: input.height ?? 64, width: input.width ?? 64 };
  await writer.write(model.graph, folder, { metadata: {}, size });
  const again = await loadModel(writer.fileOf(folder));
  const [expected, actual] = [await scoresOf(model), await scoresOf(again)];
  const scale = Math.max(1, ...expected.map(Math.abs));
  const worst = Math.max(...expected.map((score, i) => Math.abs(score - actual[i]!)));
  if (!(worst <= TOLERANCE * scale) || expected.length !== actual.length)
    throw new Error(`its scores differ by ${worst.toExponential(0)}`);
  return `largest difference ${worst.toExponential(0)}`;
}

/** Its floating outputs on seeded pixels, one after the other. */
async function scoresOf(model: Model): Promise<number[]> {
  const input = imageInput(model.graph);
  const dims = imageShape(input, input.batch ?? 2, input.height ?? 64, input.width ?? 64);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const pixels = float32(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37)),
    dims,
  );
  const session = await openEdited(model, model.graph);
  try {
    const result: Record<string, Tensor> = await session.run({ [input.name]: pixels });
    return model.outputs
      .flatMap(({ name }) => result[name] ?? [])
      .filter(({ dtype }) => isFloating(dtype))
      .flatMap((tensor) => toNumbers(tensor));
  } finally {
    await session.close();
  }
}
