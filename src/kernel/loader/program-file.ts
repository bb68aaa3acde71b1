// Finding a program by path and reading its bytes from the pages of its inode.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { MS_NOEXEC } from '../abi/mount.ts';
import { MAY_EXEC } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { resolve, type Origin } from '../vfs/path.ts';
import { checkPermission, identityOf } from '../vfs/permission.ts';
import type { FileReader } from './elf.ts';

/** The entry of an executable regular file, or a negated errno. */
export function findProgram(kernel: Kernel, origin: Origin, path: string, follow = true): Dentry | number {
  const entry = resolve(kernel, origin, path, { follow });
  if (typeof entry === 'number') return entry;
  if (entry.inode.isSymlink) return -ERRNO.ELOOP;
  return checkProgram(origin, entry);
}

export function checkProgram(origin: Origin, entry: Dentry): Dentry | number {
  if (!entry.inode.isRegular || entry.inode.fileSystem.flags & MS_NOEXEC) return -ERRNO.EACCES;
  const denied = checkPermission(identityOf(origin.task), entry.inode, MAY_EXEC);
  if (denied < 0) return denied;
  return entry.inode.writers > 0 ? -ERRNO.ETXTBSY : entry;
}

/** Reads a file's bytes; holes are zeroes, reads stop at the end. */
export function readerOf(kernel: Kernel, entry: Dentry): FileReader {
  const { inode } = entry;
  const { bytes } = kernel.hardware.physical;
  return (offset, length) => {
    const end = Math.min(inode.size, offset + length);
    const into = new Uint8Array(Math.max(0, end - offset));
    for (let at = offset; at < end; ) {
      const within = at % PAGE_SIZE;
      const step = Math.min(PAGE_SIZE - within, end - at);
      const frame = inode.pageFrame(Math.floor(at / PAGE_SIZE), false);
      if (frame !== 0) into.set(bytes.subarray(frame + within, frame + within + step), at - offset);
      at += step;
    }
    return into;
  };
}
