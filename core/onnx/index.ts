import type { Graph } from '../graph/index.ts';
import { readOnnx } from './file.ts';
import { memorySource } from './source.ts';

export { type EditOptions, encodeEdited } from './edit.ts';
export { type EncodeOptions, encodeGraph } from './encode.ts';
export { type OnnxFile, readOnnx } from './file.ts';
export { describeBytes, looksLikeOnnx } from './first-bytes.ts';
export { openOnnx } from './open.ts';
export { type ByteSource, fileSource, memorySource } from './source.ts';
export { NEWER_OPS, upgradeGraph } from './upgrade/index.ts';
export { externalFilesOf, isDataFileOf, type WriteModelOptions, writeEdited } from './write-model.ts';

/**
 * The graph of a ModelProto, with the types that it states. Constants are read from `bytes` when asked for, so keep
 * those unchanged. Constant nodes become constants of the graph, unless they make an output.
 * @throws MarnetError 'not-a-model', 'unsupported-model'
 */
export function decodeGraph(bytes: Uint8Array): Graph {
  return readOnnx(memorySource(bytes)).graph;
}
