/**
 * Steps of a backbone that is trained too. Where it takes a whole batch, one graph computes everything. Where it takes
 * fewer images a run, three graphs give exactly the same gradient: the backbone forward, part by part; the heads on
 * the whole batch, so that every text still meets all the others; the backbone backward, part by part, from the
 * gradient that the heads left at its features (Gao et al. 2021, "GradCache").
 */
import { MarnetError } from '../errors.ts';
import type { Tensor } from '../graph/index.ts';
import { RunningStatistics } from './batch-norm.ts';
import { newTensor, outcomeOf, outcomeOutputs, type Stepper } from './engine.ts';
import { HeadInputs } from './head-inputs.ts';
import type { GradientMemory, GraphRunner, Tensors } from './memory/memory.ts';
import { Pixels } from './pixels.ts';
import type { KeptState } from './state.ts';
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

type BatchStepper = Omit<Stepper, 'evaluate'>;

export async function openImageEngine(
  job: ImageJob,
  state: KeptState,
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
  const evaluator = await memory.open({
    graph: evaluation.graph,
    what: 'the evaluation',
    outputs: [evaluation.logits],
  });
  const running = [...source.backbone.running.keys()];
  return {
    ...stepper,
    async evaluate(indices) {
      if (running.length > 0) await memory.push(running);
      const result = new Float32Array(indices.length * classes);
      const parts = chunks(indices, part);
      const feedsOf = async (images: readonly number[]): Promise<Tensors> =>
        pixels.of(await source.images(images, 'holdout', 0), 0, images.length);
      let next = parts[0] && feedsOf(parts[0]);
      for (let k = 0; k < parts.length; k++) {
        const feeds = await next!;
        next = parts[k + 1] && feedsOf(parts[k + 1]!);
        next?.catch(() => {}); // a failure shows when it is awaited
        const { [evaluation.logits]: logits } = await evaluator.run(feeds);
        const rows = (logits!.data as Float32Array).subarray(0, parts[k]!.length * classes);
        result.set(rows, k * part * classes);
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
  state: KeptState,
  memory: GradientMemory,
  heads: HeadValues,
): Promise<BatchStepper> {
  const { source } = job;
  const batch = source.backbone.batch;
  const inputs = new HeadInputs(job, batch);
  const pixels = new Pixels(source);
  const parameters = [...source.backbone.parameters.keys()];
  const { statistics, ...trunk } = stepTrunk(source);
  const step = buildStepGraph(job, trunk, heads, batch, parameters, statistics);
  const values = state.views(state.values);
  const running = new RunningStatistics(statistics, batch, values, job.hyper.batchNormMomentum);
  const runner = await memory.openGradient({
    graph: step.graph,
    gradients: step.gradients,
    share: 'whole',
    what: 'the training step',
    outputs: [...outcomeOutputs(step), ...running.outputs],
  });
  return {
    batch,
    async prepare(indices, epoch, number) {
      const images = await source.images(indices, epoch, number);
      return {
        ...pixels.of(images, 0, indices.length),
        ...inputs.of(indices, epoch, number),
        ...running.feeds(indices.length),
      };
    },
    async step(prepared, indices) {
      const outputs = await runner.run({ ...(prepared as Tensors), ...state.lossScale?.feeds });
      running.follow(indices.length, outputs);
      return outcomeOf(step, outputs, indices.length);
    },
    close: () => runner.close(),
  };
}

async function openAccumulating(
  job: ImageJob,
  state: KeptState,
  memory: GradientMemory,
  heads: HeadValues,
  batch: number,
): Promise<BatchStepper> {
  const { source, classes, base } = job;
  const { width } = source.site;
  const part = source.backbone.batch;
  const pixels = new Pixels(source);

  const withLogits = base !== 'new';
  const forward = await memory.open({
    graph: buildForwardGraph(job),
    what: 'the backbone',
    outputs: [FEATURES, ...(withLogits ? [BASE_LOGITS] : [])],
  });

  const inputs = new HeadInputs(job, batch);
  const wrt = [FEATURES, ...(withLogits ? [BASE_LOGITS] : [])];
  const head = buildStepGraph(job, featureTrunk(job, batch), heads, batch, wrt);
  const { [FEATURES]: ofFeatures, [BASE_LOGITS]: ofLogits, ...ofHeads } = head.gradients;
  const headRunner = await memory.openGradient({
    graph: head.graph,
    gradients: ofHeads,
    share: 'whole',
    what: 'the step of the heads',
    outputs: [...outcomeOutputs(head), ...[ofFeatures, ofLogits].flatMap((name) => name ?? [])],
  });

  const back = buildBackwardGraph(job);
  const backward = await memory.openGradient({
    graph: back.graph,
    gradients: back.gradients,
    share: 'part',
    what: "the backbone's backward pass",
    outputs: [],
  });

  /** Runs on the images part by part; what the next one is fed with is made meanwhile. */
  const inParts = async (
    runner: GraphRunner,
    images: number,
    feedsOf: (begin: number, count: number) => Tensors,
    use: (outputs: Tensors, begin: number, count: number) => void = () => {},
  ): Promise<void> => {
    const countAt = (begin: number): number => Math.min(part, images - begin);
    let feeds = feedsOf(0, countAt(0));
    for (let begin = 0; begin < images; begin += part) {
      const running = runner.run(feeds);
      const next = begin + part;
      if (next < images) feeds = feedsOf(next, countAt(next));
      use(await running, begin, countAt(begin));
    }
  };

  return {
    batch,
    prepare: async (indices, epoch, number) => ({
      images: await source.images(indices, epoch, number),
      heads: inputs.of(indices, epoch, number),
    }),
    async step(prepared, indices) {
      const { images, heads: headFeeds } = prepared as {
        readonly images: Float32Array | Uint8Array;
        readonly heads: Tensors;
      };
      const features = newTensor([batch, width]);
      const baseLogits = newTensor([batch, classes]);
      const pixelsOf = (begin: number, count: number): Tensors => pixels.of(images, begin, count);
      await inParts(forward, indices.length, pixelsOf, (outputs, begin, count) => {
        const rows = (name: string, size: number): Float32Array =>
          (outputs[name]!.data as Float32Array).subarray(0, count * size);
        features.data.set(rows(FEATURES, width), begin * width);
        if (withLogits) baseLogits.data.set(rows(BASE_LOGITS, classes), begin * classes);
      });
      const fed = { ...headFeeds, [FEATURES]: features, [BASE_LOGITS]: baseLogits };
      const outputs = await headRunner.run({ ...fed, ...state.lossScale?.feeds });
      const outcome = outcomeOf(head, outputs, indices.length);

      await backward.begin();
      await inParts(backward, indices.length, (begin, count) => ({
        ...pixelsOf(begin, count),
        [FEATURE_GRADIENT]: rowsOf(outputs, ofFeatures, width, begin, count),
        [LOGIT_GRADIENT]: rowsOf(outputs, ofLogits, classes, begin, count),
      }));
      return outcome;
    },
    async close() {
      await Promise.all([forward.close(), headRunner.close(), backward.close()]);
    },
  };

  /** Rows of an output as the first of a part; the rest is zero, so that padding adds no gradient. */
  function rowsOf(
    outputs: Tensors,
    output: string | undefined,
    size: number,
    begin: number,
    count: number,
  ): Tensor {
    const tensor = newTensor([part, size]);
    if (output !== undefined) {
      const rows = outputs[output]!.data as Float32Array;
      tensor.data.set(rows.subarray(begin * size, (begin + count) * size));
    }
    return tensor;
  }
}
