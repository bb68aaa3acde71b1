// What the three families of System V calls do alike: finding or making an object by its key, and the commands of *ctl.

import { ERRNO } from '../abi/errno.ts';
import { IPC_CREAT, IPC_EXCL, IPC_PRIVATE } from '../abi/ipc.ts';
import type { SystemVObject } from '../ipc/sysv/object.ts';
import type { ObjectTable } from '../ipc/sysv/object-table.ts';
import type { Task } from '../task/task.ts';
import { putBytes } from '../vfs/user-memory.ts';

export interface Getting<T extends SystemVObject> {
  readonly key: number;
  /** IPC_* and permission bits. */
  readonly flags: number;
  /** Objects of the kind there may be. */
  readonly limit: number;
  /** A new object, not yet in the table, or a negated errno. */
  make(): T | number;
  /** True if an existing object is smaller than what was asked for. */
  isTooSmall(found: T): boolean;
}

/** shmget, msgget, semget: an identifier or a negated errno. */
export function getObject<T extends SystemVObject>(task: Task, table: ObjectTable<T>, getting: Getting<T>): number {
  const { key, flags } = getting;
  const found = key === IPC_PRIVATE ? null : table.withKey(key);
  if (found) {
    if (flags & IPC_CREAT && flags & IPC_EXCL) return -ERRNO.EEXIST;
    if (getting.isTooSmall(found)) return -ERRNO.EINVAL;
    return found.permits(task.credentials, flags & 0o777) ? found.id : -ERRNO.EACCES;
  }
  if (key !== IPC_PRIVATE && !(flags & IPC_CREAT)) return -ERRNO.ENOENT;
  if (table.size >= getting.limit) return -ERRNO.ENOSPC;
  const made = getting.make();
  return typeof made === 'number' ? made : table.add(made);
}

/** The object that IPC_SET or IPC_RMID is about: -EINVAL, -EPERM. */
export function controlled<T extends SystemVObject>(task: Task, table: ObjectTable<T>, id: number): T | number {
  const found = table.withId(id);
  if (!found) return -ERRNO.EINVAL;
  return found.isControlledBy(task.credentials) ? found : -ERRNO.EPERM;
}

/** A structure from user memory for IPC_SET. */
export function readStatus(task: Task, address: number, bytes: number): DataView | null {
  const raw = task.mm.user.copyIn(address, bytes);
  return raw && new DataView(raw.buffer);
}

/** IPC_STAT: by identifier. */
export function writeStatus<T extends SystemVObject & { encode(sequence: number): Uint8Array }>(
  task: Task,
  table: ObjectTable<T>,
  found: T | null,
  address: number,
): number {
  if (!found) return -ERRNO.EINVAL;
  if (!found.mayRead(task)) return -ERRNO.EACCES;
  return putBytes(task, address, found.encode(table.sequenceOf(found)));
}

/** *_STAT and, without a look at permissions, *_STAT_ANY: by place in the table. The identifier, or a negated errno. */
export function writeStatusAt<T extends SystemVObject & { encode(sequence: number): Uint8Array }>(
  task: Task,
  table: ObjectTable<T>,
  index: number,
  address: number,
  any: boolean,
): number {
  const found = table.at(index);
  if (!found) return -ERRNO.EINVAL;
  if (!any && !found.mayRead(task)) return -ERRNO.EACCES;
  const put = putBytes(task, address, found.encode(table.sequenceOf(found)));
  return put < 0 ? put : found.id;
}
