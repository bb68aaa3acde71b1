// The predecoded instruction: 32 bytes in memory 0 that hold everything a step function needs.
// Register operands are byte offsets in the CPU block, so AH is RAX + 1 and an absent register is the ZERO slot.

import { RECORD_BYTES } from '../../memory/layout.ts';

export const RECORD_WORDS = RECORD_BYTES / 4;

/** u16: index of the step function (its form). */
export const FORM = 0;
/** u16: cycles charged when the instruction starts. */
export const COST = 2;
/** u8 each: slot of operand 0, operand 1, memory base, and index (or operand 2). A memory operand's own slot holds its segment. */
export const SLOT_0 = 4;
export const SLOT_1 = 5;
export const BASE = 6;
export const INDEX = 7;
/** i64: displacement; absolute address if RIP-relative; imm64; second immediate of ENTER. */
export const DISPLACEMENT = 8;
/** i32: immediate, sign-extended; of a computed jump or call, how often it led to another place than before. */
export const IMMEDIATE = 16;
/** u32: record of the branch target; of a computed jump or call, the low half of the address that it led to last. */
export const LINK = 20;
/** u8. */
export const LENGTH = 24;
/** u8: index shift in bits 1:0, STACK_BASED, ADDRESS_32. Shifts take it modulo 64, so that bits 7:6 do not disturb them. */
export const SCALE = 25;
/** u48: virtual address of the instruction, read as bits 63:16 of the i64 at LENGTH. */
export const RIP_48 = 26;

/** The memory operand is based on RSP or RBP, without another segment: #SS takes the place of #GP. */
export const STACK_BASED = 0x40;
export const ADDRESS_32 = 0x80;

/** Which addressing a step function is specialised for. */
export const SHAPE = {
  /** No memory operand. */
  REGISTER: 0,
  /** base + displacement, RIP-relative, absolute. */
  BASE: 1,
  /** base + index << scale + displacement. */
  INDEXED: 2,
  /** As INDEXED, with segment base and 32-bit address size. */
  FULL: 3,
  /** String instructions: + 1 with REP(E), + 2 with REPNE, + 3 with 32-bit address size. */
  STRING: 4,
} as const;
export const SHAPE_COUNT = 10;

/** Forms that are no instruction. */
export const SPECIAL = {
  /** Stops the loop; the reason is in the CPU block. */
  STOP: 0,
  /** Goes on at this record's RIP by way of the jump cache. */
  LOOKUP: 1,
  /** Leaves to TypeScript to find or decode this record's RIP; LINK is the branch to be pointed there. */
  MISS: 2,
  /** Goes on at LINK. */
  GOTO: 3,
  /** Raises #UD: invalid, or not an instruction of this processor. */
  UNDEFINED: 4,
  /** What the record was decoded from has changed: leaves to TypeScript to decode its RIP anew. */
  STALE: 5,
  /** Somebody has a breakpoint at this record's RIP: leaves to TypeScript; LINK is the instruction itself. */
  BREAK: 6,
  /** A head: counts the instructions since the last one down in HEAT_LEFT and goes on at LINK; at zero it leaves to TypeScript, which may make a region. */
  HEAT: 7,
  /** A head with a region: enters it, or goes on at LINK where the budget is less than REGION_BUDGET. */
  REGION: 8,
  /** A head of a region in several pages: entered only where REGION_TAG says that they are mapped as when it was made. */
  SPANNING: 9,
} as const;
export const SPECIAL_COUNT = 10;

/** Of HEAT, i32. */
export const HEAT_LEFT = IMMEDIATE;
/** Of HEAT and REGION, u8: 1 if computed jumps lead here. */
export const IS_LANDING = SLOT_0;
/** Of REGION: u32 index in the step module's table; u32 number of the entry; i32, in units of COST. */
export const REGION_INDEX = DISPLACEMENT;
export const REGION_ENTRY = IMMEDIATE;
export const REGION_BUDGET = DISPLACEMENT + 4;
/** Bit that a region adds to its head's record to say that it cannot be entered as things are, and has done nothing. */
export const REFUSED = 1;
/** Of SPANNING: u16 tag of the address space that was looked at last. */
export const REGION_TAG = BASE;
/** Of a head, u8: what its region must not do, learnt from one that did not fit. */
export const HEAD_LIMITS = SLOT_1;
export const HEAD_LIMIT = {
  /** Leave the page. */
  CONFINED: 1,
  /** Look at operands at RSP and RBP on entry alone. */
  UNFRAMED: 2,
  /** Rely on MXCSR: it has been another once; it has been others. */
  CONTROL_CHANGED: 4,
  ANY_CONTROL: 8,
} as const;
/** Of MISS, u32: 1 if the address is to be a head. */
export const WANTS_HEAD = IMMEDIATE;
