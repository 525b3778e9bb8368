/**
 * Steps of a backbone that is trained too. Where it takes a whole batch, one graph computes everything. Where it takes
 * fewer images a run, three graphs give exactly the same gradient: the backbone forward, part by part; the heads on
 * the whole batch, so that every text still meets all the others; the backbone backward, part by part, from the
 * gradient that the heads left at its features (Gao et al. 2021, "GradCache").
 */
import { MarnetError } from '../errors.ts';
import { RunningStatistics } from './batch-norm.ts';
import { lossFetches, newTensor, type Stepper } from './engine.ts';
import { HeadInputs } from './head-inputs.ts';
import type { GradientMemory } from './memory/memory.ts';
import { Pixels } from './pixels.ts';
import type { TrainingState } from './state.ts';
import {
  BASE_LOGITS,
  backboneTrunk,
  buildBackwardGraph,
  buildEvaluationGraph,
  buildForwardGraph,
  buildStepGraph,
  FEATURE_GRADIENT,
  FEATURES,
  featureTrunk,
  type HeadValues,
  type ImageJob,
  LOGIT_GRADIENT,
  stepTrunk,
} from './step-graph.ts';

type BatchStepper = Pick<Stepper, 'batch' | 'step' | 'close'>;

export async function openImageEngine(
  job: ImageJob,
  state: TrainingState,
  memory: GradientMemory,
  heads: HeadValues,
): Promise<Stepper> {
  const { source, classes } = job;
  const part = source.backbone.batch;
  const wanted = Math.min(job.hyper.batch, job.trainIndices.length);
  if (part < wanted && source.backbone.running.size > 0)
    throw new MarnetError(
      'unsupported-model',
      `statistics of batches of ${wanted} images cannot be taken: the model takes ${part} at a time`,
      { hint: 'Leave the statistics of BatchNormalization as they are (--batch-norm frozen).' },
    );
  const stepper =
    part >= wanted
      ? await openFused(job, state, memory, heads)
      : await openAccumulating(job, state, memory, heads, wanted);

  const evaluation = buildEvaluationGraph(job, backboneTrunk(source), heads);
  const pixels = new Pixels(source);
  const logits = newTensor([part, classes]);
  const evaluator = await memory.open({
    graph: evaluation.graph,
    what: 'the evaluation',
    feeds: pixels.tensors,
    fetches: { [evaluation.logits]: logits },
  });
  const running = [...source.backbone.running.keys()];
  return {
    ...stepper,
    prepare: (indices, epoch, step) => source.images(indices, epoch, step),
    async evaluate(indices) {
      if (running.length > 0) await memory.push(running);
      const result = new Float32Array(indices.length * classes);
      const parts = chunks(indices, part);
      let next = parts[0] && source.images(parts[0], 'holdout', 0);
      for (let k = 0; k < parts.length; k++) {
        pixels.fill(await next!, 0, parts[k]!.length);
        next = parts[k + 1] && source.images(parts[k + 1]!, 'holdout', 0);
        next?.catch(() => {}); // a failure shows when it is awaited
        await evaluator.run();
        result.set(logits.data.subarray(0, parts[k]!.length * classes), k * part * classes);
      }
      return result;
    },
    async close() {
      await stepper.close();
      await evaluator.close();
    },
  };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

async function openFused(
  job: ImageJob,
  state: TrainingState,
  memory: GradientMemory,
  heads: HeadValues,
): Promise<BatchStepper> {
  const { source, classes } = job;
  const batch = source.backbone.batch;
  const inputs = new HeadInputs(job, batch);
  const pixels = new Pixels(source);
  const parameters = [...source.backbone.parameters.keys()];
  const { statistics, ...trunk } = stepTrunk(source);
  const step = buildStepGraph(job, trunk, heads, batch, parameters, statistics);
  const values = state.views(state.values);
  const running = new RunningStatistics(statistics, batch, values, job.hyper.batchNormMomentum);
  const losses = lossFetches(step, batch, classes);
  const runner = await memory.openGradient({
    graph: step.graph,
    gradients: step.gradients,
    share: 'whole',
    what: 'the training step',
    feeds: { ...inputs.tensors, ...pixels.tensors, ...running.feeds, ...state.lossScale?.feeds },
    fetches: { ...losses.fetches, ...running.fetches },
  });
  return {
    batch,
    async step(prepared, indices, epoch, number) {
      pixels.fill(prepared as Float32Array, 0, indices.length);
      inputs.fill(indices, epoch, number);
      running.begin(indices.length);
      await runner.run();
      running.follow(indices.length);
      return { losses: losses.read(), logits: losses.logits.subarray(0, indices.length * classes) };
    },
    close: () => runner.close(),
  };
}

async function openAccumulating(
  job: ImageJob,
  state: TrainingState,
  memory: GradientMemory,
  heads: HeadValues,
  batch: number,
): Promise<BatchStepper> {
  const { source, classes, base } = job;
  const { width } = source.site;
  const part = source.backbone.batch;
  const pixels = new Pixels(source);

  const partFeatures = newTensor([part, width]);
  const partLogits = newTensor([part, classes]);
  const withLogits = base !== 'new';
  const forward = await memory.open({
    graph: buildForwardGraph(job),
    what: 'the backbone',
    feeds: pixels.tensors,
    fetches: { [FEATURES]: partFeatures, ...(withLogits && { [BASE_LOGITS]: partLogits }) },
  });

  const inputs = new HeadInputs(job, batch);
  const features = newTensor([batch, width]);
  const baseLogits = newTensor([batch, classes]);
  const wrt = [FEATURES, ...(withLogits ? [BASE_LOGITS] : [])];
  const head = buildStepGraph(job, featureTrunk(job, batch), heads, batch, wrt);
  const losses = lossFetches(head, batch, classes);
  const featureGradient = newTensor([batch, width]);
  const logitGradient = newTensor([batch, classes]);
  const { [FEATURES]: ofFeatures, [BASE_LOGITS]: ofLogits, ...ofHeads } = head.gradients;
  const headRunner = await memory.openGradient({
    graph: head.graph,
    gradients: ofHeads,
    share: 'whole',
    what: 'the step of the heads',
    feeds: {
      ...inputs.tensors,
      ...state.lossScale?.feeds,
      [FEATURES]: features,
      [BASE_LOGITS]: baseLogits,
    },
    fetches: {
      ...losses.fetches,
      ...(ofFeatures !== undefined && { [ofFeatures]: featureGradient }),
      ...(ofLogits !== undefined && { [ofLogits]: logitGradient }),
    },
  });

  const back = buildBackwardGraph(job);
  const partFeatureGradient = newTensor([part, width]);
  const partLogitGradient = newTensor([part, classes]);
  const backward = await memory.openGradient({
    graph: back.graph,
    gradients: back.gradients,
    share: 'part',
    what: "the backbone's backward pass",
    feeds: {
      ...pixels.tensors,
      [FEATURE_GRADIENT]: partFeatureGradient,
      [LOGIT_GRADIENT]: partLogitGradient,
    },
    fetches: {},
  });

  return {
    batch,
    async step(prepared, indices, epoch, number) {
      const images = prepared as Float32Array;
      features.data.fill(0);
      baseLogits.data.fill(0);
      for (let begin = 0; begin < indices.length; begin += part) {
        const count = Math.min(part, indices.length - begin);
        pixels.fill(images, begin, count);
        await forward.run();
        features.data.set(partFeatures.data.subarray(0, count * width), begin * width);
        if (withLogits) baseLogits.data.set(partLogits.data.subarray(0, count * classes), begin * classes);
      }
      inputs.fill(indices, epoch, number);
      await headRunner.run();

      backward.begin();
      for (let begin = 0; begin < indices.length; begin += part) {
        const count = Math.min(part, indices.length - begin);
        pixels.fill(images, begin, count);
        copyRows(featureGradient.data, partFeatureGradient.data, begin, count, width);
        copyRows(logitGradient.data, partLogitGradient.data, begin, count, classes);
        await backward.run();
      }
      return { losses: losses.read(), logits: losses.logits.subarray(0, indices.length * classes) };
    },
    async close() {
      await Promise.all([forward.close(), headRunner.close(), backward.close()]);
    },
  };
}

/** Rows of `from` to the start of `to`; the rest of `to` becomes zero, so that padding adds no gradient. */
function copyRows(from: Float32Array, to: Float32Array, begin: number, count: number, width: number): void {
  to.fill(0);
  to.set(from.subarray(begin * width, (begin + count) * width));
}
