import onnxProto from 'onnx-proto';
import type { Attribute, Constant, DType, Node, Tensor } from '../graph/index.ts';
import { capturesOf } from './captures.ts';
import type { ExternalFiles } from './external.ts';
import { ATTRIBUTE, ATTRIBUTE_TYPE, NODE } from './schema.ts';
import { type ByteSource, memorySource } from './source.ts';
import { readTensorRecord } from './tensor-record.ts';
import { type Field, integer, payload, readFields, text } from './wire.ts';

/** ONNX's two spellings of the standard domain are one here. */
export const domainOf = (name: string): string => (name === 'ai.onnx' ? '' : name);

export interface NodeRecord {
  readonly node: Node;
  /** The fields of the NodeProto. */
  readonly fields: readonly Field[];
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
    else if (part.number === NODE.attribute) {
      const { name, attribute } = readAttribute(source, part, files);
      node.attributes[name] = attribute;
    }
  }
  return { node, fields };
}

export function readAttribute(
  source: ByteSource,
  field: Field,
  files: ExternalFiles,
): { name: string; attribute: Attribute } {
  const parts = readFields(source, field.body, field.end, 'attribute');
  let type = 0;
  let name = '';
  for (const part of parts) {
    if (part.number === ATTRIBUTE.type) type = integer(source, part);
    else if (part.number === ATTRIBUTE.name) name = text(source, part);
  }
  // Before IR version 2 the type was left to be told from the field that is set.
  type ||= parts.map((p) => TYPE_OF_FIELD.get(p.number) ?? 0).find((t) => t > 0) ?? 0;
  const last = (number: number): Field | undefined => parts.findLast((p) => p.number === number);

  const tensor = last(ATTRIBUTE.tensor);
  if (type === ATTRIBUTE_TYPE.tensor && tensor) {
    const record = readTensorRecord(source, tensor.body, tensor.end, files);
    if (record.dtype) return { name, attribute: { kind: 'tensor', value: lazyTensor(record.dtype, record) } };
  }
  const graph = last(ATTRIBUTE.graph);
  if (type === ATTRIBUTE_TYPE.graph && graph) {
    const bytes = payload(source, graph);
    return { name, attribute: { kind: 'graph', bytes, captures: capturesOf(bytes) } };
  }
  const bytes = payload(source, field);
  return { name, attribute: plainAttribute(bytes, type) ?? opaque(bytes) };
}

const TYPE_OF_FIELD = new Map<number, number>([
  [2, ATTRIBUTE_TYPE.float],
  [3, ATTRIBUTE_TYPE.int],
  [4, ATTRIBUTE_TYPE.string],
  [5, ATTRIBUTE_TYPE.tensor],
  [6, ATTRIBUTE_TYPE.graph],
  [7, ATTRIBUTE_TYPE.floats],
  [8, ATTRIBUTE_TYPE.ints],
  [9, ATTRIBUTE_TYPE.strings],
  [10, ATTRIBUTE_TYPE.tensors],
  [11, ATTRIBUTE_TYPE.graphs],
]);

const utf8 = new TextDecoder();

function plainAttribute(bytes: Uint8Array, type: number): Attribute | undefined {
  if (type === 0 || type === ATTRIBUTE_TYPE.tensor || type === ATTRIBUTE_TYPE.graph || type > 8)
    return undefined;
  const proto = onnxProto.onnx.AttributeProto.decode(bytes);
  switch (type) {
    case ATTRIBUTE_TYPE.float:
      return { kind: 'float', value: proto.f };
    case ATTRIBUTE_TYPE.int:
      return { kind: 'int', value: Number(proto.i) };
    case ATTRIBUTE_TYPE.string:
      return { kind: 'string', value: utf8.decode(proto.s) };
    case ATTRIBUTE_TYPE.floats:
      return { kind: 'floats', value: proto.floats };
    case ATTRIBUTE_TYPE.ints:
      return { kind: 'ints', value: proto.ints.map(Number) };
    default:
      return { kind: 'strings', value: proto.strings.map((s) => utf8.decode(s)) };
  }
}

function opaque(bytes: Uint8Array): Attribute {
  const source = memorySource(bytes, 'an attribute');
  const captures = new Set<string>();
  for (const part of readFields(source, 0, bytes.length, 'attribute'))
    if (part.number === ATTRIBUTE.graphs || part.number === ATTRIBUTE.graph)
      for (const name of capturesOf(payload(source, part))) captures.add(name);
  return { kind: 'opaque', bytes, captures: [...captures] };
}

/** A tensor whose elements are read when they are first asked for: PaddlePaddle keeps all weights in attributes. */
function lazyTensor(dtype: DType, record: { dims: readonly number[]; read(): Tensor }): Tensor {
  return {
    dtype,
    dims: record.dims,
    get data() {
      return record.read().data;
    },
  };
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
