/** Steps of a frozen backbone: features come from memory. */
import { randomStream } from '../data/random.ts';
import { newTensors, outcomeOf, outcomeOutputs, type Stepper } from './engine.ts';
import { HeadInputs } from './head-inputs.ts';
import type { FeatureSource, TrainingJob } from './job.ts';
import type { GradientMemory, Tensors } from './memory/memory.ts';
import type { KeptState } from './state.ts';
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
  state: Pick<KeptState, 'lossScale'>,
  memory: GradientMemory,
  heads: HeadValues,
): Promise<Stepper> {
  const { source, classes } = job;
  const batch = Math.min(job.hyper.batch, job.trainIndices.length);
  const inputs = new HeadInputs(job, batch);
  const rows = new FeatureRows(source, classes);
  const viewOf = viewsOf(job);

  const step = buildStepGraph(job, featureTrunk(job, batch), heads, batch, []);
  const openingStepper = memory.openGradient({
    graph: step.graph,
    gradients: step.gradients,
    share: 'whole',
    what: 'the training step',
    outputs: outcomeOutputs(step),
  });

  const part = partOf(job.holdoutIndices.length);
  const evaluation = buildEvaluationGraph(job, featureTrunk(job, part), heads);
  const openingEvaluator = memory.open({
    graph: evaluation.graph,
    what: 'the evaluation',
    outputs: [evaluation.logits],
  });
  const [stepper, evaluator] = await Promise.all([openingStepper, openingEvaluator]);

  const shapes = { ...rows.shapes(batch), ...inputs.shapes };
  /** Of batches that are over. */
  const free: Tensors[] = [];
  const { runAndUpdate } = stepper;

  return {
    batch,
    async prepare(indices, epoch, number) {
      const feeds = free.pop() ?? newTensors(shapes, (length) => memory.feedArray(length));
      rows.fill(feeds, indices, viewOf(epoch));
      inputs.fill(feeds, indices, epoch, number);
      return feeds;
    },
    async step(prepared, indices) {
      const feeds = prepared as Tensors;
      const outputs = await stepper.run({ ...feeds, ...state.lossScale?.feeds });
      free.push(feeds);
      return outcomeOf(step, outputs, indices.length);
    },
    ...(runAndUpdate && {
      async stepAndUpdate(prepared, indices, learningRate) {
        const feeds = prepared as Tensors;
        const { outputs, norm } = await runAndUpdate(feeds, step.loss, learningRate);
        free.push(feeds);
        return { outcome: outcomeOf(step, outputs, indices.length), norm };
      },
    }),
    async evaluate(indices) {
      const result = new Float32Array(indices.length * classes);
      for (let begin = 0; begin < indices.length; begin += part) {
        const images = indices.slice(begin, begin + part);
        const { [evaluation.logits]: logits } = await evaluator.run(rows.of(images, part));
        result.set((logits!.data as Float32Array).subarray(0, images.length * classes), begin * classes);
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
  readonly #columns: readonly {
    /** Name of the graph's input. */
    readonly name: string;
    /** By view. */
    readonly tables: readonly Float32Array[];
    readonly width: number;
  }[];

  constructor(source: FeatureSource, classes: number) {
    const tables = [source, ...(source.views ?? [])];
    const features = tables.map((table) => table.features);
    const logits = source.baseLogits && tables.map((table) => table.baseLogits!);
    this.#columns = [
      { name: FEATURES, tables: features, width: source.width },
      ...(logits ? [{ name: BASE_LOGITS, tables: logits, width: classes }] : []),
    ];
  }

  /** By the names of the graph's inputs. */
  shapes(batch: number): Record<string, readonly [number, number]> {
    return Object.fromEntries(this.#columns.map(({ name, width }) => [name, [batch, width]]));
  }

  /** @returns new arrays of `batch` rows, by the names of the graph's inputs. */
  of(indices: readonly number[], batch: number): Tensors {
    const tensors = newTensors(this.shapes(batch));
    this.fill(tensors, indices, plain);
    return tensors;
  }

  /** The same, in arrays that are there, whatever they hold. */
  fill(tensors: Tensors, indices: readonly number[], placeOf: (image: number) => Place): void {
    const places = indices.map(placeOf);
    for (const { name, tables, width } of this.#columns) {
      const data = tensors[name]!.data as Float32Array;
      places.forEach(([table, i], row) => {
        data.set(tables[table]!.subarray(i * width, (i + 1) * width), row * width);
      });
      data.fill(0, indices.length * width);
    }
  }
}
