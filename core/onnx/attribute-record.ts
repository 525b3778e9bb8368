/** AttributeProto: what it holds, decoded by its type. */
import type { Attribute, DType, Tensor } from '../graph/index.ts';
import { capturesOf } from './captures.ts';
import type { ExternalFiles } from './external.ts';
import { attributeInside, bodyInside } from './inside.ts';
import type { Rope } from './rope.ts';
import { ATTRIBUTE, ATTRIBUTE_TYPE } from './schema.ts';
import { type ByteSource, memorySource } from './source.ts';
import { readTensorRecord } from './tensor-record.ts';
import { type Field, integer, integers, payload, readFields, text } from './wire.ts';

export interface AttributeRecord {
  readonly name: string;
  readonly attribute: Attribute;
  /** The record's content with all its tensors in it, where it keeps some in other files. */
  readonly inside: Rope | undefined;
}

/**
 * Tensors that are kept in other files are read when they are first asked for; bytes of bodies have theirs inside.
 * @param owner what messages call a tensor without a name.
 */
export function readAttribute(
  source: ByteSource,
  field: Field,
  files: ExternalFiles,
  owner: string,
): AttributeRecord {
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

  const holds = parts.some((part) => HOLDING.has(part.number));
  const inside = holds ? attributeInside(source, field, files, owner) : undefined;
  const is = (attribute: Attribute): AttributeRecord => ({ name, attribute, inside });
  const tensor = last(ATTRIBUTE.tensor);
  if (type === ATTRIBUTE_TYPE.tensor && tensor) {
    const record = readTensorRecord(source, tensor.body, tensor.end, files, owner);
    if (record.dtype) return is({ kind: 'tensor', value: lazyTensor(record.dtype, record) });
  }
  const graph = last(ATTRIBUTE.graph);
  if (type === ATTRIBUTE_TYPE.graph && graph) {
    const bytes = payload(source, graph);
    const attribute: Attribute = { kind: 'graph', bytes, captures: capturesOf(bytes) };
    return is(withBytesOf(attribute, inside && bodyInside(source, graph, files)));
  }
  return is(plainAttribute(source, parts, type) ?? withBytesOf(opaque(payload(source, field)), inside));
}

/** Fields that have tensors in them: most attributes have none. */
const HOLDING: ReadonlySet<number> = new Set([
  ATTRIBUTE.tensor,
  ATTRIBUTE.tensors,
  ATTRIBUTE.graph,
  ATTRIBUTE.graphs,
]);

/** The attribute with other bytes, which are made when they are asked for. */
function withBytesOf(attribute: Attribute, inside: Rope | undefined): Attribute {
  if (!inside || !('bytes' in attribute)) return attribute;
  const { kind, captures } = attribute;
  return {
    kind,
    captures,
    get bytes() {
      return inside.toBytes();
    },
  };
}

const TYPE_OF_FIELD = new Map<number, number>(
  Object.entries(ATTRIBUTE_TYPE).map(([kind, type]) => [
    ATTRIBUTE[kind as keyof typeof ATTRIBUTE_TYPE],
    type,
  ]),
);

function plainAttribute(source: ByteSource, parts: readonly Field[], type: number): Attribute | undefined {
  const of = (number: number): Field[] => parts.filter((part) => part.number === number);
  // Of a scalar that is given twice, the last one counts.
  const last = (number: number): Field | undefined => parts.findLast((part) => part.number === number);
  switch (type) {
    case ATTRIBUTE_TYPE.float: {
      const field = last(ATTRIBUTE.float);
      return { kind: 'float', value: field ? floatsIn(source, [field])[0]! : 0 };
    }
    case ATTRIBUTE_TYPE.int: {
      const field = last(ATTRIBUTE.int);
      return { kind: 'int', value: field ? integer(source, field) : 0 };
    }
    case ATTRIBUTE_TYPE.string: {
      const field = last(ATTRIBUTE.string);
      return { kind: 'string', value: field ? text(source, field) : '' };
    }
    case ATTRIBUTE_TYPE.floats:
      return { kind: 'floats', value: floatsIn(source, of(ATTRIBUTE.floats)) };
    case ATTRIBUTE_TYPE.ints:
      return { kind: 'ints', value: of(ATTRIBUTE.ints).flatMap((field) => integers(source, field)) };
    case ATTRIBUTE_TYPE.strings:
      return { kind: 'strings', value: of(ATTRIBUTE.strings).map((field) => text(source, field)) };
    default:
      return undefined;
  }
}

/** Packed, unpacked, or a mix. */
function floatsIn(source: ByteSource, fields: readonly Field[]): number[] {
  return fields.flatMap((field) => {
    const bytes = payload(source, field);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => view.getFloat32(4 * i, true));
  });
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
