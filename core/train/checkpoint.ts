/** Checkpoints of a run: `last.safetensors` holds all that going on needs, `best.safetensors` the best weights. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Tensor } from '../graph/index.ts';
import { replaceFile } from './files.ts';
import type { EpochMetrics } from './job.ts';
import type { LossScaleState } from './loss-scale.ts';
import type { EpochTotals } from './metrics.ts';
import { parseSafetensors, type Safetensors, safetensorsParts } from './safetensors.ts';
import type { KeptState } from './state.ts';

/** Where a run stands, beside the tensors. */
export interface Progress {
  /** 0-based epoch to go on with, and the step within it. */
  epoch: number;
  step: number;
  /** Of the epoch that is under way. */
  totals: EpochTotals;
  history: EpochMetrics[];
  best: EpochMetrics | undefined;
}

const LAST = 'last.safetensors';
const BEST = 'best.safetensors';
const METRICS = 'metrics.csv';
const FORMAT = '1';
const VECTORS = ['values', 'first', 'second'] as const;

export const lastPath = (folder: string): string => join(folder, LAST);
export const bestPath = (folder: string): string => join(folder, BEST);
/** The table of what each epoch came to. */
export const metricsPath = (folder: string): string => join(folder, METRICS);

/** Removes what a training kept in its folder, where there is any. @throws MarnetError 'output' when it cannot be removed. */
export async function clearTraining(folder: string): Promise<void> {
  for (const path of [lastPath(folder), bestPath(folder), metricsPath(folder)]) {
    await rm(path, { force: true }).catch((cause: Error) => {
      throw new MarnetError('output', `cannot remove ${path}: ${cause.message}`, {
        hint: 'Choose a run folder that can be written to.',
        cause,
      });
    });
  }
}

/** @param fingerprint of everything the result depends on. @param best the best weights so far, flat. */
export async function saveLast(
  folder: string,
  fingerprint: string,
  state: KeptState,
  progress: Progress,
  best: Float32Array | undefined,
): Promise<string> {
  const tensors = new Map<string, Tensor>();
  const add = (prefix: string, vector: Float32Array) => {
    for (const [name, tensor] of state.snapshot(vector)) tensors.set(`${prefix}:${name}`, tensor);
  };
  for (const vector of VECTORS) add(vector, state[vector]);
  if (best) add('best', best);
  const metadata = {
    format: FORMAT,
    fingerprint,
    steps: String(state.steps),
    progress: JSON.stringify(progress),
    ...(state.lossScale && { lossScale: JSON.stringify(state.lossScale.state) }),
  };
  const path = lastPath(folder);
  await replaceFile(path, safetensorsParts(tensors, metadata));
  return path;
}

/** The weights by their own names, with the metrics of their epoch as metadata. */
export async function saveBest(
  folder: string,
  parameters: ReadonlyMap<string, Tensor>,
  metrics: EpochMetrics,
): Promise<string> {
  const path = bestPath(folder);
  await replaceFile(path, safetensorsParts(parameters, { format: FORMAT, metrics: JSON.stringify(metrics) }));
  return path;
}

/**
 * Puts the folder's last checkpoint into `state`.
 * @returns undefined when the folder has none.
 * @throws MarnetError 'resume' when it is damaged or of another job.
 */
export async function loadLast(
  folder: string,
  fingerprint: string,
  state: KeptState,
): Promise<{ progress: Progress; best: Float32Array | undefined } | undefined> {
  const path = lastPath(folder);
  const file = await readCheckpoint(path);
  if (!file) return undefined;
  const { tensors, metadata } = file;
  if (metadata.format !== FORMAT || metadata.fingerprint !== fingerprint) {
    throw new MarnetError(
      'resume',
      `the checkpoint ${path} belongs to a run with other options, model or data`,
      {
        hint: 'Resume with exactly the options and data of the first run, or start anew in another run folder.',
      },
    );
  }
  const restore = (prefix: string, vector: Float32Array) => {
    for (const segment of state.segments) {
      const { name, begin, end } = segment;
      const tensor = tensors.get(`${prefix}:${name}`);
      if (tensor?.data.length !== end - begin) throw damaged(path, `it lacks ${prefix} of "${name}"`);
      state.restore(vector, segment, tensor.data as Float32Array);
    }
  };
  for (const vector of VECTORS) restore(vector, state[vector]);
  state.steps = Number(metadata.steps);
  if (state.lossScale) state.lossScale.state = JSON.parse(metadata.lossScale!) as LossScaleState;
  const progress = JSON.parse(metadata.progress!) as Progress;
  const best = progress.best && new Float32Array(state.values.length);
  if (best) restore('best', best);
  return { progress, best };
}

async function readCheckpoint(path: string): Promise<Safetensors | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw damaged(path, 'it cannot be read', cause);
  }
  try {
    return parseSafetensors(bytes);
  } catch (cause) {
    throw damaged(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function damaged(path: string, why: string, cause?: unknown): MarnetError {
  return new MarnetError('resume', `the checkpoint ${path} is damaged: ${why}`, {
    cause,
    hint: 'Start anew without --resume, or in another run folder.',
  });
}
