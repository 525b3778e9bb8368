import type { Graph } from '../graph/index.ts';
import type { WeightPlacement } from './edit-constants.ts';
import { editedGraph } from './edit-graph.ts';
import { requireOneMessage } from './encode.ts';
import { functionName, type OnnxFile, readOpset } from './file.ts';
import { Message } from './message.ts';
import { copyOf, withContent, withText } from './rewrite.ts';
import { type Piece, Rope } from './rope.ts';
import { ENTRY, MODEL } from './schema.ts';
import { readEntry } from './tensor-record.ts';
import { payload } from './wire.ts';
import { entryMessage, opsetMessage } from './write-records.ts';

export interface EditOptions {
  /** Entries of metadata_props to add or replace; undefined removes one. The others stay. */
  readonly metadata?: Readonly<Record<string, string | undefined>>;
  /** New keys of entries of the file, by their keys so far: of these nothing else changes, whatever `metadata` says. */
  readonly renamedMetadata?: Readonly<Record<string, string>>;
  /** The graph before it was edited, where that is not `file.graph` itself but one with more types filled in. */
  readonly base?: Graph;
}

/**
 * The file with an edited graph. Nodes, constants, inputs and outputs that are those of the file are copied byte for
 * byte, in their order and place; of a changed node, constant or type only what differs is written anew; new ones
 * come after what they follow in the graph. Fields that no schema here knows stay where they were. With no change the
 * result is the file; with additions taken away again it is the file from before.
 *
 * Weights in external files are taken into the result, as bytes have no folder to find them in.
 * @throws MarnetError 'output' above 2 GB.
 */
export function encodeEdited(file: OnnxFile, graph: Graph, options: EditOptions = {}): Uint8Array {
  const rope = editedModel(file, graph, { existing: 'inline' }, options);
  requireOneMessage(rope.size, 'the model');
  return rope.toBytes();
}

/** As `encodeEdited`, not yet in memory and with a choice of where weights are kept. */
export function editedModel(
  file: OnnxFile,
  graph: Graph,
  weights: WeightPlacement,
  { metadata = {}, renamedMetadata = {}, base = file.graph }: EditOptions = {},
): Rope {
  const { source, fields } = file;
  const content = editedGraph(file, base, graph, weights);
  const opsets = new Map(graph.opsets);
  const entries = new Map(Object.entries(metadata));
  const functions = new Map(graph.functions);
  const last = (number: number): number => fields.findLastIndex((f) => f.number === number);
  const ends = [MODEL.opsetImport, MODEL.metadataProps, MODEL.functions].map(last);

  const additions: Record<number, () => Piece[]> = {
    [MODEL.opsetImport]: () =>
      [...opsets].map(([domain, version]) => whole(MODEL.opsetImport, opsetMessage(domain, version))),
    [MODEL.metadataProps]: () =>
      [...entries].flatMap(([key, value]) =>
        value === undefined ? [] : [whole(MODEL.metadataProps, entryMessage(key, value))],
      ),
    [MODEL.functions]: () => [...functions.values()].map((bytes) => whole(MODEL.functions, bytes)),
  };
  const out = new Rope();
  fields.forEach((field, index) => {
    let piece: Piece | undefined = copyOf(source, field);
    if (field === file.graphField) piece = withContent(source, field, content);
    else if (field.number === MODEL.opsetImport) {
      const { domain, version } = readOpset(source, field);
      const now = graph.opsets.get(domain);
      if (opsets.delete(domain) && now !== version) piece = whole(field.number, opsetMessage(domain, now!));
      if (now === undefined) piece = undefined;
    } else if (field.number === MODEL.metadataProps) {
      const { key, value } = readEntry(source, field);
      const renamed = Object.hasOwn(renamedMetadata, key) ? renamedMetadata[key] : undefined;
      if (renamed !== undefined) piece = withText(source, field, ENTRY.key, renamed);
      else if (Object.hasOwn(metadata, key)) {
        const now = metadata[key];
        if (now !== value) piece = undefined;
        if (entries.delete(key) && now !== undefined && now !== value)
          piece = whole(field.number, entryMessage(key, now));
      }
    } else if (field.number === MODEL.functions) {
      const name = functionName(source, field);
      const now = functions.get(name);
      functions.delete(name);
      if (now === undefined) piece = undefined;
      // Decoded, it has its tensors inside; in the file they may be elsewhere, and stay there.
      else if (weights.existing === 'inline' || now !== file.graph.functions.get(name)) {
        if (!sameBytes(now, payload(source, field))) piece = whole(field.number, now);
      }
    }
    if (piece) out.push(piece);
    if (ends.includes(index)) for (const added of additions[field.number]!()) out.push(added);
  });
  for (const number of [MODEL.opsetImport, MODEL.metadataProps, MODEL.functions])
    if (last(number) < 0) for (const added of additions[number]!()) out.push(added);
  return out;
}

const whole = (number: number, content: Message | Uint8Array): Piece =>
  new Message().bytes(number, content).rope;

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
