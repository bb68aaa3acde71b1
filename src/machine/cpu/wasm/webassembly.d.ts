// The part of the WebAssembly JavaScript API that is used; TypeScript has it only among the browser's types.

declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    /** Sizes in 64-KiB pages. */
    constructor(limits: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Table {
    get(index: number): unknown;
    set(index: number, value: unknown): void;
    /** Returns the old length. */
    grow(entries: number): number;
    readonly length: number;
  }
  type BufferSource = ArrayBuffer | ArrayBufferView<ArrayBuffer>;
}
