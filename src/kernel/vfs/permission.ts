// Who may do what to an inode (path_resolution(7), "Permissions"). Uid 0 has CAP_DAC_OVERRIDE and CAP_FOWNER.

import { ERRNO } from '../abi/errno.ts';
import { MAY_EXEC, S_ISGID, S_ISUID, S_ISVTX } from '../abi/stat.ts';
import type { Task } from '../task/task.ts';
import type { Inode } from './inode.ts';

/** Identity for file access: the file-system ids, or the real ones for access(2). */
export interface FileIdentity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** What the kernel itself acts as (host files, the initial tree). */
export const KERNEL_IDENTITY: FileIdentity = { uid: 0, gid: 0, groups: [] };

export function identityOf(task: Task | null): FileIdentity {
  if (!task) return KERNEL_IDENTITY;
  const { fsuid, fsgid, groups } = task.credentials;
  return { uid: fsuid, gid: fsgid, groups };
}

export function realIdentityOf(task: Task): FileIdentity {
  const { uid, gid, groups } = task.credentials;
  return { uid, gid, groups };
}

/** 0 or -EACCES; `mask` is any of MAY_READ, MAY_WRITE, MAY_EXEC. */
export function checkPermission(who: FileIdentity, inode: Inode, mask: number): number {
  if (who.uid === 0) {
    const needsExec = (mask & MAY_EXEC) !== 0 && !inode.isDirectory;
    return needsExec && (inode.mode & 0o111) === 0 ? -ERRNO.EACCES : 0;
  }
  let bits = inode.mode & 7;
  if (who.uid === inode.uid) bits = (inode.mode >> 6) & 7;
  else if (isMember(who, inode.gid)) bits = (inode.mode >> 3) & 7;
  return (bits & mask) === mask ? 0 : -ERRNO.EACCES;
}

export function isMember(who: FileIdentity, gid: number): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

/** May `who` change mode, owner and times? */
export function isOwner(who: FileIdentity, inode: Inode): boolean {
  return who.uid === 0 || who.uid === inode.uid;
}

/**
 * Set-id bits go when an ordinary user changes the contents of a file. Without group execute permission the set-group-ID bit
 * stays for members of the group.
 */
export function dropSetId(who: FileIdentity, inode: Inode): void {
  if (who.uid === 0 || !inode.isRegular) return;
  inode.mode &= ~S_ISUID;
  if (inode.mode & 0o010 || !isMember(who, inode.gid)) inode.mode &= ~S_ISGID;
}

/** In a sticky directory only the owners of the entry and of the directory may remove it. */
export function stickyForbids(who: FileIdentity, directory: Inode, victim: Inode): boolean {
  return (directory.mode & S_ISVTX) !== 0 && who.uid !== 0 && who.uid !== victim.uid && who.uid !== directory.uid;
}
