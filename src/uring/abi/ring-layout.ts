// Where things are in the memory that a ring shares with its users: Linux's struct io_rings, then the index array; entries apart.

import { SETUP } from './setup.ts';

export const HEADS = {
  SQ_HEAD: 0,
  SQ_TAIL: 64,
  CQ_HEAD: 128,
  CQ_TAIL: 192,
  SQ_MASK: 256,
  CQ_MASK: 260,
  SQ_ENTRIES: 264,
  CQ_ENTRIES: 268,
  SQ_DROPPED: 272,
  SQ_FLAGS: 276,
  CQ_FLAGS: 280,
  CQ_OVERFLOW: 284,
  CQES: 320,
} as const;

const SQE_BYTES = 64;
const CQE_BYTES = 16;

export function sqeBytesOf(setupFlags: number): number {
  return setupFlags & SETUP.SQE128 ? 2 * SQE_BYTES : SQE_BYTES;
}

export function cqeBytesOf(setupFlags: number): number {
  return setupFlags & SETUP.CQE32 ? 2 * CQE_BYTES : CQE_BYTES;
}

/** mmap offsets; the two rings are one piece of memory (IORING_FEAT_SINGLE_MMAP). */
export const OFF_SQ_RING = 0;
export const OFF_CQ_RING = 0x800_0000;
export const OFF_SQES = 0x1000_0000;
/** A ring of buffers: the group's number is in the bits from 16 on. */
export const OFF_PBUF_RING = 0x8000_0000;
/** A memory region that the kernel made. */
export const OFF_REGION = 0x2000_0000;

/** Of the array of indices behind the completions; its end is the ring's size. */
export function arrayOffset(cqEntries: number, cqeBytes: number): number {
  return Math.ceil((HEADS.CQES + cqEntries * cqeBytes) / 64) * 64;
}

/** Bytes of the heads, the completions and the index array. */
export function ringBytes(sqEntries: number, cqEntries: number, setupFlags: number): number {
  const end = arrayOffset(cqEntries, cqeBytesOf(setupFlags));
  return setupFlags & SETUP.NO_SQARRAY ? end : end + sqEntries * 4;
}
