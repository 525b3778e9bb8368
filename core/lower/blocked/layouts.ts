import type { Graph, GraphBuilder, Value } from '../../graph/index.ts';
import { int } from '../../graph/index.ts';
import { canPack, packedShape } from './packing.ts';
import { pack, unpack } from './weights.ts';

/**
 * The forms in which a value is at hand while a graph is rebuilt. A blocked value is an ordinary tensor of rank 5,
 * [N, C/b, H, W, b], so elementwise ops, reductions and slices on it mean what they say. A packed value is a
 * convolution's weights as packing.ts has them. A form that is missing is made from another when it is asked for, once.
 */
export class Layouts {
  readonly builder: GraphBuilder;
  /** Channels in a block. */
  readonly block: number;
  readonly #types: Graph;
  readonly #plain = new Map<string, Value | (() => Value)>();
  readonly #blocked = new Map<string, Value | (() => Value)>();
  readonly #channelsLast = new Map<string, Value>();
  readonly #packed = new Map<string, Value>();
  readonly #filled = new Map<string, Value>();
  readonly #filledWeights = new Map<string, Value>();
  readonly #made = new Set<string>();
  readonly #shared = new Map<string, Value>();

  /** @param types the graph that is rebuilt: it knows the types of all names. */
  constructor(types: Graph, builder: GraphBuilder, block: number) {
    this.#types = types;
    this.builder = builder;
    this.block = block;
  }

  /** A constant that several places need, made once. */
  shared(key: string, make: () => BigInt64Array): Value {
    let value = this.#shared.get(key);
    if (!value) {
      const data = make();
      value = this.builder.constant({ dtype: 'int64', dims: [data.length], data });
      this.#shared.set(key, value);
    }
    return value;
  }

  /** Fixed sizes of a value, plain, or undefined where they are not known. */
  shape(name: string): readonly number[] | undefined {
    const shape = this.#types.typeOf(name)?.shape;
    return shape?.every((d) => typeof d === 'number') ? (shape as readonly number[]) : undefined;
  }

  /** Whether the value is an image batch that has a blocked form. */
  canBlock(name: string): boolean {
    const shape = this.shape(name);
    return (
      shape?.length === 4 && shape[1]! % this.block === 0 && this.#types.typeOf(name)?.dtype === 'float32'
    );
  }

  /** Whether the blocked form is at hand, or costs no more than the plain one. */
  isBlocked(name: string): boolean {
    return this.#blocked.has(name);
  }

  /** Whether the value is weights that can be packed. */
  canPack(name: string): boolean {
    const shape = this.shape(name);
    return shape !== undefined && canPack(shape, this.block) && this.#types.typeOf(name)?.dtype === 'float32';
  }

  /** Whether the packed form is at hand. */
  isPacked(name: string): boolean {
    return this.#packed.has(name);
  }

  /** Whether the rebuilt graph makes the value in some form of its own. */
  isMade(name: string): boolean {
    return this.#made.has(name);
  }

  /** The name of the plain form; works for values of unknown type too, which are only ever plain. */
  plainName(name: string): string {
    return this.#made.has(name) ? this.plain(name).name : name;
  }

  setPlain(name: string, value: Value | (() => Value)): void {
    this.#plain.set(name, value);
    this.#made.add(name);
  }

  setBlocked(name: string, value: Value | (() => Value)): void {
    this.#blocked.set(name, value);
    this.#made.add(name);
  }

  setPacked(name: string, value: Value): void {
    this.#packed.set(name, value);
    this.#made.add(name);
  }

