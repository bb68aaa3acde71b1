// Address ranges as calls on memory are given them. Lengths are rounded up to whole pages in 64 bits, where the largest become 0.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { SyscallArguments } from './row.ts';

const PAGE_OFFSET = BigInt(PAGE_SIZE - 1);

export interface MemoryRange {
  readonly start: number;
  /** Beyond user space, perhaps: nothing is mapped there. */
  readonly end: number;
  /** start + length passes 2^64. */
  readonly wraps: boolean;
}

/** PAGE_ALIGN of a 64-bit length: exact up to 2^53, and too large for any range beyond. */
export function alignedLength(length: bigint): number {
  return Number(BigInt.asUintN(64, length + PAGE_OFFSET) & ~PAGE_OFFSET);
}

export function isAligned(args: SyscallArguments, i: number): boolean {
  return (args.u64(i) & PAGE_OFFSET) === 0n;
}

/** The page-aligned range [address, address + length) of the first two arguments. */
export function rangeOf(args: SyscallArguments): MemoryRange {
  const length = alignedLength(args.u64(1));
  const wraps = args.u64(0) + BigInt(length) > 0xffff_ffff_ffff_ffffn;
  return { start: args.number(0), end: args.number(0) + length, wraps };
}

/** All pages that the range touches. */
export function touchedBy(args: SyscallArguments): MemoryRange {
  const within = args.u64(0) & PAGE_OFFSET;
  const length = alignedLength(BigInt.asUintN(64, args.u64(1) + within));
  const start = args.u64(0) - within;
  return { start: Number(start), end: Number(start) + length, wraps: start + BigInt(length) > 0xffff_ffff_ffff_ffffn };
}
