import { type Constant, type Graph, sizeOf } from '../graph/index.ts';
import { rawSize } from './elements.ts';
import type { OnnxFile } from './file.ts';
import { Message } from './message.ts';
import { patchConstantNode } from './patch-node.ts';
import { patchTensor, type TensorPatch } from './patch-tensor.ts';
import type { Piece } from './rope.ts';
import { GRAPH } from './schema.ts';
import type { TensorRecord } from './tensor-record.ts';
import { constantNodeMessage, type ExternalPlace, rawPiece, tensorMessage } from './write-records.ts';

/** Where weights are kept in what is written. */
export interface WeightPlacement {
  /** What becomes of tensors that the file keeps in other files: still pointed to, or taken into the model. */
  readonly existing: 'keep' | 'inline';
  /** Locations of files whose initializers are taken into the model all the same. */
  readonly undone?: ReadonlySet<string>;
  /** Takes the bytes of a tensor that stays in no other file for one beside the model; undefined leaves it in the model. */
  external?(size: number, bytes: Piece): ExternalPlace | undefined;
}

export interface ConstantPiece {
  readonly name: string;
  readonly form: 'initializer' | 'node';
  readonly piece: Piece;
  readonly record: number | undefined;
}

/**
 * A piece for every constant of the graph. An unchanged one (it reads through the decoded graph's own `read`) is a
 * copy of its record; a changed one stands in its record's place; a new one is an initializer, or a Constant node
 * before IR version 4, where an initializer would have to be an input as well.
 */
export function placeConstants(
  file: OnnxFile,
  base: Graph,
  graph: Graph,
  weights: WeightPlacement,
): ConstantPiece[] {
  const originals = new Map<number, Constant>();
  const recordOfName = new Map<string, number>();
  for (const g of [file.graph, base])
    for (const [name, constant] of g.constants)
      if (constant.origin !== undefined) {
        if (!originals.has(constant.origin)) originals.set(constant.origin, constant);
        recordOfName.set(name, constant.origin);
      }
  const unchanged = (c: Constant): boolean => {
    const original = c.origin === undefined ? undefined : originals.get(c.origin);
    return original?.read === c.read && original.dtype === c.dtype && `${original.dims}` === `${c.dims}`;
  };
  // A record serves one constant: first whoever kept its name, then whoever kept its elements.
  const record = new Map<string, number>();
  const taken = new Set<number>();
  const take = (name: string, index: number | undefined): void => {
    if (index === undefined || taken.has(index) || record.has(name)) return;
    taken.add(index);
    record.set(name, index);
  };
  for (const name of graph.constants.keys()) take(name, recordOfName.get(name));
  for (const [name, constant] of graph.constants) if (unchanged(constant)) take(name, constant.origin);

  return [...graph.constants].map(([name, constant]): ConstantPiece => {
    const index = record.get(name);
    if (index === undefined) return newConstant(file, name, constant, weights);
    const same = constant.origin === index && unchanged(constant);
    const changed = same ? undefined : constant;
    const node = file.nodes.get(index);
    const field = file.records[index]!;
    const piece = node
      ? patchConstantNode(file.source, field, node, name, changed, weights.existing)
      : placeInitializer(file, index, name, constant, changed, weights);
    return { name, form: node ? 'node' : 'initializer', piece, record: index };
  });
}

function newConstant(
  file: OnnxFile,
  name: string,
  constant: Constant,
  weights: WeightPlacement,
): ConstantPiece {
  if (file.irVersion < 4) {
    const piece = new Message().bytes(
      GRAPH.node,
      constantNodeMessage(constant, name, `Constant:${name}`),
    ).rope;
    return { name, form: 'node', piece, record: undefined };
  }
  const message = tensorMessage(constant, name, placeOf(constant, weights));
  const piece = new Message().bytes(GRAPH.initializer, message).rope;
  return { name, form: 'initializer', piece, record: undefined };
}

function placeInitializer(
  file: OnnxFile,
  index: number,
  name: string,
  constant: Constant,
  changed: Constant | undefined,
  weights: WeightPlacement,
): Piece {
  const field = file.records[index]!;
  const tensor = file.tensors.get(index)!;
  const stays = !changed && tensor.external !== undefined && !moves(tensor, weights);
  const external = stays ? undefined : placeOf(constant, weights);
  if (field.number === GRAPH.sparseInitializer) {
    if (!changed && name === tensor.name) return patchTensor(file.source, field, tensor, { name });
    return new Message().bytes(GRAPH.initializer, tensorMessage(constant, name, external)).rope;
  }
  const patch: TensorPatch = {
    name,
    changed,
    place: external ?? (moves(tensor, weights) ? 'inline' : undefined),
  };
  return patchTensor(file.source, field, tensor, patch);
}

function moves({ external }: TensorRecord, { existing, undone }: WeightPlacement): boolean {
  return external !== undefined && (existing === 'inline' || (undone?.has(external.location) ?? false));
}

function placeOf(constant: Constant, weights: WeightPlacement): ExternalPlace | undefined {
  if (!weights.external || constant.dtype === 'string') return undefined;
  return weights.external(rawSize(constant.dtype, sizeOf(constant.dims)), rawPiece(constant));
}
