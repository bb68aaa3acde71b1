// What segments, queues and semaphore sets have in common: identity, owner, permissions (sysvipc(7)).

import { CAP } from '../../abi/capability.ts';
import { IPC_PERMISSION_BYTES } from '../../abi/ipc.ts';
import { type Credentials, isCapable, isPrivileged } from '../../task/credentials.ts';
import type { Task } from '../../task/task.ts';

const NINE_BITS = 0o777;
/** A mode that asks for one right of its owner asks for it whoever it is: IPC calls spell it in any of the three places. */
const READ = 0o444;
const WRITE = 0o222;

export abstract class SystemVObject {
  /** Given by the table; unique among objects of a kind that exist. */
  id = -1;
  /** IPC_PRIVATE once nobody can find it by a key. */
  key: number;
  uid: number;
  gid: number;
  readonly cuid: number;
  readonly cgid: number;
  /** Permissions, and for segments SHM_DEST and SHM_LOCKED. */
  mode: number;
  isRemoved = false;
  /** Seconds of CLOCK_REALTIME. */
  changed: number;

  constructor(task: Task, key: number, flags: number, now: number) {
    const { euid, egid } = task.credentials;
    this.key = key;
    this.uid = euid;
    this.gid = egid;
    this.cuid = euid;
    this.cgid = egid;
    this.mode = flags & NINE_BITS;
    this.changed = now;
  }

  /** `wanted`: permission bits, of which any place of owner, group and others counts. */
  permits(credentials: Credentials, wanted: number): boolean {
    const requested = (wanted >> 6) | (wanted >> 3) | wanted;
    let granted = this.mode;
    if (credentials.euid === this.cuid || credentials.euid === this.uid) granted >>= 6;
    else if (isMember(credentials, this.cgid) || isMember(credentials, this.gid)) granted >>= 3;
    return (requested & ~granted & 7) === 0 || isCapable(credentials, CAP.IPC_OWNER);
  }

  mayRead(task: Task): boolean {
    return this.permits(task.credentials, READ);
  }

  mayWrite(task: Task): boolean {
    return this.permits(task.credentials, WRITE);
  }

  /** IPC_SET and IPC_RMID are for the owner and the creator. */
  isControlledBy(credentials: Credentials): boolean {
    const { euid } = credentials;
    return euid === this.cuid || euid === this.uid || isPrivileged(credentials);
  }

  /** struct ipc64_perm at the beginning of `view`. */
  encodePermission(view: DataView, sequence: number): void {
    const fields = [this.key, this.uid, this.gid, this.cuid, this.cgid, this.mode];
    fields.forEach((value, i) => view.setUint32(i * 4, value, true));
    view.setUint16(24, sequence, true);
  }

  /** IPC_SET: owner and permissions from a struct ipc64_perm; false if an identity is none. */
  setPermission(view: DataView, now: number): boolean {
    const [uid, gid, mode] = [view.getUint32(4, true), view.getUint32(8, true), view.getUint32(20, true)];
    if (uid === 0xffff_ffff || gid === 0xffff_ffff) return false;
    this.uid = uid;
    this.gid = gid;
    this.mode = (this.mode & ~NINE_BITS) | (mode & NINE_BITS);
    this.changed = now;
    return true;
  }
}

/** A zeroed structure that begins with a struct ipc64_perm. */
export function newStatus(bytes: number): DataView {
  return new DataView(new ArrayBuffer(Math.max(bytes, IPC_PERMISSION_BYTES)));
}

function isMember({ egid, groups }: Credentials, gid: number): boolean {
  return egid === gid || groups.includes(gid);
}
