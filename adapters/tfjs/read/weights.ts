/**
 * Weights out of their shards. A group's shards are one run of bytes, little-endian; weights follow each other in it
 * without gaps and may cross from one shard into the next.
 *
 * Quantized weights (uint8, uint16) stand for value = q * scale + min, rounded to the nearest integer where the weight is int32;
 * float16 ones for themselves. A string is its length in bytes (uint32), then its UTF-8 text.
 * https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/io_utils.ts (whose own reader needs a backend)
 */
import { MarnetError } from '../../../core/errors.ts';
import { float16ToNumber, sizeOf, type Tensor } from '../../../core/graph/index.ts';
import type { WeightEntry, WeightGroup } from './model-json.ts';

/** A shard's bytes and what messages call it. */
export interface Shard {
  readonly label: string;
  readonly bytes: Uint8Array;
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/**
 * Bytes that the group's shards must have together; undefined where it holds strings, whose lengths stand among them.
 * @throws MarnetError 'unsupported-model' for a type that is not known.
 */
export function bytesOf(group: WeightGroup): number | undefined {
  if (group.weights.some((weight) => weight.dtype === 'string')) return undefined;
  return group.weights.reduce((sum, weight) => sum + sizeOf(weight.shape) * elementBytes(weight), 0);
}

/**
 * The group's weights by name.
 * @throws MarnetError 'external-data' when the shards hold fewer or more bytes, 'unsupported-model' for a type.
 */
export function decodeGroup(group: WeightGroup, shards: readonly Shard[]): [string, Tensor][] {
  const run = new Run(shards);
  const expected = bytesOf(group);
  if (expected !== undefined && expected !== run.size) throw wrongSize(expected, run.size, shards);
  return group.weights.map((weight) => [
    weight.name,
    { dtype: dtypeOf(weight), dims: weight.shape, data: elementsOf(weight, run) },
  ]);
}

function elementBytes(weight: WeightEntry): number {
  const dtype = weight.quantization?.dtype ?? weight.dtype;
  const bytes = ELEMENT_BYTES[dtype];
  if (bytes !== undefined) return bytes;
  throw new MarnetError(
    'unsupported-model',
    `weight "${weight.name}" is of type ${dtype}; this project reads ${Object.keys(ELEMENT_BYTES).join(', ')} and string`,
    { hint: 'Convert the model with weights of one of these types.' },
  );
}

function dtypeOf(weight: WeightEntry): Tensor['dtype'] {
  switch (weight.dtype) {
    case 'bool':
    case 'string':
    case 'int32':
      return weight.dtype;
    case 'uint8':
    case 'uint16':
      return weight.quantization ? 'float32' : 'int32';
    default:
      return 'float32';
  }
}

function elementsOf(weight: WeightEntry, run: Run): Tensor['data'] {
  const size = sizeOf(weight.shape);
  if (weight.dtype === 'string') return Array.from({ length: size }, () => run.string(weight.name));
  const raw = run.take(size * elementBytes(weight), weight.name);
  const { quantization } = weight;
  const stored = quantization?.dtype ?? weight.dtype;
  const toInt = dtypeOf(weight) === 'int32';
  switch (stored) {
    case 'float32':
      return new Float32Array(raw.buffer);
    case 'int32':
      return new Int32Array(raw.buffer);
    case 'bool':
      return raw;
    case 'float16': {
      const numbers = float16Table();
      return mapped(new Float32Array(size), new Uint16Array(raw.buffer), (bits) => numbers[bits]!);
    }
    default: {
      const integers = stored === 'uint16' ? new Uint16Array(raw.buffer) : raw;
      const { scale = 1, min = 0 } = quantization ?? {};
      if (toInt) return mapped(new Int32Array(size), integers, (q) => Math.round(q * scale + min));
      return mapped(new Float32Array(size), integers, (q) => q * scale + min);
    }
  }
}

/** As `Float32Array.from`, which takes fifteen times as long. */
function mapped<T extends Float32Array | Int32Array>(
  target: T,
  source: Uint8Array | Uint16Array,
  value: (stored: number) => number,
): T {
  for (let i = 0; i < source.length; i++) target[i] = value(source[i]!);
  return target;
}

let table: Float32Array | undefined;

/** Every binary16 number by its bits: models have millions of them. */
function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => float16ToNumber(bits));
  return table;
}

/** The bytes of several shards as one run that is read from front to back. */
class Run {
  readonly size: number;
  readonly #shards: readonly Shard[];
  #shard = 0;
  #offset = 0;

  constructor(shards: readonly Shard[]) {
    this.#shards = shards;
    this.size = shards.reduce((sum, shard) => sum + shard.bytes.length, 0);
  }

  /** A copy, so that it is aligned for any type. */
  take(length: number, name: string): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const shard = this.#shards[this.#shard];
      if (!shard) throw endsIn(name, this.#shards);
      const part = shard.bytes.subarray(this.#offset, this.#offset + length - done);
      bytes.set(part, done);
      done += part.length;
      this.#offset += part.length;
      if (this.#offset === shard.bytes.length) {
        this.#shard++;
        this.#offset = 0;
      }
    }
    return bytes;
  }

  string(name: string): string {
    const length = new DataView(this.take(4, name).buffer).getUint32(0, true);
    if (length > this.size) throw endsIn(name, this.#shards);
    return new TextDecoder().decode(this.take(length, name));
  }
}

const named = (shards: readonly Shard[]): string =>
  shards.map((shard) => shard.label).join(', ') || 'no files';

function wrongSize(expected: number, actual: number, shards: readonly Shard[]): MarnetError {
  const sizes = shards.map((shard) => `${shard.label} (${shard.bytes.length} bytes)`).join(', ');
  return new MarnetError(
    'external-data',
    `the manifest describes ${expected} bytes of weights, but ${sizes || 'no files'} hold${shards.length === 1 ? 's' : ''} ${actual}`,
    {
      hint:
        actual < expected
          ? 'The download or copy was cut off: fetch these files again.'
          : 'model.json and the weight files are not of the same model: fetch them again together.',
    },
  );
}

function endsIn(name: string, shards: readonly Shard[]): MarnetError {
  return new MarnetError('external-data', `the weights end within "${name}" (${named(shards)})`, {
    hint: 'The download or copy was cut off: fetch these files again.',
  });
}
