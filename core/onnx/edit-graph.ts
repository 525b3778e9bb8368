/** The GraphProto of an edited graph: what is unchanged as it was, byte for byte and in its place. */
import { type Graph, type Node, readsOf, type ValueInfo } from '../graph/index.ts';
import { arrange } from './arrange.ts';
import { type ConstantPiece, placeConstants, type WeightPlacement } from './edit-constants.ts';
import type { OnnxFile } from './file.ts';
import { Message } from './message.ts';
import { patchNode } from './patch-node.ts';
import { compatible, patchValueInfo, sameType } from './patch-value-info.ts';
import { copyOf, withText } from './rewrite.ts';
import { type Piece, Rope } from './rope.ts';
import { GRAPH, VALUE_INFO } from './schema.ts';
import { nodeMessage, valueInfoMessage } from './write-records.ts';

interface Item {
  readonly piece: Piece;
  readonly record: number | undefined;
}

/** The content of the GraphProto. @param base the graph as it was before it was edited. */
export function editedGraph(file: OnnxFile, base: Graph, graph: Graph, weights: WeightPlacement): Rope {
  const { source, records } = file;
  const constants = placeConstants(file, base, graph, weights);
  const slots = new Map<number, Item[]>();
  const merge = (arranged: ReadonlyMap<number, readonly Item[]>): void => {
    for (const [record, items] of arranged) slots.set(record, [...(slots.get(record) ?? []), ...items]);
  };
  merge(arrangeNodes(file, graph, constants, weights));
  const initializers = constants.filter((c) => c.form === 'initializer');
  merge(arrange(initializers, [...file.tensors.keys()], lastKey(file.tensors)));
  merge(arrangeInfos(file, GRAPH.input, file.inputs, base.inputs, graph.inputs, hiddenInputs(file, graph)));
  merge(arrangeInfos(file, GRAPH.output, file.outputs, base.outputs, graph.outputs, []));
  merge(valueInfos(file, base, graph));

  const out = new Rope();
  const kinds: ReadonlySet<number> = new Set(REARRANGED);
  records.forEach((field, index) => {
    if (field.number === GRAPH.name && graph.name !== base.name)
      out.push(new Message().string(GRAPH.name, graph.name).rope);
    else if (!kinds.has(field.number) || (isTensor(field.number) && !file.tensors.get(index)?.dtype))
      // What has no meaning for the graph, among it tensors of types that are not known, stays where it is.
      out.push(copyOf(source, field));
    for (const item of slots.get(index) ?? []) out.push(item.piece);
  });
  for (const item of slots.get(-1) ?? []) out.push(item.piece);
  return out;
}

const REARRANGED = [
  GRAPH.node,
  GRAPH.initializer,
  GRAPH.sparseInitializer,
  GRAPH.input,
  GRAPH.output,
  GRAPH.valueInfo,
];

const isTensor = (number: number): boolean =>
  number === GRAPH.initializer || number === GRAPH.sparseInitializer;

function lastKey(records: ReadonlyMap<number, unknown>): number {
  return [...records.keys()].at(-1) ?? -1;
}

interface NodeItem extends Item {
  /** Undefined for what is copied as it was: it needs no check of its order. */
  readonly reads: readonly string[] | undefined;
}

function arrangeNodes(
  file: OnnxFile,
  graph: Graph,
  constants: readonly ConstantPiece[],
  { existing }: WeightPlacement,
): Map<number, Item[]> {
  const { source, records, nodes } = file;
  const patched = (origin: number, node: Node): Piece =>
    patchNode(source, records[origin]!, nodes.get(origin)!, node, existing);
  const claimed = new Set<number>();
  for (const node of graph.nodes) {
    const record = node.origin === undefined ? undefined : nodes.get(node.origin);
    if (record?.node === node) claimed.add(node.origin!);
  }
  const items = graph.nodes.map((node: Node): NodeItem => {
    const { origin } = node;
    const record = origin === undefined ? undefined : nodes.get(origin);
    if (origin !== undefined && record?.node === node)
      return { piece: patched(origin, node), record: origin, reads: undefined };
    if (origin === undefined || !record || claimed.has(origin))
      return {
        piece: new Message().bytes(GRAPH.node, nodeMessage(node)).rope,
        record: undefined,
        reads: readsOf(node),
      };
    claimed.add(origin);
    return { piece: patched(origin, node), record: origin, reads: readsOf(node) };
  });
  const order = file.graph.nodes.map((n) => n.origin!);
  const slots = arrange(items, order, lastKey(nodes));
  insertConstantNodes(file, slots, constants);
  return slots;
}

