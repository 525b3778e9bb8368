/** Steps of a frozen backbone: features come from memory. */
import type { Tensor } from '../graph/index.ts';
import {
  type Engine,
  gradientFetches,
  graphEngineOf,
  lossFetches,
  newTensor,
  Runner,
  type StepOutcome,
} from './engine.ts';
import { HeadInputs } from './head-inputs.ts';
import type { FeatureSource, TrainingJob } from './job.ts';
import type { TrainingState } from './state.ts';
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
  state: TrainingState,
  heads: HeadValues,
): Promise<Engine> {
  const { source, classes } = job;
  const engine = graphEngineOf(job);
  const batch = Math.min(job.hyper.batch, job.trainIndices.length);
  const values = state.views(state.values);
  const inputs = new HeadInputs(job, batch);
  const rows = new FeatureRows(source, classes, batch);

  const step = buildStepGraph(job, featureTrunk(job, batch), heads, batch, []);
  const losses = lossFetches(step, batch, classes);
  const gradients = gradientFetches(step.gradients, state.views(state.gradients));
  const stepper = new Runner(
    await engine.open(step.graph),
    new Map([...values, ...Object.entries(inputs.tensors), ...Object.entries(rows.tensors)]),
    { ...losses.fetches, ...gradients.fetches },
  );

  const evaluation = buildEvaluationGraph(job, featureTrunk(job, EVALUATED), heads);
  const evaluated = new FeatureRows(source, classes, EVALUATED);
  const logits = newTensor([EVALUATED, classes]);
  const evaluator = new Runner(
    await engine.open(evaluation.graph),
    new Map([...values, ...Object.entries(evaluated.tensors)]),
    { [evaluation.logits]: logits },
  );

  return {
    batch,
    prepare: async () => undefined,
    async step(_, indices, epoch, number): Promise<StepOutcome> {
      rows.fill(indices);
      inputs.fill(indices, epoch, number);
      await stepper.run();
      gradients.copy();
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
