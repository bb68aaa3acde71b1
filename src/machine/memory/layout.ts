// Where everything lives in a machine's main WebAssembly memory (memory 0).
// Generated code bakes these addresses in, so they are constants. Memory 1 holds page tables only.

/** 4-KiB pages, as the architecture's smallest translation unit. */
export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;
export const PAGE_MASK = PAGE_SIZE - 1;

/** The live CPU block: registers of the vCPU that is executing now (see cpu/state.ts for the fields). */
export const CPU_BASE = 0x1000;
export const CPU_BYTES = 0x1000;

/** Indirect-jump cache of the step executor: 8192 sets of two entries of 16 bytes. */
export const JUMP_CACHE_BASE = 0x10000;
export const JUMP_CACHE_SETS = 8192;

/** Tables of RCPPS and RSQRTPS: 3 x 4096 entries of 2 bytes. */
export const APPROXIMATIONS_BASE = JUMP_CACHE_BASE + JUMP_CACHE_SETS * 32;

/**
 * Entries of pages above 4 GiB that generated code has asked for (high-pages.ts): 8 bytes each, the page-table entry (u32) and a tag (u32), which is
 * the number of the address space above that of the set of 65,536 pages. No tag of such a page is 0.
 */
export const HIGH_CACHE_BASE = 0x60000;
export const HIGH_CACHE_SLOTS = 65536;

/** Predecoded instruction records, 32 bytes each; bump-allocated, dropped as a whole when full. */
export const RECORDS_BASE = 0x100000;
export const RECORDS_BYTES = 16 << 20;
export const RECORD_BYTES = 32;

/** First byte of guest RAM. A "physical address" everywhere in this code base is an offset in memory 0, so >= RAM_BASE. */
export const RAM_BASE = RECORDS_BASE + RECORDS_BYTES;

/** Largest RAM a machine can have: memory 0 is addressed with 32 bits. */
export const MAX_RAM_BYTES = 0x1_0000_0000 - RAM_BASE - 0x10000;
