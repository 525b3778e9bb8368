import { MarnetError } from '../errors.ts';
import { type DType, dtypeFromNumber, sizeOf, type Tensor, type TensorData } from '../graph/index.ts';
import { fromRaw, rawSize } from './elements.ts';
import type { ExternalFiles, ExternalRange } from './external.ts';
import { ENTRY, TENSOR } from './schema.ts';
import type { ByteSource } from './source.ts';
import { typedElements } from './typed-fields.ts';
import { type Field, integer, integers, readFields, text } from './wire.ts';

/** A TensorProto by its place in the file: its elements stay there until `read`. */
export interface TensorRecord {
  readonly name: string;
  /** Undefined for a data type that this version does not know. */
  readonly dtype: DType | undefined;
  readonly dims: readonly number[];
  /** Where the elements are, when they are not in this file. */
  readonly external: ExternalRange | undefined;
  /** @throws MarnetError 'not-a-model' or 'external-data' when the elements are not all there. */
  read(): Tensor;
}

/** @param owner what messages call a tensor without a name: those of attributes seldom have one. */
export function readTensorRecord(
  source: ByteSource,
  start: number,
  end: number,
  files: ExternalFiles,
  owner = '',
): TensorRecord {
  const fields = readFields(source, start, end, 'tensor');
  const dims: number[] = [];
  let name = '';
  let type = 0;
  let isExternal = false;
  const location = new Map<string, string>();
  for (const field of fields) {
    if (field.number === TENSOR.dims) dims.push(...integers(source, field));
    else if (field.number === TENSOR.name) name = text(source, field);
    else if (field.number === TENSOR.dataType) type = integer(source, field);
    else if (field.number === TENSOR.dataLocation) isExternal = integer(source, field) === 1;
    else if (field.number === TENSOR.externalData) {
      const entry = readEntry(source, field);
      location.set(entry.key, entry.value);
    }
  }
  const dtype = dtypeFromNumber(type);
  const called = name || owner;
  const external = isExternal ? files.range(called, location) : undefined;
  return {
    name,
    dtype,
    dims,
    external,
    read() {
      if (!dtype)
        throw new MarnetError(
          'unsupported-model',
          `${source.label}: tensor "${called}" has data type ${type}`,
          {
            hint: 'Export the model with an element type of ONNX 1.17 or older.',
          },
        );
      const count = sizeOf(dims);
      const data = external
        ? fromRaw(dtype, files.read(called, external, rawSize(dtype, count)), count)
        : elements(source, fields, dtype, count);
      const expected = dtype === 'complex64' || dtype === 'complex128' ? count * 2 : count;
      if (data.length !== expected)
        throw new MarnetError(
          'not-a-model',
          `${source.label}: tensor "${called}" of shape [${dims}] holds ${data.length} elements instead of ${expected}`,
          { hint: 'The file is damaged: copy or download it again.' },
        );
      return { dtype, dims, data };
    },
  };
}

function elements(source: ByteSource, fields: readonly Field[], dtype: DType, count: number): TensorData {
  const raw = fields.findLast((f) => f.number === TENSOR.rawData);
  if (!raw || dtype === 'string') return typedElements(source, fields, dtype, count);
  const size = rawSize(dtype, count);
  return raw.end - raw.body < size ? [] : fromRaw(dtype, source.bytes(raw.body, size), count);
}

export function readEntry(source: ByteSource, field: Field): { key: string; value: string } {
  let key = '';
  let value = '';
  for (const part of readFields(source, field.body, field.end, 'key and value')) {
    if (part.number === ENTRY.key) key = text(source, part);
    else if (part.number === ENTRY.value) value = text(source, part);
  }
  return { key, value };
}

/** A SparseTensorProto as the dense tensor it stands for. */
export function readSparseRecord(source: ByteSource, field: Field, files: ExternalFiles): TensorRecord {
  const dims: number[] = [];
  let values: TensorRecord | undefined;
  let indices: TensorRecord | undefined;
  for (const part of readFields(source, field.body, field.end, 'sparse tensor')) {
    if (part.number === 1) values = readTensorRecord(source, part.body, part.end, files);
    else if (part.number === 2) indices = readTensorRecord(source, part.body, part.end, files);
    else if (part.number === 3) dims.push(...integers(source, part));
  }
  const { name = '', dtype } = values ?? {};
  return {
    name,
    dtype,
    dims,
    external: undefined,
    read: () => densify(name, dims, values?.read(), indices?.read()),
  };
}

function densify(name: string, dims: readonly number[], values?: Tensor, indices?: Tensor): Tensor {
  const at = indices?.data;
  if (!values || !(at instanceof BigInt64Array) || Array.isArray(values.data))
    throw new MarnetError('not-a-model', `sparse tensor "${name}" lacks its values or indices`);
  const dtype = values.dtype;
  const count = sizeOf(dims);
  const data = fromRaw(dtype, new Uint8Array(rawSize(dtype, count)), count) as Float32Array;
  const rank = indices!.dims[1] ?? 0;
  for (let i = 0; i < values.data.length; i++) {
    // Either the position in the flattened tensor, or one index an axis.
    let position = rank === 0 ? Number(at[i]) : 0;
    for (let axis = 0; axis < rank; axis++) position = position * dims[axis]! + Number(at[i * rank + axis]);
    data[position] = values.data[i] as number;
  }
  return { dtype, dims, data };
}
