import { type Constant, sizeOf, type Tensor } from '../../../core/graph/index.ts';
import type { Piece } from '../../../core/onnx/rope.ts';
import { type Affine, affineOf, QUANTIZED_FROM, type Quantization, toFloat16, toUint8 } from './quantize.ts';

/** TensorFlow.js' converter writes shards of this size: browsers cache files up to it. */
export const SHARD_BYTES = 4 * 1024 * 1024;

/** An entry of a weights manifest. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: Quantization } & Partial<Affine>;
}

export interface EncodedWeights {
  readonly specs: readonly WeightSpec[];
  /** All weights, one after the other. */
  readonly bytes: Piece;
}

interface EncodedWeight {
  readonly spec: WeightSpec;
  readonly size: number;
  encode(): Uint8Array;
}

const ITEM_BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1 };

export function encodeWeights(
  weights: ReadonlyMap<string, Constant>,
  quantize: Quantization | undefined,
): EncodedWeights {
  const encoded = [...weights].map(([name, constant]) => encodeWeight(name, constant, quantize));
  return {
    specs: encoded.map(({ spec }) => spec),
    bytes: {
      size: encoded.reduce((sum, { size }) => sum + size, 0),
      write(sink) {
        for (const weight of encoded) sink(weight.encode());
      },
    },
  };
}

function encodeWeight(name: string, constant: Constant, quantize: Quantization | undefined): EncodedWeight {
  const { dtype, dims } = constant;
  const count = sizeOf(dims);
  const spec = { name, shape: dims, dtype };
  const floats = (): Float32Array => constant.read().data as Float32Array;
  if (quantize !== undefined && dtype === 'float32' && count >= QUANTIZED_FROM) {
    if (quantize === 'float16')
      return {
        spec: { ...spec, quantization: { dtype: 'float16' } },
        size: 2 * count,
        encode: () => bytesOf(toFloat16(floats())),
      };
    const affine = affineOf(floats());
    if (affine)
      return {
        spec: { ...spec, quantization: { dtype: 'uint8', ...affine } },
        size: count,
        encode: () => toUint8(floats(), affine),
      };
  }
  return { spec, size: count * ITEM_BYTES[dtype]!, encode: () => bytesOf(constant.read().data) };
}

function bytesOf(data: Tensor['data']): Uint8Array {
  const view = data as Float32Array;
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** The bytes cut into pieces of at most `SHARD_BYTES`; one, empty, where there are none. */
export function shardsOf(bytes: Piece): Uint8Array[] {
  const shards: Uint8Array[] = [];
  for (let at = 0; at < bytes.size || shards.length === 0; at += SHARD_BYTES)
    shards.push(new Uint8Array(Math.min(SHARD_BYTES, bytes.size - at)));
  let position = 0;
  bytes.write((chunk) => {
    for (let done = 0; done < chunk.length; ) {
      const shard = shards[Math.floor(position / SHARD_BYTES)]!;
      const place = position % SHARD_BYTES;
      const part = chunk.subarray(done, done + shard.length - place);
      shard.set(part, place);
      done += part.length;
      position += part.length;
    }
  });
  return shards;
}
