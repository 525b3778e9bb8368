/** GraphDefs written by hand, as TensorFlow's converter writes them. */

import type { TfjsArtifacts } from '../../../../adapters/tfjs/artifacts.ts';
import { sizeOf, type Tensor } from '../../../../core/graph/index.ts';
import type { StockFiles } from '../stock.ts';

type Attribute = Readonly<Record<string, unknown>>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const i = (value: number): Attribute => ({ i: String(value) });
export const f = (value: number): Attribute => ({ f: value });
export const b = (value: boolean): Attribute => ({ b: value });
export const s = (value: string): Attribute => ({ s: base64(value) });
export const t = (value: string): Attribute => ({ type: value });
export const is = (...values: readonly number[]): Attribute => ({ list: { i: values.map(String) } });
export const ss = (...values: readonly string[]): Attribute => ({ list: { s: values.map(base64) } });

const TYPES = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' } as const;
type Type = keyof typeof TYPES;

export class Draft {
  readonly nodes: Record<string, unknown>[] = [];
  readonly weights = new Map<string, Tensor>();
  outputs: string[] = [];

  input(name: string, sizes: readonly number[], dtype: Type = 'float32'): string {
    const shape = { dim: sizes.map((size) => ({ size: String(size) })) };
    this.nodes.push({ name, op: 'Placeholder', attr: { dtype: t(TYPES[dtype]), shape: { shape } } });
    return name;
  }

  constant(name: string, dims: readonly number[], data: ArrayLike<number>, dtype: Type = 'float32'): string {
    this.nodes.push({ name, op: 'Const', attr: { dtype: t(TYPES[dtype]) } });
    const make = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
    this.weights.set(name, { dtype, dims, data: make.from(data as number[]) });
    return name;
  }

  ints(name: string, data: readonly number[], dims: readonly number[] = [data.length]): string {
    return this.constant(name, dims, data, 'int32');
  }

  /** Seeded values in -1..1. */
  random(name: string, ...dims: readonly number[]): string {
    return this.constant(name, dims, noise(sizeOf(dims), name.length + dims.length));
  }

  node(
    op: string,
    name: string,
    inputs: readonly string[],
    attr: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.nodes.push({ name, op, input: inputs, attr: { T: t('DT_FLOAT'), ...attr } });
    return name;
  }

  get artifacts(): TfjsArtifacts {
    return {
      kind: 'graph-model',
      topology: { node: this.nodes },
      weights: this.weights,
      signature: this.#signature(),
      metadata: {},
      producer: undefined,
      files: [],
    };
  }

  get stock(): StockFiles {
    const specs = [...this.weights].map(([name, { dims, dtype }]) => ({
      name,
      shape: [...dims],
      dtype: dtype as Type,
    }));
    const buffers = [...this.weights.values()].map(({ data }) => {
      const { buffer, byteOffset, byteLength } = data as Float32Array;
      return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
    });
    const joined = Uint8Array.from(Buffer.concat(buffers));
    const json = {
      format: 'graph-model',
      modelTopology: { node: this.nodes, versions: { producer: '1' } },
      signature: this.#signature(),
    };
    return { json, specs, bytes: joined.buffer };
  }

  #signature() {
    const inputs = this.nodes.filter((node) => node.op === 'Placeholder').map((node) => node.name as string);
    const port = (name: string) => ({ name: name.includes(':') ? name : `${name}:0` });
    return {
      inputs: Object.fromEntries(inputs.map((name) => [name, port(name)])),
      outputs: Object.fromEntries(this.outputs.map((name) => [name, port(name)])),
    };
  }
}

/** Seeded values in -1..1: the fractions of the multiples of an irrational number. */
export function noise(count: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: count },
    (_, n) => (((n + 1) * 0.7548776662 + seed * 0.569840291) % 1) * 2 - 1,
  );
}
