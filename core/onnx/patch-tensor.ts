import { type Constant, DTYPE_NUMBER } from '../graph/index.ts';
import { Message } from './message.ts';
import { copyOf, Rewrite, withContent } from './rewrite.ts';
import type { Piece } from './rope.ts';
import { TENSOR } from './schema.ts';
import type { ByteSource } from './source.ts';
import type { TensorRecord } from './tensor-record.ts';
import { type Field, readFields } from './wire.ts';
import { type ExternalPlace, entryMessage, rawPiece } from './write-records.ts';

const ELEMENT_FIELDS: ReadonlySet<number> = new Set([
  TENSOR.floatData,
  TENSOR.int32Data,
  TENSOR.stringData,
  TENSOR.int64Data,
  TENSOR.rawData,
  TENSOR.doubleData,
  TENSOR.uint64Data,
  TENSOR.externalData,
  TENSOR.dataLocation,
]);

export interface TensorPatch {
  readonly name: string;
  /** Set when its elements or its type are not the record's any more. */
  readonly changed?: Constant | undefined;
  /** Where its elements go, when neither they nor their place stay as they were. */
  readonly place?: 'inline' | ExternalPlace | undefined;
}

/** An initializer's record (a TensorProto) with what differs written anew and its other fields kept. */
export function patchTensor(
  source: ByteSource,
  field: Field,
  record: TensorRecord,
  patch: TensorPatch,
): Piece {
  const moves = patch.changed !== undefined || patch.place !== undefined;
  if (!moves && patch.name === record.name) return copyOf(source, field);
  const fields = readFields(source, field.body, field.end, 'tensor');
  const rewrite = new Rewrite();
  const last = fields.length - 1;
  const nameIndex = fields.findLastIndex((f) => f.number === TENSOR.name);
  if (patch.name !== record.name) {
    const nameField = new Message().string(TENSOR.name, patch.name).rope;
    if (nameIndex < 0) rewrite.add(last, nameField);
    else rewrite.replace(nameIndex, nameField);
  }
  if (moves) {
    const tensor = patch.changed ?? { dtype: record.dtype!, dims: record.dims, read: record.read };
    const sameType = tensor.dtype === record.dtype && `${tensor.dims}` === `${record.dims}`;
    fields.forEach((part, index) => {
      const isType = part.number === TENSOR.dims || part.number === TENSOR.dataType;
      if (ELEMENT_FIELDS.has(part.number) || (isType && !sameType)) rewrite.replace(index);
    });
    if (!sameType) {
      const type = new Message();
      if (tensor.dims.length > 0) type.packedIntegers(TENSOR.dims, tensor.dims);
      rewrite.add(-1, type.integer(TENSOR.dataType, DTYPE_NUMBER[tensor.dtype]).rope);
    }
    const elements = elementFields(tensor, patch.place).rope;
    const rawIndex = fields.findLastIndex((f) => f.number === TENSOR.rawData);
    // Where the elements were before, so that those that went elsewhere and come back are in their place.
    const at = rawIndex < 0 ? fields.findLastIndex((f) => ELEMENT_FIELDS.has(f.number)) : rawIndex;
    if (at < 0) rewrite.add(last, elements);
    else rewrite.replace(at, elements);
  }
  return withContent(source, field, rewrite.apply(source, fields));
}

const utf8 = new TextEncoder();

function elementFields(
  tensor: Pick<Constant, 'dtype' | 'dims' | 'read'>,
  place: TensorPatch['place'],
): Message {
  const message = new Message();
  if (tensor.dtype === 'string')
    for (const s of tensor.read().data) message.bytes(TENSOR.stringData, utf8.encode(String(s)));
  else if (typeof place === 'object') {
    for (const key of ['location', 'offset', 'length'] as const)
      message.bytes(TENSOR.externalData, entryMessage(key, String(place[key])));
    message.integer(TENSOR.dataLocation, 1);
  } else message.bytes(TENSOR.rawData, rawPiece(tensor));
  return message;
}
