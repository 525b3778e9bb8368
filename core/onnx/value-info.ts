import { type Dim, dtypeFromNumber, type ValueInfo } from '../graph/index.ts';
import { DIM, SHAPE, TENSOR_TYPE, TYPE, VALUE_INFO } from './schema.ts';
import type { ByteSource } from './source.ts';
import { type Field, integer, readFields, text } from './wire.ts';

const CONTAINERS = new Map<number, NonNullable<ValueInfo['container']>>([
  [TYPE.sequence, 'sequence'],
  [TYPE.map, 'map'],
  [TYPE.sparseTensor, 'sparse'],
  [TYPE.optional, 'optional'],
]);

/** A ValueInfoProto. Where the file gives no element type, `typed` is false and the dtype means nothing. */
export function readValueInfo(source: ByteSource, field: Field): { info: ValueInfo; typed: boolean } {
  let name = '';
  let type: Field | undefined;
  for (const part of readFields(source, field.body, field.end, 'value info')) {
    if (part.number === VALUE_INFO.name) name = text(source, part);
    else if (part.number === VALUE_INFO.type) type = part;
  }
  const unknown = { name, dtype: 'float32', shape: undefined } as const;
  if (!type) return { info: unknown, typed: false };
  for (const part of readFields(source, type.body, type.end, 'type')) {
    const container = CONTAINERS.get(part.number);
    if (container) return { info: { ...unknown, container }, typed: false };
    if (part.number !== TYPE.tensor) continue;
    let elemType = 0;
    let shape: Dim[] | undefined;
    for (const inner of readFields(source, part.body, part.end, 'tensor type')) {
      if (inner.number === TENSOR_TYPE.elemType) elemType = integer(source, inner);
      else if (inner.number === TENSOR_TYPE.shape)
        shape = readFields(source, inner.body, inner.end, 'shape')
          .filter((f) => f.number === SHAPE.dim)
          .map((f) => readDim(source, f));
    }
    const dtype = dtypeFromNumber(elemType);
    return { info: { name, dtype: dtype ?? 'float32', shape }, typed: dtype !== undefined };
  }
  return { info: unknown, typed: false };
}

export function readDim(source: ByteSource, field: Field): Dim {
  let dim: Dim = '?';
  for (const part of readFields(source, field.body, field.end, 'dimension')) {
    if (part.number === DIM.param) dim = text(source, part) || '?';
    // Some exporters write -1 for "not known".
    else if (part.number === DIM.value) {
      const size = integer(source, part);
      dim = size < 0 ? '?' : size;
    }
  }
  return dim;
}
