import { MarnetError } from '../errors.ts';
import { float32, type Tensor } from '../graph/index.ts';
import { headParameters, initializeHeads, PREFIX } from '../marnet/index.ts';
import { decayedWeights } from './decay.ts';
import { drawsFor } from './draws.ts';
import { type Engine, graphEngineOf } from './engine.ts';
import { openFeatureEngine } from './feature-engine.ts';
import { openImageEngine } from './image-engine.ts';
import type { FeatureStatistics, TrainingJob } from './job.ts';
import type { GradientMemory } from './memory/memory.ts';
import { type MemorySettings, openMemory } from './memory/open.ts';
import { RemoteMemory } from './memory/remote.ts';
import { openShrinking } from './shrinking.ts';
import { KeptState, type TrainableSpec, TrainingState } from './state.ts';
import { featureStatistics } from './statistics.ts';
import { headSizes, layoutOf } from './step-graph.ts';

/** The heads as a run begins: random by the seed, with the job's own values and statistics in place. */
export function initialHeads(job: TrainingJob): Map<string, Tensor> {
  const streams = (name: string) => drawsFor(job.seed, 'initial', name).uniform;
  const heads = initializeHeads(job.heads, headSizes(job), streams);
  const statistics = job.statistics ?? statisticsOf(job);
  if (statistics) {
    const dims = [1, statistics.mean.length];
    replace(heads, `${PREFIX}features/mean`, float32(statistics.mean, dims));
    replace(heads, `${PREFIX}features/scale`, float32(statistics.scale, dims));
  }
  for (const [name, tensor] of job.initial ?? []) replace(heads, name, tensor);
  return heads;
}

function statisticsOf({ source, trainIndices }: TrainingJob): FeatureStatistics | undefined {
  return source.kind === 'features'
    ? featureStatistics(source.features, source.width, trainIndices)
    : undefined;
}

/** Puts a value in the place of a parameter that these heads have; others are left out. */
function replace(heads: Map<string, Tensor>, name: string, tensor: Tensor): void {
  const old = heads.get(name);
  if (!old) return;
  if (String(old.dims) !== String(tensor.dims))
    throw new MarnetError(
      'internal',
      `"${name}" is to start as [${tensor.dims}], but has shape [${old.dims}]`,
    );
  heads.set(name, tensor);
}

/** All that the run trains, with the backbone first, for `openEngine`. */
export function trainingState(job: TrainingJob, heads: ReadonlyMap<string, Tensor>): TrainingState {
  return new TrainingState(specsOf(job, heads), job.precision === 'float16');
}

/** The same for `openEngineApart`. */
export function keptState(job: TrainingJob, heads: ReadonlyMap<string, Tensor>): KeptState {
  return canMove(job)
    ? new KeptState(specsOf(job, heads), job.precision === 'float16')
    : trainingState(job, heads);
}

function specsOf(job: TrainingJob, heads: ReadonlyMap<string, Tensor>): TrainableSpec[] {
  const specs: TrainableSpec[] = [];
  if (job.source.kind === 'images') {
    const { block, packed } = layoutOf(job);
    // Running averages are part of what is kept and resumed, but no optimizer moves them.
    const { running } = job.source.backbone;
    const decayed = decayedWeights(job.source.backbone);
    const { learningRate, backboneFactor, backboneLearningRate } = job.hyper;
    const backbone =
      backboneLearningRate === undefined ? backboneFactor : backboneLearningRate / learningRate;
    for (const [name, { dims, read }] of job.source.backbone.parameters) {
      specs.push({
        name,
        dims,
        initial: () => read().data as Float32Array,
        rateFactor: running.has(name)
          ? 0
          : backbone * job.hyper.layerDecay ** (job.source.depths?.get(name) ?? 0),
        decay: decayed.has(name),
        block: packed.has(name) ? block : undefined,
      });
    }
  }
  for (const { name, dims, trainable, decay, maximum } of headParameters(job.heads, headSizes(job))) {
    const initial = () => heads.get(name)!.data as Float32Array;
    if (trainable) specs.push({ name, dims, initial, rateFactor: 1, decay, maximum });
  }
  return specs;
}

/** What computes the job's steps on this thread, and where its state is meanwhile. */
export async function openEngine(
  job: TrainingJob,
  state: TrainingState,
  heads: ReadonlyMap<string, Tensor>,
): Promise<Engine> {
  const engine = graphEngineOf(job);
  return engineOn(
    await openMemory(engine, state, settingsOf(job)),
    () => engine.notices(),
    job,
    state,
    heads,
  );
}

/** The same on another thread where the engine can be had there, so that this one stays free. */
export async function openEngineApart(
  job: TrainingJob,
  state: KeptState,
  heads: ReadonlyMap<string, Tensor>,
): Promise<Engine> {
  if (state instanceof TrainingState) return openEngine(job, state, heads);
  const memory = RemoteMemory.open(graphEngineOf(job).device!, state, settingsOf(job));
  try {
    return await engineOn(memory, () => memory.notices(), job, state, heads);
  } catch (error) {
    await memory.close();
    throw error;
  }
}

function canMove(job: TrainingJob): boolean {
  return graphEngineOf(job).device !== undefined;
}

function settingsOf({ source, hyper }: TrainingJob): MemorySettings {
  const { beta1, beta2, epsilon, weightDecay, clipNorm, accumulate } = hyper;
  return {
    adam: { beta1, beta2, epsilon, weightDecay, clipNorm },
    batches: accumulate,
    hosted: new Set(source.kind === 'images' ? source.backbone.running.keys() : []),
  };
}

async function engineOn(
  memory: GradientMemory,
  notices: () => readonly string[],
  job: TrainingJob,
  state: KeptState,
  heads: ReadonlyMap<string, Tensor>,
): Promise<Engine> {
  const stepper = await openShrinking(job, (present) => {
    const { source } = present;
    return source.kind === 'features'
      ? openFeatureEngine({ ...present, source }, state, memory, heads)
      : openImageEngine({ ...present, source }, state, memory, heads);
  });
  return {
    ...stepper,
    async step(prepared, indices, epoch, number) {
      const outcome = await stepper.step(prepared, indices, epoch, number);
      await memory.settle(indices.length);
      return outcome;
    },
    async update(learningRate) {
      const norm = await memory.update(learningRate);
      state.lossScale?.follow(Number.isFinite(norm));
      return norm;
    },
    pull: (what) => memory.pull(what),
    push: (names) => memory.push(names),
    notices: () => [...notices(), ...stepper.notices()],
    async close() {
      await stepper.close();
      await memory.close();
    },
  };
}
