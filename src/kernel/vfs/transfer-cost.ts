// What a transfer of bytes from or to a file costs beyond its system call: the copy, and for files in the page cache the way to the pages.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Kernel } from '../kernel.ts';
import type { FileDescription } from './file.ts';
import type { Inode } from './inode.ts';
import { chargeCopy } from './user-memory.ts';

/** One call moved `count` bytes between `file` and memory; a negated errno costs nothing. */
export function chargeTransfer(kernel: Kernel, file: FileDescription, count: number): void {
  chargeCopy(kernel, count);
  chargeCached(kernel, file.inode, count);
}

/** Of a call that moved `count` bytes of a file in the page cache, all but the copy; nothing for what is not in it. */
export function chargeCached(kernel: Kernel, inode: Inode | null, count: number): void {
  if (!inode?.isCached || count < 0) return;
  const { costs, lastLevelCache } = kernel.hardware;
  const far = inode.size > lastLevelCache ? Math.ceil(count / 64) * costs.copy_far_per_64_bytes : 0;
  kernel.charge(costs.file_operation + Math.ceil(count / PAGE_SIZE) * costs.page_cache_page + far);
}
