/**
 * The safetensors format: 8 bytes length of the header (little-endian), a JSON header {name: {dtype, shape,
 * data_offsets}, "__metadata__": {string: string}}, then the tensors' bytes one after the other.
 * https://github.com/huggingface/safetensors#format
 */
import type { Tensor } from '../graph/index.ts';

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Parts of a file, in order; float32 tensors only. */
export function safetensorsParts(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  const header: Record<string, Entry | Readonly<Record<string, string>>> = { __metadata__: metadata };
  const bodies: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { dims, data }] of tensors) {
    const floats = data as Float32Array;
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [offset, offset + floats.byteLength] };
    bodies.push(new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength));
    offset += floats.byteLength;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8); // so that the tensors begin aligned
  const text = Buffer.from(json);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return [length, text, ...bodies];
}

export interface Safetensors {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws RangeError when the bytes are no safetensors file of float32 tensors, or are cut short. */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength >= 8 ? Number(view.getBigUint64(0, true)) : Number.POSITIVE_INFINITY;
  if (8 + length > bytes.byteLength) throw new RangeError('the header is cut short');
  const header = headerOf(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  const { __metadata__: metadata, ...entries } = header;
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(entries as Record<string, Entry>)) {
    const [begin, end] = entry.data_offsets;
    if (entry.dtype !== 'F32') throw new RangeError(`tensor "${name}" is ${entry.dtype}, not F32`);
    if (8 + length + end > bytes.byteLength) throw new RangeError(`tensor "${name}" is cut short`);
    // A copy, because a file's buffer need not be aligned for floats.
    const copy = new Uint8Array(bytes.subarray(8 + length + begin, 8 + length + end));
    const data = new Float32Array(copy.buffer);
    tensors.set(name, { dtype: 'float32', dims: entry.shape, data });
  }
  return { tensors, metadata: (metadata ?? {}) as Record<string, string> };
}

function headerOf(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    throw new RangeError('the header is not JSON');
  }
}