  /** The value in its own shape. */
  plain(name: string): Value {
    return this.#get(this.#plain, name, () => {
      const packed = this.#packed.get(name);
      if (packed) return unpack(this.builder, packed, this.shape(name)!, this.block);
      if (!this.#blocked.has(name)) return this.builder.value(name);
      const shape = this.shape(name)!;
      const blocked = this.blocked(name);
      if (shape[2] === 1 && shape[3] === 1) return this.builder.reshape(blocked, shape);
      // Only float32 has a reordering op.
      if (blocked.dtype !== 'float32')
        return this.builder.reshape(this.builder.transpose(blocked, [0, 1, 4, 2, 3]), shape);
      return this.#reorderOutput(blocked, shape, 0, shape);
    });
  }

  /** The value as [N, C/b, H, W, b]. */
  blocked(name: string): Value {
    return this.#get(this.#blocked, name, () => {
      const shape = this.shape(name)!;
      const target = this.blockedShape(shape);
      const plain = this.plain(name);
      if (shape[2] === 1 && shape[3] === 1) return this.builder.reshape(plain, target);
      return this.#reorderInput(plain, shape);
    });
  }

  /**
   * Whether the value has a blocked form, or so many channels that blocks pay which they do not fill: zeros follow then.
   * onnxruntime fills a block from any multiple of four.
   */
  canFill(name: string): boolean {
    if (this.canBlock(name)) return true;
    const shape = this.shape(name);
    if (shape?.length !== 4 || this.#types.typeOf(name)?.dtype !== 'float32') return false;
    return shape[1]! > this.block && shape[1]! % 4 === 0 && shape[2]! * shape[3]! > 1;
  }

  /** The value as [N, ceil(C/b), H, W, b]. */
  filled(name: string): Value {
    if (this.canBlock(name)) return this.blocked(name);
    return this.#get(this.#filled, name, () => {
      const [n, c, h, w] = this.shape(name) as [number, number, number, number];
      return this.#reorderInput(this.plain(name), [n, this.wholeBlocks(c), h, w]);
    });
  }

  /** Weights as `packed` has them, of as many filters and channels as whole blocks have; those that are added are zero. */
  filledWeights(name: string): Value {
    if (this.canPack(name)) return this.packed(name);
    return this.#get(this.#filledWeights, name, () => {
      const [m, c] = this.shape(name) as [number, number];
      const ends = [this.wholeBlocks(m) - m, this.wholeBlocks(c) - c, 0, 0];
      return pack(this.builder, this.builder.pad(this.plain(name), [0, 0, 0, 0, ...ends]), this.block);
    });
  }

  /** @param value [N, ceil(C/b), H, W, b], whose channels beyond C are zero. */
  setFilled(name: string, value: Value): void {
    if (this.canBlock(name)) {
      this.setBlocked(name, value);
      return;
    }
    this.#filled.set(name, value);
    const shape = this.shape(name)!;
    this.setPlain(name, () => this.#reorderOutput(value, shape, 0, shape));
  }

  /** The multiple of a block that holds so many channels. */
  wholeBlocks(channels: number): number {
    return Math.ceil(channels / this.block) * this.block;
  }

  /** The value as [N, H, W, C]. */
  channelsLast(name: string): Value {
    return this.#get(this.#channelsLast, name, () => {
      const [n, c, h, w] = this.shape(name) as [number, number, number, number];
      if (!this.isBlocked(name)) return this.builder.transpose(this.plain(name), [0, 2, 3, 1]);
      return this.#reorderOutput(this.blocked(name), [n, c, h, w], 1, [n, h, w, c]);
    });
  }

  /** The value as [M/b, C/b, kh*kw, b of C, b of M]. */
  packed(name: string): Value {
    return this.#get(this.#packed, name, () => pack(this.builder, this.plain(name), this.block));
  }

  packedShape(name: string): number[] {
    return packedShape(this.shape(name)!, this.block);
  }

  blockedShape(shape: readonly number[]): number[] {
    const [n, c, h, w] = shape as [number, number, number, number];
    return [n, c / this.block, h, w, this.block];
  }

  /** @param shape of the result as it is declared, with whole blocks of channels. */
  #reorderInput(plain: Value, shape: readonly number[]): Value {
    const types = [{ dtype: plain.dtype, shape }];
    const reordered = this.builder.op(
      'com.microsoft.nchwc:ReorderInput',
      [plain],
      { channels_last: int(0) },
      { types },
    );
    return this.builder.reshape(reordered, this.blockedShape(shape));
  }

  #reorderOutput(
    blocked: Value,
    shape: readonly number[],
    channelsLast: 0 | 1,
    target: readonly number[],
  ): Value {
    const attributes = { channels: int(shape[1]!), channels_last: int(channelsLast) };
    const types = [{ dtype: blocked.dtype, shape: target }];
    const declared = [shape[0]!, this.wholeBlocks(shape[1]!), ...shape.slice(2)];
    return this.builder.op(
      'com.microsoft.nchwc:ReorderOutput',
      [this.builder.reshape(blocked, declared)],
      attributes,
      {
        types,
      },
    );
  }

  #get<T extends Value | (() => Value)>(
    forms: Map<string, T | Value>,
    name: string,
    make: () => Value,
  ): Value {
    const form = forms.get(name);
    if (form !== undefined && typeof form !== 'function') return form;
    const value = form ? form() : make();
    forms.set(name, value);
    return value;
  }
}
