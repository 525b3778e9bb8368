/**
 * Feeds in memory that both threads see, so that batches are made in the same arrays again and again. New arrays for each,
 * some megabytes a step, kept the garbage collectors of both threads busy for a tenth of the time.
 */
import type { Tensor } from '../../graph/index.ts';
import type { Tensors } from './memory.ts';

/** Zeros. */
export function sharedArray(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}

export function isShared(data: Tensor['data']): boolean {
  return ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
}

/** A graph's feeds as onnxruntime takes them: under Node 20 it refuses memory that threads share. */
export class UnsharedFeeds {
  readonly #copies = new Map<string, Float32Array>();

  /** @returns the same tensors; shared ones are copied, into the same arrays each time. */
  of(feeds: Tensors): Tensors {
    return Object.fromEntries(
      Object.entries(feeds).map(([name, tensor]) => [
        name,
        isShared(tensor.data) ? { ...tensor, data: this.#copy(name, tensor.data as Float32Array) } : tensor,
      ]),
    );
  }

  #copy(name: string, shared: Float32Array): Float32Array {
    const copy = this.#copies.get(name) ?? new Float32Array(shared.length);
    this.#copies.set(name, copy);
    copy.set(shared);
    return copy;
  }
}
