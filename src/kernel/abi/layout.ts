// Where the kernel places things: guest-virtual addresses of a process, and the kernel's own direct map.
// User mappings stay below 4 GiB as long as there is room, because that half of an address space is fast.

import { RAM_BASE } from '../../machine/memory/layout.ts';

/** First address above user space (4-level paging). */
export const TASK_SIZE = 0x7fff_ffff_f000;
/** Lowest address mmap may use (vm.mmap_min_addr). */
export const MMAP_MIN = 0x10000;
/** Base of a static-PIE program and of its heap's neighbourhood. */
export const PIE_BASE = 0x5555_4000;
/** mmap allocates downwards from here. */
export const MMAP_TOP = 0xf000_0000;
/** The main thread's stack ends here. */
export const STACK_TOP = 0xffff_e000;
export const STACK_LIMIT = 8 << 20;

/** Linear address of physical RAM offset 0 in the kernel half (Linux's direct map). Supervisor only. */
export const DIRECT_MAP = 0xffff_8880_0000_0000n;

/** Kernel linear address of a physical address (memory-0 offset in RAM). */
export function directMap(physical: number): bigint {
  return DIRECT_MAP + BigInt(physical - RAM_BASE);
}
