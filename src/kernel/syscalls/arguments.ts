// The argument registers of a system call, read from the saved context as a handler needs them (x86-64 ABI: rdi rsi rdx r10 r8 r9).

import { R10, R8, R9, RDI, RDX, RSI, type CpuContext } from '../../machine/cpu/state.ts';
import type { SyscallArguments } from './row.ts';

const REGISTERS = [RDI, RSI, RDX, R10, R8, R9] as const;
const LARGEST = 2 ** 53;

export class RegisterArguments implements SyscallArguments {
  private readonly context: CpuContext;

  constructor(context: CpuContext) {
    this.context = context;
  }

  u64(i: number): bigint {
    return this.context.register(REGISTERS[i]!);
  }

  i64(i: number): number {
    const value = Number(BigInt.asIntN(64, this.u64(i)));
    return Math.max(-LARGEST, Math.min(LARGEST, value));
  }

  number(i: number): number {
    return Math.min(LARGEST, this.context.number(REGISTERS[i]!));
  }

  u32(i: number): number {
    return this.context.int32(REGISTERS[i]!) >>> 0;
  }

  i32(i: number): number {
    return this.context.int32(REGISTERS[i]!);
  }
}

/** All six, for events and listings. */
export function rawArguments(context: CpuContext, count = 6): bigint[] {
  return REGISTERS.slice(0, count).map((register) => context.register(register));
}

/** Arguments that are not in registers: for the kernel's own calls and for tests. */
export class GivenArguments implements SyscallArguments {
  private readonly values: readonly bigint[];

  constructor(...values: (number | bigint)[]) {
    this.values = values.map((value) => BigInt.asUintN(64, BigInt(value)));
  }

  u64(i: number): bigint {
    return this.values[i] ?? 0n;
  }
  i64(i: number): number {
    return Math.max(-LARGEST, Math.min(LARGEST, Number(BigInt.asIntN(64, this.u64(i)))));
  }
  number(i: number): number {
    return Math.min(LARGEST, Number(this.u64(i)));
  }
  u32(i: number): number {
    return Number(this.u64(i) & 0xffff_ffffn);
  }
  i32(i: number): number {
    return this.u32(i) | 0;
  }
}
