import { MarnetError } from '../../../core/errors.ts';
import type { Graph, Node } from '../../../core/graph/index.ts';
import type { Source } from './source.ts';
import type { TfGraphBuilder, TfValue } from './tf-builder.ts';

/** What all nodes of a translation share. */
export interface Translation {
  /** The prepared ONNX graph. */
  readonly graph: Graph;
  readonly tf: TfGraphBuilder;
  readonly sources: ReadonlyMap<string, Source>;
  /** See `PreparedGraph`. */
  readonly batch: number | undefined;
  /** The batch of a run: an int32 of rank 0. */
  batchSize(): TfValue;
  /** Whether the model has a constant of that name; others were folded, and may hang on the batch. */
  isOriginal(name: string): boolean;
}

export function unsupported(
  node: Pick<Node, 'op' | 'name' | 'outputs' | 'domain'>,
  why: string,
): MarnetError {
  const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
  return new MarnetError(
    'unsupported-model',
    `node "${node.name || node.outputs[0]}" (${op}) cannot be written for TensorFlow.js: ${why}`,
    { hint: 'Export to ONNX instead.' },
  );
}
