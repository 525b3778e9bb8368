/**
 * What is used of WebAssembly: arithmetic on many small numbers at once, which JavaScript does one at a time and in double
 * precision. (Node's types leave WebAssembly to the DOM's, which a package for Node should not ask for.)
 */
export interface WasmMemory {
  /** Another one after the memory has grown. */
  readonly buffer: ArrayBuffer;
  /** By pages. */
  grow(pages: number): number;
}

interface WebAssemblyApi {
  readonly Memory: new (descriptor: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: unknown };
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

/** Bytes of a page. */
export const WASM_PAGE = 65536;

/** Memory of at least so many bytes. */
export function wasmMemory(bytes: number): WasmMemory {
  return new wasm.Memory({ initial: Math.ceil(bytes / WASM_PAGE) });
}

const compiled = new Map<string, object>();

/**
 * The functions of a module that works on the memory that it imports as "memory" "memory"; it is compiled once.
 * @param module in base64, as scripts/assemble-kernels.ts writes it.
 */
export function wasmFunctions<Functions>(module: string, memory: WasmMemory): Functions {
  const made = compiled.get(module) ?? new wasm.Module(Buffer.from(module, 'base64'));
  compiled.set(module, made);
  return new wasm.Instance(made, { memory: { memory } }).exports as Functions;
}
