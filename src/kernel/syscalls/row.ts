// The shape of the system-call table. A row says what a call is named, what its arguments are, and who implements it,
// or why nobody does. docs/compatibility.md is generated from it.

import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';

/** How an argument register is read and shown: signed/unsigned 32-bit, 64-bit size, user pointer, descriptor, path pointer. */
export type ArgumentKind = 'i32' | 'u32' | 'i64' | 'u64' | 'size' | 'pointer' | 'fd' | 'path' | 'flags' | 'signal';

/** Returned by a handler that must wait; made by block(). */
export const BLOCKED: unique symbol = Symbol('blocked');
/** Returned by a handler that has replaced the whole context (execve, rt_sigreturn): RAX stays as it is. */
export const CONTEXT_REPLACED: unique symbol = Symbol('context replaced');

/** A value, a negated errno, or one of the two marks. Addresses are numbers; only 64-bit quantities need bigint. */
export type SyscallResult = number | bigint | typeof BLOCKED | typeof CONTEXT_REPLACED;

/** The six argument registers, read as the handler needs them. */
export interface SyscallArguments {
  /** Unsigned 64 bits. */
  u64(i: number): bigint;
  /** Signed 64 bits as a number, clamped to +-2^53. */
  i64(i: number): number;
  /** Unsigned 64 bits as a number, clamped to 2^53: for addresses (anything >= 2^47 faults) and sizes. */
  number(i: number): number;
  u32(i: number): number;
  i32(i: number): number;
}

export type SyscallHandler = (kernel: Kernel, task: Task, args: SyscallArguments) => SyscallResult;

export interface SyscallRow {
  readonly number: number;
  readonly name: string;
  readonly arguments: readonly ArgumentKind[];
  readonly handler?: SyscallHandler;
  /** Why it is absent; the guest gets ENOSYS (or `error`). */
  readonly unsupported?: string;
  readonly error?: number;
  /** What a call that is there does otherwise than Linux, in a few words that follow "complete, but:". */
  readonly deviation?: string;
}
