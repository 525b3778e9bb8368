import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { MarnetError } from '../../../core/errors.ts';
import { Rope } from '../../../core/onnx/rope.ts';
import { writeFiles } from '../../../core/onnx/write-file.ts';
import type { TfjsGraphModel } from './graph-model.ts';
import type { Quantization } from './quantize.ts';
import { encodeWeights, shardsOf, type WeightSpec } from './weights.ts';

export interface GraphModelWriteOptions {
  /** Float weights of some size in 8 bits an element, or in half precision; float32 unless told. */
  readonly quantize?: Quantization | undefined;
  /** Entries of `userDefinedMetadata`: labels, preprocessing and so on. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** What is named as the model's producer; 'marnet-wrap' unless told. */
  readonly producer?: string | undefined;
}

/** The contents of model.json. */
export interface GraphModelJson {
  readonly format: 'graph-model';
  readonly generatedBy: string;
  readonly convertedBy: string;
  readonly modelTopology: TfjsGraphModel['topology'];
  readonly signature: TfjsGraphModel['signature'];
  readonly userDefinedMetadata: Readonly<Record<string, unknown>>;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightSpec[];
  }[];
}

export interface EncodedGraphModel {
  readonly json: GraphModelJson;
  /** Weights files of at most 4 MB, by name. */
  readonly shards: ReadonlyMap<string, Uint8Array>;
}

/** The files of a graph-model, in memory. */
export function encodeGraphModel(
  model: TfjsGraphModel,
  options: GraphModelWriteOptions = {},
): EncodedGraphModel {
  const { specs, bytes } = encodeWeights(model.weights, options.quantize);
  const parts = shardsOf(bytes);
  const shards = new Map(parts.map((part, i) => [`group1-shard${i + 1}of${parts.length}.bin`, part]));
  const producer = options.producer ?? 'marnet-wrap';
  const json: GraphModelJson = {
    format: 'graph-model',
    generatedBy: producer,
    convertedBy: producer,
    modelTopology: model.topology,
    signature: model.signature,
    userDefinedMetadata: options.metadata ?? {},
    weightsManifest: [{ paths: [...shards.keys()], weights: specs }],
  };
  return { json, shards };
}

/**
 * Writes model.json and the weights beside it, all or none of them: to temporary files which are then renamed,
 * model.json the last. Weights files that only a model.json that was there before names are taken away.
 * @param target a folder, which is made where it is missing, or the path of its model.json.
 * @returns the path of model.json.
 * @throws MarnetError 'output' naming the file and what the system said.
 */
export function writeGraphModel(
  model: TfjsGraphModel,
  target: string,
  options: GraphModelWriteOptions = {},
): string {
  const isFile = target.toLowerCase().endsWith('.json');
  const folder = isFile ? path.dirname(target) : target;
  const file = isFile ? target : path.join(folder, 'model.json');
  const { json, shards } = encodeGraphModel(model, options);
  const before = shardsIn(file);
  const created = makeFolder(folder);
  const content = (bytes: Uint8Array) => new Rope().push(bytes);
  try {
    writeFiles([
      ...[...shards].map(([name, bytes]) => ({ path: path.join(folder, name), content: content(bytes) })),
      { path: file, content: content(Buffer.from(JSON.stringify(json))) },
    ]);
  } catch (error) {
    if (created) rmSync(created, { recursive: true, force: true });
    throw error;
  }
  for (const name of before) if (!shards.has(name)) rmSync(path.join(folder, name), { force: true });
  return file;
}

/** @returns the first folder that had to be made. */
function makeFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new MarnetError('output', `cannot make the folder ${folder} (${code})`, {
      hint: 'Choose a path that you may write to, all of whose parts are folders.',
      cause,
    });
  }
}

/** Names of the weights files beside a model.json that is there already. */
export function shardsIn(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  try {
    const { weightsManifest } = JSON.parse(readFileSync(file, 'utf8')) as Partial<GraphModelJson>;
    const names = (weightsManifest ?? []).flatMap(({ paths }) => paths);
    return names.filter((name) => typeof name === 'string' && SHARD.test(name));
  } catch {
    // Something else that is overwritten: it has no weights files that we would know.
    return [];
  }
}

/** Names that a converter gives; a path to elsewhere is never one. */
const SHARD = /^group\d+-shard\d+of\d+(\.bin)?$/;
