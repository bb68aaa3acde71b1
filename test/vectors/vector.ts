// One vector: an instruction, the state it starts from, and what the processor made of it.

/** Bytes at an offset of the memory image (layout.ts). */
export interface Patch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface Case {
  /** Offset in the code window. */
  readonly codeOffset: number;
  readonly code: Uint8Array;
  /** Index of the background state (background.ts), and what differs from it. */
  readonly background: number;
  readonly gpr: ReadonlyMap<number, bigint>;
  readonly xmm: ReadonlyMap<number, Uint8Array>;
  readonly rflags: number;
  readonly mxcsr: number;
  readonly patches: readonly Patch[];
}

/** An exception as the processor raised it. `address` is CR2 for #PF, else 0. */
export interface Fault {
  readonly vector: number;
  readonly errorCode: number;
  readonly address: bigint;
}

/** Registers, flags and memory after the instruction, as differences from the start; RIP and flags are absolute. */
export interface Outcome {
  readonly fault: Fault | null;
  readonly rip: bigint;
  readonly rflags: number;
  readonly mxcsr: number;
  readonly gpr: ReadonlyMap<number, bigint>;
  readonly xmm: ReadonlyMap<number, Uint8Array>;
  readonly writes: readonly Patch[];
}

export interface Vector {
  readonly case: Case;
  readonly outcome: Outcome;
}
