import type { Attribute, Constant, Node, Tensor } from '../graph/index.ts';
import { readAttribute } from './attribute-record.ts';
import type { ExternalFiles } from './external.ts';
import type { Piece } from './rope.ts';
import { NODE } from './schema.ts';
import type { ByteSource } from './source.ts';
import { type Field, readFields, text } from './wire.ts';

/** ONNX's two spellings of the standard domain are one here. */
export const domainOf = (name: string): string => (name === 'ai.onnx' ? '' : name);

export interface NodeRecord {
  readonly node: Node;
  /** The fields of the NodeProto. */
  readonly fields: readonly Field[];
  /** By name, the content of the attributes that keep tensors in other files, with these in it. */
  readonly inside: ReadonlyMap<string, Piece>;
}

/** @param origin the index of the record, kept on the node. */
export function readNode(source: ByteSource, field: Field, origin: number, files: ExternalFiles): NodeRecord {
  const fields = readFields(source, field.body, field.end, 'node');
  const node = {
    op: '',
    domain: '',
    name: '',
    inputs: [] as string[],
    outputs: [] as string[],
    attributes: {} as Record<string, Attribute>,
    origin,
  };
  for (const part of fields) {
    if (part.number === NODE.input) node.inputs.push(text(source, part));
    else if (part.number === NODE.output) node.outputs.push(text(source, part));
    else if (part.number === NODE.name) node.name = text(source, part);
    else if (part.number === NODE.opType) node.op = text(source, part);
    else if (part.number === NODE.domain) node.domain = domainOf(text(source, part));
  }
  const inside = new Map<string, Piece>();
  for (const part of fields) {
    if (part.number !== NODE.attribute) continue;
    const record = readAttribute(source, part, files, node.outputs[0] ?? node.name);
    node.attributes[record.name] = record.attribute;
    if (record.inside) inside.set(record.name, record.inside);
  }
  return { node, fields, inside };
}

/**
 * A Constant node as a constant of the graph, so that nobody after import need care which of the two forms a file
 * uses; undefined for other nodes, and for values that no constant can hold.
 */
export function constantOfNode(node: Node): Constant | undefined {
  if (node.op !== 'Constant' || node.domain !== '' || node.origin === undefined) return undefined;
  const tensor = tensorOf(node);
  if (!tensor) return undefined;
  const { dtype, dims } = tensor;
  return { dtype, dims, read: () => ({ dtype, dims, data: tensor.data }), origin: node.origin };
}

function tensorOf(node: Node): Tensor | undefined {
  const entries = Object.entries(node.attributes);
  if (entries.length !== 1) return undefined;
  const [name, a] = entries[0]!;
  if (name === 'value' && a.kind === 'tensor') return a.value;
  if (name === 'value_float' && a.kind === 'float')
    return { dtype: 'float32', dims: [], data: Float32Array.of(a.value) };
  if (name === 'value_floats' && a.kind === 'floats')
    return { dtype: 'float32', dims: [a.value.length], data: Float32Array.from(a.value) };
  if (name === 'value_int' && a.kind === 'int')
    return { dtype: 'int64', dims: [], data: BigInt64Array.of(toInt64(a.value)) };
  if (name === 'value_ints' && a.kind === 'ints')
    return { dtype: 'int64', dims: [a.value.length], data: BigInt64Array.from(a.value, toInt64) };
  if (name === 'value_string' && a.kind === 'string') return { dtype: 'string', dims: [], data: [a.value] };
  if (name === 'value_strings' && a.kind === 'strings')
    return { dtype: 'string', dims: [a.value.length], data: a.value };
  return undefined;
}

const INT64_MAX = 2n ** 63n - 1n;

/** 2^63 - 1, "to the end", is 2^63 once it is a number. */
export function toInt64(value: number): bigint {
  const big = BigInt(Math.trunc(value));
  return big > INT64_MAX ? INT64_MAX : big;
}
