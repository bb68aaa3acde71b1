// Inode times: CLOCK_REALTIME in nanoseconds. Access times follow mount option relatime.

import { MS_NOATIME, MS_RDONLY } from '../abi/mount.ts';
import type { Kernel } from '../kernel.ts';
import type { Inode } from './inode.ts';

const DAY = 86_400_000_000_000n;

export function currentTime(kernel: Kernel): bigint {
  return kernel.clock.realtime(kernel.now);
}

/** A read: noted if the old access time is not newer than the last change, or a day old. */
export function touchAccessed(kernel: Kernel, inode: Inode): void {
  if (inode.fileSystem.flags & (MS_NOATIME | MS_RDONLY)) return;
  const now = currentTime(kernel);
  if (inode.accessed <= inode.modified || inode.accessed <= inode.changed || now - inode.accessed >= DAY) inode.accessed = now;
}

export function touchModified(kernel: Kernel, inode: Inode): void {
  inode.modified = currentTime(kernel);
  inode.changed = inode.modified;
}

export function touchChanged(kernel: Kernel, inode: Inode): void {
  inode.changed = currentTime(kernel);
}
