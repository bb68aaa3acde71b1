// Who may do what to an inode (path_resolution(7), "Permissions"; capabilities(7)). Not modelled: POSIX ACLs.

import { ALL_CAPABILITIES, CAP, capabilityBit, SECURE_NO_SETUID_FIXUP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { MS_RDONLY } from '../abi/mount.ts';
import { MAY_EXEC, MAY_READ, MAY_WRITE, S_ISGID, S_ISUID, S_ISVTX } from '../abi/stat.ts';
import type { Task } from '../task/task.ts';
import type { Inode } from './inode.ts';

/** Identity for file access: the file-system ids, or the real ones for access(2). */
export interface FileIdentity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Mask of capabilities that count. */
  readonly capabilities: bigint;
}

/** What the kernel itself acts as (host files, the initial tree). */
export const KERNEL_IDENTITY: FileIdentity = { uid: 0, gid: 0, groups: [], capabilities: ALL_CAPABILITIES };

export function identityOf(task: Task | null): FileIdentity {
  if (!task) return KERNEL_IDENTITY;
  const { fsuid, fsgid, groups, effective } = task.credentials;
  return { uid: fsuid, gid: fsgid, groups, capabilities: effective };
}

/** access(2): as if the real ids were the effective ones, which root's capabilities go with. */
export function realIdentityOf(task: Task): FileIdentity {
  const { uid, gid, groups, effective, permitted, secureBits } = task.credentials;
  const fixed = uid === 0 ? permitted : 0n;
  return { uid, gid, groups, capabilities: secureBits & SECURE_NO_SETUID_FIXUP ? effective : fixed };
}

export function holds(who: FileIdentity, capability: number): boolean {
  return (who.capabilities & capabilityBit(capability)) !== 0n;
}

/** 0, -EACCES or -EROFS; `mask` is any of MAY_READ, MAY_WRITE, MAY_EXEC. */
export function checkPermission(who: FileIdentity, inode: Inode, mask: number): number {
  if (mask & MAY_WRITE && isReadOnly(inode) && (inode.isRegular || inode.isDirectory || inode.isSymlink)) return -ERRNO.EROFS;
  let bits = inode.mode & 7;
  if (who.uid === inode.uid) bits = (inode.mode >> 6) & 7;
  else if (isMember(who, inode.gid)) bits = (inode.mode >> 3) & 7;
  return (bits & mask) === mask || overrides(who, inode, mask) ? 0 : -ERRNO.EACCES;
}

/** Its file system is mounted read-only: nothing about it may change. */
export function isReadOnly(inode: Inode): boolean {
  return (inode.fileSystem.flags & MS_RDONLY) !== 0;
}

/** Capabilities open everything but the execution of what nobody may execute. */
function overrides(who: FileIdentity, inode: Inode, mask: number): boolean {
  const onlyLooks = inode.isDirectory ? (mask & MAY_WRITE) === 0 : mask === MAY_READ;
  if (onlyLooks && holds(who, CAP.DAC_READ_SEARCH)) return true;
  const executable = inode.isDirectory || (mask & MAY_EXEC) === 0 || (inode.mode & 0o111) !== 0;
  return executable && holds(who, CAP.DAC_OVERRIDE);
}

export function isMember(who: FileIdentity, gid: number): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

/** May `who` change mode, owner and times? */
export function isOwner(who: FileIdentity, inode: Inode): boolean {
  return who.uid === inode.uid || holds(who, CAP.FOWNER);
}

/**
 * Set-id bits go when an ordinary user changes the contents of a file. Without group execute permission the set-group-ID bit
 * stays for members of the group.
 */
export function dropSetId(who: FileIdentity, inode: Inode): void {
  if (!inode.isRegular || (inode.mode & (S_ISUID | S_ISGID)) === 0 || holds(who, CAP.FSETID)) return;
  inode.mode &= ~S_ISUID;
  if (inode.mode & 0o010 || !isMember(who, inode.gid)) inode.mode &= ~S_ISGID;
}

/** In a sticky directory only the owners of the entry and of the directory may remove it. */
export function stickyForbids(who: FileIdentity, directory: Inode, victim: Inode): boolean {
  return (directory.mode & S_ISVTX) !== 0 && who.uid !== victim.uid && who.uid !== directory.uid && !holds(who, CAP.FOWNER);
}
