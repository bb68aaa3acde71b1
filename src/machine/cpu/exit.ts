// Why Cpu.run() came back. A closed union: the run loop has an arm for each.

/** Exception vectors of the SDM (vol. 3, table 6-1) that user code can raise. */
export const VECTOR = {
  DE: 0,
  DB: 1,
  BP: 3,
  OF: 4,
  BR: 5,
  UD: 6,
  NM: 7,
  DF: 8,
  SS: 12,
  GP: 13,
  PF: 14,
  MF: 16,
  AC: 17,
  XM: 19,
  CP: 21,
} as const;

/** A CPU fault or trap as a value. RIP is at the faulting instruction for faults, behind it for traps (#DB, #BP, #OF). */
export interface CpuException {
  readonly kind: 'exception';
  readonly vector: number;
  /** As pushed by the processor; 0 where there is none. For #PF: bit 0 present, 1 write, 2 user, 4 fetch. */
  readonly errorCode: number;
  /** CR2 for #PF (full 64-bit linear address), else 0n. */
  readonly address: bigint;
  /** For #DB: RFLAGS.TF brought it (DR6.BS), not INT1. */
  readonly singleStep?: true;
  /** For #UD of an instruction this engine lacks: what it was. */
  readonly unsupported?: UnsupportedInstruction;
}

export interface UnsupportedInstruction {
  /** As iced formats it, without operands: "vaddpd". */
  readonly mnemonic: string;
  readonly bytes: Uint8Array;
  /** CPUID feature it needs, iced's name: "AVX". */
  readonly feature: string;
  /** What to tell the compiler instead: "-march=x86-64-v2". */
  readonly remedy: string;
}

export type CpuExit =
  /** The clock has reached the deadline; RIP is at the next instruction. */
  | { readonly kind: 'deadline' }
  /** A UINTR instruction or the like has run and may have made something deliverable: look at pending work, then go on. */
  | { readonly kind: 'boundary' }
  /** SYSCALL: RCX and R11 are set as the instruction does, RIP is behind it. */
  | { readonly kind: 'syscall' }
  /** The instruction at RIP has a breakpoint and has not been executed. */
  | { readonly kind: 'breakpoint' }
  /** HLT, and other privileged instructions, are exceptions (#GP) like any fault. */
  | CpuException;