/** Puts Constant nodes at their own records, but a new node's before that node where it would come too late. */
function insertConstantNodes(
  file: OnnxFile,
  slots: Map<number, NodeItem[]>,
  constants: readonly ConstantPiece[],
): void {
  const first = [...file.nodes.keys()][0] ?? -1;
  const waiting = new Map<string, ConstantPiece>();
  for (const constant of constants) if (constant.form === 'node') waiting.set(constant.name, constant);
  const result = new Map<number, NodeItem[]>();
  const item = (c: ConstantPiece): NodeItem => ({ piece: c.piece, record: c.record, reads: undefined });
  const atRecord = new Map([...waiting.values()].map((c) => [c.record ?? first, [] as ConstantPiece[]]));
  for (const c of waiting.values()) atRecord.get(c.record ?? first)!.push(c);
  for (const index of [...file.nodes.keys(), -1]) {
    const list: NodeItem[] = [];
    for (const c of atRecord.get(index) ?? []) if (waiting.delete(c.name)) list.push(item(c));
    for (const node of slots.get(index) ?? []) {
      for (const read of node.reads ?? []) {
        const early = waiting.get(read);
        if (early && waiting.delete(read)) list.push(item(early));
      }
      list.push(node);
    }
    if (list.length > 0) result.set(index, list);
  }
  slots.clear();
  for (const [index, list] of result) slots.set(index, list);
}

/** Inputs of the file that only repeat an initializer which is still there. */
function hiddenInputs(file: OnnxFile, graph: Graph): ValueInfo[] {
  const listed = new Set(file.graph.inputs.map((i) => i.name));
  const asInput = new Set(graph.inputs.map((i) => i.name));
  return [...file.inputs.values()].filter(
    (i) => !listed.has(i.name) && !asInput.has(i.name) && graph.constants.has(i.name),
  );
}

function arrangeInfos(
  file: OnnxFile,
  number: number,
  old: ReadonlyMap<number, ValueInfo>,
  base: readonly ValueInfo[],
  now: readonly ValueInfo[],
  hidden: readonly ValueInfo[],
): Map<number, Item[]> {
  const recordOf = new Map([...old].map(([record, info]) => [info.name, record]));
  const before = new Map(base.map((info) => [info.name, info]));
  const items = now.map((info): Item => {
    const record = recordOf.get(info.name);
    if (record === undefined)
      return { piece: new Message().bytes(number, valueInfoMessage(info)).rope, record };
    const field = file.records[record]!;
    const was = before.get(info.name) ?? old.get(record)!;
    const same = info.container !== undefined || sameType(was, info);
    const piece = same
      ? copyOf(file.source, field)
      : patchValueInfo(file.source, field, old.get(record)!, info);
    return { piece, record };
  });
  const slots = arrange(items, [...old.keys()], lastKey(old));
  for (const info of hidden) {
    const record = recordOf.get(info.name)!;
    const piece = copyOf(file.source, file.records[record]!);
    slots.set(record, [{ piece, record }, ...(slots.get(record) ?? [])]);
  }
  return slots;
}

/**
 * Types of values between the nodes: dropped with the value, renamed with it, renewed where a fixed size is not true any
 * more. Types of values that the file itself does not have (quantizers leave such) stay.
 */
function valueInfos(file: OnnxFile, base: Graph, graph: Graph): Map<number, Item[]> {
  const alive = new Set([...graph.constants.keys(), ...graph.inputs.map((i) => i.name)]);
  for (const node of graph.nodes) for (const output of node.outputs) alive.add(output);
  const present = valuesOf(file);
  const renamed = new Map<string, string>();
  for (const { origin, outputs } of graph.nodes)
    file.nodes.get(origin ?? -1)?.node.outputs.forEach((old, i) => {
      const now = outputs[i];
      if (now && now !== old && !alive.has(old)) renamed.set(old, now);
    });
  const slots = new Map<number, Item[]>();
  for (const [record, info] of file.valueInfos) {
    const field = file.records[record]!;
    const newName = renamed.get(info.name);
    if (newName !== undefined)
      slots.set(record, [{ piece: withText(file.source, field, VALUE_INFO.name, newName), record }]);
    if (!alive.has(info.name)) {
      if (!present.has(info.name)) slots.set(record, [{ piece: copyOf(file.source, field), record }]);
      continue;
    }
    const type = graph.constants.has(info.name) ? undefined : graph.types.get(info.name);
    const was = base.types.get(info.name);
    const stale =
      type && was && file.graph.types.has(info.name) && !sameType(was, type) && !compatible(info, type);
    const piece = stale ? patchValueInfo(file.source, field, info, type) : copyOf(file.source, field);
    slots.set(record, [{ piece, record }]);
  }
  return slots;
}

/** Names of all values of the file's graph. */
function valuesOf(file: OnnxFile): Set<string> {
  const names = new Set<string>();
  for (const { name } of [...file.tensors.values(), ...file.inputs.values()]) names.add(name);
  for (const { node } of file.nodes.values()) for (const output of node.outputs) names.add(output);
  return names;
}
