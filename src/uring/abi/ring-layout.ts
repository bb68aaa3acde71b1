// Where things are in the memory that a ring shares with its users: Linux's struct io_rings, then the index array; entries apart.

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

export const SQE_BYTES = 64;
export const CQE_BYTES = 16;

/** mmap offsets; the two rings are one piece of memory (IORING_FEAT_SINGLE_MMAP). */
export const OFF_SQ_RING = 0;
export const OFF_CQ_RING = 0x800_0000;
export const OFF_SQES = 0x1000_0000;

/** Of the array of indices behind the completions; its end is the ring's size. */
export function arrayOffset(cqEntries: number): number {
  return Math.ceil((HEADS.CQES + cqEntries * CQE_BYTES) / 64) * 64;
}
