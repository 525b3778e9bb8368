/** The functions of pixels.wat and their memory, which is kept from image to image. */
import { WASM_PAGE, type WasmMemory, wasmFunctions, wasmMemory } from '../../../web-assembly.ts';
import { PIXELS_MODULE } from './pixels-module.ts';

interface Functions {
  alongRows(
    from: number,
    stride: number,
    height: number,
    offsets: number,
    shares: number,
    pairs: number,
    count: number,
    to: number,
  ): void;
  alongRowsOfFour(
    from: number,
    stride: number,
    height: number,
    offsets: number,
    shares: number,
    count: number,
    to: number,
    toStride: number,
  ): void;
  alongColumns(
    from: number,
    stride: number,
    length: number,
    offsets: number,
    shares: number,
    taps: number,
    count: number,
    to: number,
  ): void;
  lookUp(
    from: number,
    step: number,
    advance: number,
    width: number,
    height: number,
    table: number,
    to: number,
    stride: number,
  ): void;
}

interface Kernels {
  readonly memory: WasmMemory;
  readonly functions: Functions;
}

/** Where things lie, each at a multiple of 16 and with as much room behind it, since functions may go 16 bytes at a time. */
export class MemoryPlan {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns its address. */
  place(bytes: number): number {
    const at = this.#bytes;
    this.#bytes += (Math.ceil(bytes / 16) + 1) * 16;
    return at;
  }
}

/** Memory that is kept, at most, in bytes: more is for one image alone. */
const MOST_KEPT = 2 ** 27;

let kept: Kernels | undefined;

/** Good until the next call; what the memory holds is left over from the last. */
export function pixelKernels({ bytes }: MemoryPlan): Functions & { readonly buffer: ArrayBuffer } {
  const { memory, functions } = bytes > MOST_KEPT ? open(bytes) : keptFor(bytes);
  return { ...functions, buffer: memory.buffer };
}

function keptFor(bytes: number): Kernels {
  kept ??= open(bytes);
  const missing = bytes - kept.memory.buffer.byteLength;
  if (missing > 0) kept.memory.grow(Math.ceil(missing / WASM_PAGE));
  return kept;
}

function open(bytes: number): Kernels {
  const memory = wasmMemory(bytes);
  return { memory, functions: wasmFunctions<Functions>(PIXELS_MODULE, memory) };
}
