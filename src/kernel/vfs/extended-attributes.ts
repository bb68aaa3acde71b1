// Extended attributes of an inode (xattr(7)): who may see and change which names, limits, accounting.
// Names are byte strings. POSIX ACLs (system.posix_acl_*) are not modelled.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { IN_ATTRIB } from '../abi/inotify.ts';
import { MAY_READ, MAY_WRITE, S_ISVTX } from '../abi/stat.ts';
import { XATTR_CREATE, XATTR_REPLACE } from '../abi/xattr.ts';
import type { Kernel } from '../kernel.ts';
import type { Dentry } from './dentry.ts';
import type { Inode } from './inode.ts';
import { notifyEntry } from './notify.ts';
import { checkPermission, type FileIdentity, holds, isOwner, isReadOnly } from './permission.ts';
import { touchChanged } from './timestamps.ts';

/** Prefixes that have a store. */
const STORED = ['user.', 'trusted.', 'security.'] as const;
/** What Linux keeps beside name and value of one attribute, in bytes. */
const OVERHEAD = 48;

/** Bytes one attribute counts for. */
export function attributeBytes(name: string, value: Uint8Array): number {
  return OVERHEAD + name.length + 1 + value.length;
}

/** -EOPNOTSUPP where the file system stores no such attribute, -EINVAL for a prefix without a name behind it. */
function checkStore(inode: Inode, name: string): number {
  const prefix = inode.fileSystem.storesAttributes ? STORED.find((known) => name.startsWith(known)) : undefined;
  if (!prefix) return -ERRNO.EOPNOTSUPP;
  return name.length === prefix.length ? -ERRNO.EINVAL : 0;
}

function checkAccess(who: FileIdentity, inode: Inode, name: string, mask: number): number {
  const writes = (mask & MAY_WRITE) !== 0;
  if (writes && isReadOnly(inode)) return -ERRNO.EROFS;
  const hidden = writes ? -ERRNO.EPERM : -ERRNO.ENODATA;
  if (name.startsWith('security.') || name.startsWith('system.')) return 0;
  if (name.startsWith('trusted.')) return holds(who, CAP.SYS_ADMIN) ? 0 : hidden;
  if (name.startsWith('user.')) {
    if (!inode.isRegular && !inode.isDirectory) return hidden;
    if (inode.isDirectory && writes && inode.mode & S_ISVTX && !isOwner(who, inode)) return -ERRNO.EPERM;
  }
  return checkPermission(who, inode, mask);
}

/** May `who` change the attribute? 0 or a negated errno. */
function checkChange(who: FileIdentity, inode: Inode, name: string): number {
  const denied = checkAccess(who, inode, name, MAY_WRITE);
  if (denied < 0) return denied;
  if (name.startsWith('security.') && !holds(who, CAP.SYS_ADMIN)) return -ERRNO.EPERM;
  return checkStore(inode, name);
}

export function getAttribute(who: FileIdentity, inode: Inode, name: string): Uint8Array | number {
  const denied = checkAccess(who, inode, name, MAY_READ);
  if (denied < 0) return denied;
  const refused = checkStore(inode, name);
  if (refused < 0) return refused;
  return inode.attributes?.get(name) ?? -ERRNO.ENODATA;
}

/** `flags`: XATTR_CREATE, XATTR_REPLACE. Takes over `value`. */
export function setAttribute(kernel: Kernel, who: FileIdentity, entry: Dentry, name: string, value: Uint8Array, flags: number): number {
  const { inode } = entry;
  const denied = checkChange(who, inode, name);
  if (denied < 0) return denied;
  const old = inode.attributes?.get(name);
  if (flags & XATTR_CREATE && old) return -ERRNO.EEXIST;
  if (flags & XATTR_REPLACE && !old) return -ERRNO.ENODATA;
  const more = attributeBytes(name, value) - (old ? attributeBytes(name, old) : 0);
  if (!inode.fileSystem.chargeAttributes(more)) return -ERRNO.ENOSPC;
  (inode.attributes ??= new Map()).set(name, value);
  touchChanged(kernel, inode);
  notifyEntry(entry, IN_ATTRIB);
  return 0;
}

export function removeAttribute(kernel: Kernel, who: FileIdentity, entry: Dentry, name: string): number {
  const { inode } = entry;
  const denied = checkChange(who, inode, name);
  if (denied < 0) return denied;
  const old = inode.attributes?.get(name);
  if (!old) return -ERRNO.ENODATA;
  inode.fileSystem.chargeAttributes(-attributeBytes(name, old));
  inode.attributes!.delete(name);
  touchChanged(kernel, inode);
  notifyEntry(entry, IN_ATTRIB);
  return 0;
}

/** Names that `who` may know of, in their order. */
export function listAttributes(who: FileIdentity, inode: Inode): string[] {
  const names = [...(inode.attributes?.keys() ?? [])].filter((name) => holds(who, CAP.SYS_ADMIN) || !name.startsWith('trusted.'));
  return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Everything an inode that goes away had. */
export function dropAttributes(inode: Inode): void {
  if (!inode.attributes) return;
  for (const [name, value] of inode.attributes) inode.fileSystem.chargeAttributes(-attributeBytes(name, value));
  inode.attributes = null;
}
