/** A TensorFlow.js model as this project works with it: a graph of ONNX ops, with what its files say beside it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Graph, ValueType } from '../../core/graph/index.ts';
import type { Model, WriteOptions } from '../../core/model.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { Rope } from '../../core/onnx/rope.ts';
import { writeFiles } from '../../core/onnx/write-file.ts';
import { annotateTypes } from '../../core/runtime/types.ts';
import { labelsIn, preprocessIn } from '../onnx/metadata.ts';
import type { TfjsArtifacts } from './artifacts.ts';
import { graphModelGraph, type Translations } from './graph-model/index.ts';
import { type LayerTranslations, layersModelGraph } from './layers-model/index.ts';
import { regroupConvolutions, sinkTransposes } from './layout/index.ts';
import { isAddress, readTfjs } from './read/index.ts';

/** Translations beside those that are built in, or instead of them. */
export interface AddedTranslations {
  readonly translations: Translations;
  readonly layers: LayerTranslations;
}

/** As `Importer.load` says it. */
export async function loadTfjs(from: string | Uint8Array, added: AddedTranslations): Promise<Model> {
  const artifacts = await readTfjs(from);
  return modelOf(artifacts, tfjsGraph(artifacts, added), from);
}

/** The model as a graph of ONNX ops that carries images with their channels second inside, and last at its ends. */
function tfjsGraph(artifacts: TfjsArtifacts, { translations, layers }: AddedTranslations): Graph {
  const translated =
    artifacts.kind === 'graph-model'
      ? graphModelGraph(artifacts, translations)
      : layersModelGraph(artifacts, layers);
  return regroupConvolutions(sinkTransposes(translated));
}

async function modelOf(
  artifacts: TfjsArtifacts,
  translated: Graph,
  from: string | Uint8Array,
): Promise<Model> {
  const inferred = new Map(translated.types);
  const graph = await annotateTypes(translated);
  for (const [name, type] of graph.types) graph.types.set(name, sharper(type, inferred.get(name)));
  graph.outputs = graph.outputs.map((output) => ({
    ...output,
    ...sharper(output, graph.types.get(output.name)),
  }));
  const metadata = entriesOf(artifacts.metadata);
  let digest: Promise<string> | undefined;
  const encode = (edited: Graph, options: WriteOptions = {}): Uint8Array =>
    encodeGraph(edited, { metadata: merged(metadata, options) });
  return {
    format: 'tfjs',
    graph,
    inputs: graph.inputs,
    outputs: graph.outputs,
    preprocess: preprocessIn(metadata),
    labels: labelsIn(metadata, graph.outputs),
    metadata,
    producer: artifacts.producer,
    path: typeof from === 'string' && !isAddress(from) ? artifacts.files[0] : undefined,
    files: artifacts.files,
    sha256: () => {
      digest ??= sha256Of(artifacts.files, from);
      return digest;
    },
    encode,
    write: async (edited, target, options = {}) => {
      writeFiles([{ path: target, content: new Rope().push(encode(edited, options)) }]);
    },
  };
}

/** Sizes that one of two inferences could not tell: onnxruntime's loses the batch at a Reshape to [-1, n]. */
function sharper(type: ValueType, other: ValueType | undefined): ValueType {
  const { dtype, shape } = type;
  if (!shape) return { dtype, shape: other?.shape };
  if (other?.shape?.length !== shape.length) return { dtype, shape };
  return { dtype, shape: shape.map((dim, axis) => (dim === '?' ? other.shape![axis]! : dim)) };
}

/** Metadata of ONNX is text; what is not goes in as JSON. The signature is no user's entry: the graph has it. */
function entriesOf(metadata: Readonly<Record<string, unknown>>): Map<string, string> {
  const entries = Object.entries(metadata).filter(([key]) => key !== 'signature');
  return new Map(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function merged(
  metadata: ReadonlyMap<string, string>,
  { metadata: changes = {}, renamedMetadata = {} }: WriteOptions,
): Record<string, string> {
  const kept = [...metadata].filter(([key]) => !renamedMetadata[key]);
  const renamed = Object.entries(renamedMetadata).map(([key, now]) => [now, metadata.get(key)]);
  const entries = Object.entries({
    ...Object.fromEntries(kept),
    ...changes,
    ...Object.fromEntries(renamed),
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function sha256Of(files: readonly string[], from: string | Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  if (typeof from !== 'string') hash.update(from);
  for (const file of files) for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
