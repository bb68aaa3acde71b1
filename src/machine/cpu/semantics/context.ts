// What an instruction's definition is written against. A definition is one function that emits WebAssembly through this
// interface; the step executor and the region executor implement it, so the two cannot disagree.
// Rules: operands are bound before the first write; nothing may fault after the first write (checked by a dry run).

import type { FunctionBuilder, ValueType } from '../wasm/function-builder.ts';
import type { FloatFunctions } from './float/functions.ts';
import type { StringFunctions } from './sse/string-comparison.ts';
import type { X87Functions } from './x87/functions.ts';

/** Operand width in bytes. 16 is an XMM register or memory operand of that size. */
export type Width = 1 | 2 | 4 | 8;
/** Operands by position: 0 is the first (usually destination) in Intel syntax. */
export type OperandIndex = 0 | 1 | 2;

/**
 * A value that can be emitted. Integers of any width are i64, zero-extended, unless said otherwise; conditions are i32 (0 or 1);
 * vectors are v128; scalar floats are emitted as f32/f64.
 * `emit` pushes it on the WebAssembly stack and may be called several times only for values from bind() and constants.
 */
export interface Value {
  emit(f: FunctionBuilder): void;
  /** What it is, where that is known when the code is generated: immediates in regions. */
  readonly constant?: bigint;
  /** Of an i64: how many of its low bits may be set, where that is known to be fewer than 64. */
  readonly bits?: number;
  /** Lanes of a float or vector that are known to be zero or normal: float/regular.ts. */
  readonly regular?: number;
}

/** How arithmetic flags follow from an operation. Executors keep this lazily. */
export type Flags =
  | {
      readonly kind: 'add' | 'sub';
      readonly width: Width;
      readonly x: Value;
      readonly y: Value;
      readonly result: Value;
      readonly carryIn?: Value;
    }
  /** and, or, xor, test: CF = OF = 0, AF = 0. */
  | { readonly kind: 'logic'; readonly width: Width; readonly result: Value }
  /** inc, dec: CF is kept. */
  | { readonly kind: 'increment' | 'decrement'; readonly width: Width; readonly result: Value }
  /** SF, ZF, PF from the result; the others given as i32 conditions, absent = 0. */
  | {
      readonly kind: 'result';
      readonly width: Width;
      readonly result: Value;
      readonly carry?: Value;
      readonly overflow?: Value;
      readonly adjust?: Value;
    }
  /** CF and OF only, as i32 conditions; without `overflow` OF stays too. Rotates, BT, CLC, STC, CMC. */
  | { readonly kind: 'carries'; readonly carry: Value; readonly overflow?: Value }
  /** All six given: an i32 in RFLAGS positions (CF PF AF ZF SF OF); `keep` names RFLAGS bits left as they were. */
  | { readonly kind: 'explicit'; readonly bits: Value; readonly keep?: number };

/** That all conditions of one of these hold, each asked where those before it hold. i32 each. */
export type Doubts = readonly (readonly Value[])[];

/**
 * What is known of MXCSR when the code is generated. inexact: rounding to nearest, all masked, DAZ and FTZ off, PE set, so that
 * an inexact result changes nothing. exact: the same, PE clear. any: nothing.
 */
export type FloatControl = 'any' | 'exact' | 'inexact';

/** Functions of the module for what is too long to be emitted for each instruction. */
export interface Library {
  readonly x87: X87Functions;
  readonly strings: StringFunctions;
}

export interface Context {
  readonly f: FunctionBuilder;
  /** The exact float functions of this module (float/functions.ts: emitFloatFunctions). */
  readonly float: FloatFunctions;
  /** Null where there is none: whoever needs it leaves then. */
  readonly library: Library | null;
  /** Repeat prefix of a string instruction: a generation-time constant, as forms are specialised. */
  readonly repeatPrefix: 'none' | 'rep' | 'repne';
  /** Address size of a string instruction in bytes. */
  readonly addressWidth: 4 | 8;

  /** Reads operand `i` (register, memory or immediate sign-extended to the width) as a zero-extended i64. */
  get(i: OperandIndex, width: Width): Value;
  /** Writes operand `i`; width 4 to a general register clears its upper half, widths 1 and 2 keep the rest. */
  set(i: OperandIndex, width: Width, value: Value): void;
  /** Read, then write operand `i` with one translation, checked for writing first. */
  modify(i: OperandIndex, width: Width, change: (old: Value) => Value): void;
  /** modify() of memory at a computed address. */
  modifyAt(address: Value, width: Width | 16, change: (old: Value) => Value): void;
  /** 16-byte operand: XMM register, or memory (`aligned`: #GP(0) if not 16-byte aligned). */
  getVector(i: OperandIndex, aligned: boolean): Value;
  setVector(i: OperandIndex, value: Value, aligned?: boolean): void;
  /** Low `width` bytes of an XMM register or memory operand, as zero-extended i64 bits. */
  getLow(i: OperandIndex, width: 4 | 8): Value;
  /** The same as f32 or f64. */
  getFloat(i: OperandIndex, width: 4 | 8): Value;
  /** The same as a vector that is zero above them. */
  getLowVector(i: OperandIndex, width: 4 | 8): Value;
  /** From here on these lanes of operand `i`, if it is an XMM register, are known to be regular. */
  learn(i: OperandIndex, regular: number): void;
  /** Both operands are one register, as far as that is known when the code is generated. */
  areSame(i: OperandIndex, j: OperandIndex): boolean;
  /** True if operand `i` is memory in this form (a generation-time constant: forms are specialised). */
  isMemory(i: OperandIndex): boolean;

