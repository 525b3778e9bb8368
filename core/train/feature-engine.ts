/** Steps of a frozen backbone: features come from memory. */
import type { Tensor } from '../graph/index.ts';
import { lossFetches, newTensor, type StepOutcome, type Stepper } from './engine.ts';
import { HeadInputs } from './head-inputs.ts';
import type { FeatureSource, TrainingJob } from './job.ts';
import type { GradientMemory } from './memory/memory.ts';
import {
  BASE_LOGITS,
  buildEvaluationGraph,
  buildStepGraph,
  FEATURES,
  featureTrunk,
  type HeadValues,
} from './step-graph.ts';

/** Rows an evaluation takes at a time. */
const EVALUATED = 256;

export async function openFeatureEngine(
  job: TrainingJob & { readonly source: FeatureSource },
  memory: GradientMemory,
  heads: HeadValues,
): Promise<Stepper> {
  const { source, classes } = job;
  const batch = Math.min(job.hyper.batch, job.trainIndices.length);
  const inputs = new HeadInputs(job, batch);
  const rows = new FeatureRows(source, classes, batch);

  const step = buildStepGraph(job, featureTrunk(job, batch), heads, batch, []);
  const losses = lossFetches(step, batch, classes);
  const stepper = await memory.openGradient({
    graph: step.graph,
    gradients: step.gradients,
    share: 'whole',
    what: 'the training step',
    feeds: { ...inputs.tensors, ...rows.tensors },
    fetches: losses.fetches,
  });

  const evaluation = buildEvaluationGraph(job, featureTrunk(job, EVALUATED), heads);
  const evaluated = new FeatureRows(source, classes, EVALUATED);
  const logits = newTensor([EVALUATED, classes]);
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
      rows.fill(indices);
      inputs.fill(indices, epoch, number);
      await stepper.run();
      return { losses: losses.read(), logits: losses.logits.subarray(0, indices.length * classes) };
    },
    async evaluate(indices) {
      const result = new Float32Array(indices.length * classes);
      for (let begin = 0; begin < indices.length; begin += EVALUATED) {
        const part = indices.slice(begin, begin + EVALUATED);
        evaluated.fill(part);
        await evaluator.run();
        result.set(logits.data.subarray(0, part.length * classes), begin * classes);
      }
      return result;
    },
    async close() {
      await stepper.close();
      await evaluator.close();
    },
  };
}

/** The features, and base logits where there are any, of the images of a batch; rows after them are zero. */
class FeatureRows {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly #columns: readonly {
    readonly from: Float32Array;
    readonly to: Float32Array;
    readonly width: number;
  }[];

  constructor(source: FeatureSource, classes: number, batch: number) {
    const features = newTensor([batch, source.width]);
    const columns = [{ from: source.features, to: features.data, width: source.width }];
    const tensors: Record<string, Tensor> = { [FEATURES]: features };
    if (source.baseLogits) {
      const logits = newTensor([batch, classes]);
      columns.push({ from: source.baseLogits, to: logits.data, width: classes });
      tensors[BASE_LOGITS] = logits;
    }
    this.tensors = tensors;
    this.#columns = columns;
  }

  fill(indices: readonly number[]): void {
    for (const { from, to, width } of this.#columns) {
      indices.forEach((i, row) => {
        to.set(from.subarray(i * width, (i + 1) * width), row * width);
      });
      to.fill(0, indices.length * width);
    }
  }
}
