/** Steps of a frozen backbone: features come from memory. */
import { randomStream } from '../data/random.ts';
import type { Tensor } from '../graph/index.ts';
import { lossFetches, newTensor, type StepOutcome, type Stepper } from './engine.ts';
import { HeadInputs } from './head-inputs.ts';
import type { FeatureSource, TrainingJob } from './job.ts';
import type { GradientMemory } from './memory/memory.ts';
import type { TrainingState } from './state.ts';
import {
  BASE_LOGITS,
  buildEvaluationGraph,
  buildStepGraph,
  FEATURES,
  featureTrunk,
  type HeadValues,
} from './step-graph.ts';

/** Rows an evaluation takes at a time, at most. */
const EVALUATED = 256;

export async function openFeatureEngine(
  job: TrainingJob & { readonly source: FeatureSource },
  state: TrainingState,
  memory: GradientMemory,
  heads: HeadValues,
): Promise<Stepper> {
  const { source, classes } = job;
  const batch = Math.min(job.hyper.batch, job.trainIndices.length);
  const inputs = new HeadInputs(job, batch);
  const rows = new FeatureRows(source, classes, batch);
  const viewOf = viewsOf(job);

  const step = buildStepGraph(job, featureTrunk(job, batch), heads, batch, []);
  const losses = lossFetches(step, batch, classes);
  const stepper = await memory.openGradient({
    graph: step.graph,
    gradients: step.gradients,
    share: 'whole',
    what: 'the training step',
    feeds: { ...inputs.tensors, ...rows.tensors, ...state.lossScale?.feeds },
    fetches: losses.fetches,
  });

  const part = partOf(job.holdoutIndices.length);
  const evaluation = buildEvaluationGraph(job, featureTrunk(job, part), heads);
  const evaluated = new FeatureRows(source, classes, part);
  const logits = newTensor([part, classes]);
  const evaluator = await memory.open({
    graph: evaluation.graph,
    what: 'the evaluation',
    feeds: evaluated.tensors,
    fetches: { [evaluation.logits]: logits },
  });

  return {
    batch,
    prepare: async () => undefined,
    async step(_, indices, epoch, number): Promise<StepOutcome> {
      rows.fill(indices, viewOf(epoch));
      inputs.fill(indices, epoch, number);
      await stepper.run();
      return { losses: losses.read(), logits: losses.logits.subarray(0, indices.length * classes) };
    },
    async evaluate(indices) {
      const result = new Float32Array(indices.length * classes);
      for (let begin = 0; begin < indices.length; begin += part) {
        const rows = indices.slice(begin, begin + part);
        evaluated.fill(rows);
        await evaluator.run();
        result.set(logits.data.subarray(0, rows.length * classes), begin * classes);
      }
      return result;
    },
    async close() {
      await stepper.close();
      await evaluator.close();
    },
  };
}

/** Rows of the parts, all alike, that an evaluation of so many images takes. */
function partOf(images: number): number {
  return images === 0 ? 1 : Math.ceil(images / Math.ceil(images / EVALUATED));
}

/** Where an image's row is: which of the views' tables, 0 for the plain one, and the row in it. */
type Place = readonly [table: number, row: number];

/** The view of each image that an epoch draws: a function of seed, epoch and image alone. */
function viewsOf({
  source,
  seed,
  trainIndices,
}: TrainingJob & { readonly source: FeatureSource }): (epoch: number) => (image: number) => Place {
  const count = 1 + (source.views?.length ?? 0);
  if (count === 1) return () => plain;
  const rowOf = new Map(trainIndices.map((image, row) => [image, row]));
  return (epoch) => (image) => {
    const table = randomStream(seed, 'view', epoch, image).int(count);
    return [table, table === 0 ? image : rowOf.get(image)!];
  };
}

const plain = (image: number): Place => [0, image];

/** The features, and base logits where there are any, of the images of a batch; rows after them are zero. */
class FeatureRows {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly #columns: readonly {
    /** By view. */
    readonly from: readonly Float32Array[];
    readonly to: Float32Array;
    readonly width: number;
  }[];

  constructor(source: FeatureSource, classes: number, batch: number) {
    const tables = [source, ...(source.views ?? [])];
    const features = newTensor([batch, source.width]);
    const columns = [{ from: tables.map((table) => table.features), to: features.data, width: source.width }];
    const tensors: Record<string, Tensor> = { [FEATURES]: features };
    if (source.baseLogits) {
      const logits = newTensor([batch, classes]);
      columns.push({ from: tables.map((table) => table.baseLogits!), to: logits.data, width: classes });
      tensors[BASE_LOGITS] = logits;
    }
    this.tensors = tensors;
    this.#columns = columns;
  }

  fill(indices: readonly number[], placeOf: (image: number) => Place = plain): void {
    const places = indices.map(placeOf);
    for (const { from, to, width } of this.#columns) {
      places.forEach(([table, i], row) => {
        to.set(from[table]!.subarray(i * width, (i + 1) * width), row * width);
      });
      to.fill(0, indices.length * width);
    }
  }
}
