import type { Dim, ValueInfo, ValueType } from '../graph/index.ts';
import { Message } from './message.ts';
import { copyOf, Rewrite, withContent } from './rewrite.ts';
import type { Piece, Rope } from './rope.ts';
import { SHAPE, TENSOR_TYPE, TYPE, VALUE_INFO } from './schema.ts';
import type { ByteSource } from './source.ts';
import { type Field, readFields } from './wire.ts';
import { dimMessage, typeMessage } from './write-records.ts';

/** A ValueInfoProto with another type: only the dimensions that differ, where rank and dtype stay. */
export function patchValueInfo(source: ByteSource, field: Field, old: ValueInfo, type: ValueType): Piece {
  if (sameType(old, type)) return copyOf(source, field);
  const sizesOnly = old.dtype === type.dtype && old.shape?.length === type.shape?.length && old.shape;
  const path = [VALUE_INFO.type, TYPE.tensor, TENSOR_TYPE.shape];
  return sizesOnly
    ? patchDims(source, field, path, old.shape, type.shape!)
    : replaceType(source, field, type);
}

export function sameType(a: ValueType, b: ValueType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

function sameShape(a: ValueType['shape'], b: ValueType['shape']): boolean {
  if (!a || !b) return a === b;
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** Whether two types say the same: names of sizes do not count, fixed sizes do; an unknown shape is like any other. */
export function compatible(a: ValueType, b: ValueType): boolean {
  if (a.dtype !== b.dtype) return false;
  if (!a.shape || !b.shape) return true;
  const fits = (dim: Dim, i: number): boolean =>
    dim === b.shape![i] || (typeof dim === 'string' && typeof b.shape![i] === 'string');
  return a.shape.length === b.shape.length && a.shape.every(fits);
}

function replaceType(source: ByteSource, field: Field, type: ValueType): Piece {
  const fields = readFields(source, field.body, field.end, 'value info');
  const rewrite = new Rewrite();
  const typeField = new Message().bytes(VALUE_INFO.type, typeMessage(type)).rope;
  const at = fields.findLastIndex((f) => f.number === VALUE_INFO.type);
  if (at < 0) rewrite.add(fields.length - 1, typeField);
  else rewrite.replace(at, typeField);
  return withContent(source, field, rewrite.apply(source, fields));
}

function patchDims(
  source: ByteSource,
  field: Field,
  path: readonly number[],
  old: readonly Dim[],
  dims: readonly Dim[],
): Rope {
  const fields = readFields(source, field.body, field.end, 'type');
  const rewrite = new Rewrite();
  const [next, ...rest] = path;
  if (next === undefined) {
    let axis = 0;
    fields.forEach((part, index) => {
      if (part.number !== SHAPE.dim) return;
      const dim = dims[axis]!;
      if (dim !== old[axis]) rewrite.replace(index, new Message().bytes(SHAPE.dim, dimMessage(dim)).rope);
      axis++;
    });
  } else {
    const at = fields.findLastIndex((f) => f.number === next);
    rewrite.replace(at, patchDims(source, fields[at]!, rest, old, dims));
  }
  return withContent(source, field, rewrite.apply(source, fields));
}