  /** A named general register (implicit operands), by encoding number. */
  register(n: number, width: Width): Value;
  setRegister(n: number, width: Width, value: Value): void;
  /** A named XMM register as v128 (implicit operands: XMM0). */
  xmm(n: number): Value;

  /** Effective address of the memory operand, segment base included unless `lea`. i64. */
  address(lea?: boolean): Value;
  /** As address(), `offset` bytes further: added before the sum is cut to the address size and the segment's base comes to it. */
  addressBeyond(offset: Value): Value;
  /** As address(), for POP: RSP as base counts with the popped width added. */
  addressBehindPop(width: Width): Value;
  /** Base of the segment a string instruction's source is in, i64. */
  segmentBase(): Value;
  /** Memory at a computed i64 address. May fault; `stack` makes a non-canonical address #SS(0) instead of #GP(0). Width 16 is v128. */
  load(width: Width | 16, address: Value, stack?: boolean): Value;
  store(width: Width | 16, address: Value, value: Value, stack?: boolean): void;

  readonly control: FloatControl;
  constant(value: bigint): Value;
  /** A v128 that many instructions use. */
  vectorConstant(low: bigint, high: bigint): Value;
  /** A value computed by emitting plain WebAssembly: expr('i64', f => ...). Not yet bound. */
  expression(emit: (f: FunctionBuilder) => void): Value;
  /** Evaluates now, into a local of the given type (default i64). */
  bind(value: Value, type?: 'i32' | 'i64' | 'f32' | 'f64' | 'v128'): Value;
  /** A local that the definition sets itself, to be given back with the instruction. */
  temporary(type: ValueType): number;
  /** Emits `body` under an i32 condition. */
  when(condition: Value, body: () => void, otherwise?: () => void): void;
  /** when(), for what happens seldom and before the first write: a region leaves it to the step executor. */
  rare(condition: Value | Doubts, body: () => void): void;

  setFlags(flags: Flags): void;
  /** Condition code 0..15 as in Jcc, i32. */
  condition(code: number): Value;
  /** CF as i32. */
  carry(): Value;
  /** RFLAGS arithmetic bits materialised, i32 in RFLAGS positions; other bits (DF, ...) included. */
  rflags(): Value;
  /** Replaces the bits of RFLAGS named by `mask`. */
  setRflags(value: Value, mask: number): void;

  /** Field of the CPU block at a fixed offset (state.ts), for MXCSR, x87, bases. */
  field(offset: number, width: Width): Value;
  setField(offset: number, width: Width, value: Value): void;

  /** Where a register operand is in its part of the CPU block, in bytes from the part's first register; of ST(i), from ST(0). i32. */
  slot(i: OperandIndex): Value;
  /** RIP of the instruction, i64. */
  rip(): Value;
  /** RIP of the following instruction, i64. */
  nextRip(): Value;
  /** Direct jump to the instruction's branch target. */
  jump(): void;
  /** Conditional direct jump: i32 condition. */
  branch(condition: Value): void;
  /** Jump to a computed address, #GP(0) if not canonical; `effects` are emitted behind that check. */
  jumpTo(target: Value, effects?: () => void): void;
  /** The same, to where a call came from. */
  returnTo(target: Value, effects: () => void): void;
  /** A repeated string instruction has no iteration to do: goes on behind it. From within a condition, before anything else is done. */
  skip(): void;
  /** One iteration of a repeated string instruction is done: go on with the same instruction if the i32 condition holds. */
  repeat(condition: Value): void;

  /** Raises a fault (no writes may have happened): vector and error code. */
  fault(vector: number, errorCode?: number): void;
  /** Ends the instruction with a trap: RIP is behind it. */
  trap(vector: number): void;
  /** Ends the instruction as SYSCALL does: RIP is behind it, the kernel is entered. */
  enterKernel(): void;
  /** Ends the instruction and has RFLAGS.TF looked at before the next one. */
  recheck(): void;
  /**
   * Leaves generated code before any side effect and lets the TypeScript helper of this name run the instruction
   * (cpu/helpers/table.ts). For rare and complex instructions, never for SSE2.
   */
  leave(helper: string): void;
}

/** One function emits one instruction. */
export type Definition = (c: Context) => void;

/** One row of the instruction table, keyed by iced's Code. */
export interface Row {
  readonly definition: Definition;
  /** CPUID features that must be enabled, as iced names them. */
  readonly features?: readonly string[];
  /** Writes with LOCK prefix are permitted. */
  readonly lock?: boolean;
}
