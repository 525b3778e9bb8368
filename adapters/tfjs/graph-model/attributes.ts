/**
 * Attributes of a GraphDef node as model.json has them: protobuf's AttrValue in its JSON form, where 64-bit integers are
 * strings, bytes are base64 (or, from some tools, a list of numbers), and whatever equals its default may be absent.
 */
import type { DType } from '../../../core/graph/index.ts';

export type RawAttribute = Readonly<Record<string, unknown>>;

/** Reads attributes by name; each method gives `fallback`, TensorFlow's default, where the attribute is absent. */
export class NodeAttributes {
  readonly #raw: Readonly<Record<string, RawAttribute>>;

  constructor(raw: unknown) {
    this.#raw = (raw ?? {}) as Readonly<Record<string, RawAttribute>>;
  }

  /** Whether the node has it. */
  has(name: string): boolean {
    return this.#raw[name] !== undefined;
  }

  /** An integer. */
  int<T extends number | undefined>(name: string, fallback: T): number | T {
    const value = this.#raw[name]?.i;
    return value === undefined ? fallback : Number(value);
  }

  /** A float. */
  float<T extends number | undefined>(name: string, fallback: T): number | T {
    const value = this.#raw[name]?.f;
    return value === undefined ? fallback : Number(value);
  }

  /** A truth value. */
  bool(name: string, fallback = false): boolean {
    const value = this.#raw[name]?.b;
    return value === undefined ? fallback : value === true || value === 'true';
  }

  /** A text. */
  string<T extends string | undefined>(name: string, fallback: T): string | T {
    const value = this.#raw[name]?.s;
    return value === undefined ? fallback : textOf(value);
  }

  /** A list of integers; empty where it is absent. */
  ints(name: string): number[] {
    return list(this.#raw[name], 'i').map(Number);
  }

  /** A list of texts; empty where it is absent. */
  strings(name: string): string[] {
    return list(this.#raw[name], 's').map(textOf);
  }

  /** A type by its name, 'DT_FLOAT', or its number in TensorFlow's list. */
  dtype(name: string): DType | undefined {
    const value = this.#raw[name]?.type;
    return value === undefined ? undefined : dtypeOf(value as string | number);
  }

  /** Sizes of a shape, -1 for one that is not known; undefined where absent or of unknown rank. */
  shape(name: string): number[] | undefined {
    return sizesOf(this.#raw[name]?.shape);
  }
}

interface TensorShape {
  readonly dim?: readonly { readonly size?: string | number }[];
  readonly unknownRank?: boolean;
}

export function sizesOf(shape: unknown): number[] | undefined {
  const { dim, unknownRank } = (shape ?? {}) as TensorShape;
  if (shape === undefined || unknownRank) return undefined;
  return (dim ?? []).map((each) => Number(each.size ?? 0));
}

const list = (attribute: RawAttribute | undefined, field: string): readonly unknown[] => {
  const values = (attribute?.list as Readonly<Record<string, unknown>> | undefined)?.[field];
  return Array.isArray(values) ? values : [];
};

const textOf = (value: unknown): string =>
  Array.isArray(value)
    ? String.fromCharCode(...(value as number[]))
    : Buffer.from(String(value), 'base64').toString('utf8');

/** Numbers of types.proto. TensorFlow.js has float32, int32, bool and string only, and widens or narrows the rest. */
const TYPES: readonly (readonly [string, number, DType])[] = [
  ['DT_FLOAT', 1, 'float32'],
  ['DT_DOUBLE', 2, 'float32'],
  ['DT_INT32', 3, 'int32'],
  ['DT_UINT8', 4, 'int32'],
  ['DT_INT16', 5, 'int32'],
  ['DT_INT8', 6, 'int32'],
  ['DT_STRING', 7, 'string'],
  ['DT_INT64', 9, 'int32'],
  ['DT_BOOL', 10, 'bool'],
  ['DT_UINT16', 17, 'int32'],
  ['DT_HALF', 19, 'float32'],
  ['DT_BFLOAT16', 14, 'float32'],
];

export function dtypeOf(type: string | number): DType | undefined {
  return TYPES.find(([name, number]) => name === type || number === type)?.[2];
}
