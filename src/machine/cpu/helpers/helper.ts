// Instructions that leave generated code and run in TypeScript: CPUID, RDTSC, XSAVE family, x87, the UINTR five.
// A helper runs between instructions with all live registers in memory; RIP is at the instruction.

import type { Costs } from '../../cost/presets.ts';
import type { CpuException } from '../exit.ts';
import type { CpuContext } from '../state.ts';
import type { Vcpu } from '../vcpu.ts';

/** What was decoded, for helpers: enough to find operands without decoding again. */
export interface HelperInstruction {
  /** iced's Code and its name. */
  readonly code: number;
  readonly length: number;
  /** Encoding number of register operand i (general, XMM or ST(i)), or -1. */
  readonly registers: readonly number[];
  /** Width in bytes of the memory operand, 0 if there is none. */
  readonly memorySize: number;
  readonly immediate: number;
  /** Second immediate operand (ENTER). */
  readonly secondImmediate?: number;
  /** Width in bytes of register operand 0. */
  readonly operandWidth?: number;
}

export interface HelperMachine {
  /** The live registers. */
  readonly context: CpuContext;
  readonly vcpu: Vcpu;
  readonly costs: Costs;
  /** Virtual time at which this instruction starts, in cycles; also the TSC. */
  readonly clock: number;
  readonly instruction: HelperInstruction;
  /** Effective linear address of the memory operand, segment base included, 64 bits. */
  address(): bigint;
  /** User-mode data access; #GP(0) not canonical (#SS(0) for RSP/RBP-based), #PF otherwise. Faults are values and have no effect. */
  read(address: bigint, bytes: number): Uint8Array | CpuException;
  write(address: bigint, data: Uint8Array): CpuException | null;
  /** #PF or #GP that a write of `bytes` bytes would raise, without writing. */
  probeWrite(address: bigint, bytes: number): CpuException | null;
  /** Adds to the instruction's cost. */
  charge(cycles: number): void;
}

/**
 * null: done, go on behind the instruction. 'boundary': done, and the run loop must look for pending work first.
 * 'jumped': done, the helper has set RIP (also a boundary). 'shadow': done, SS was loaded. An exception: nothing has happened.
 */
export type HelperResult = null | 'boundary' | 'jumped' | 'shadow' | CpuException;

export type Helper = (machine: HelperMachine) => HelperResult;
