// Advisory locks of one inode: flock(2) by open description; fcntl(2) records by descriptor table, or by open description (OFD).

import { F_UNLCK, F_WRLCK } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import type { FdTable } from './fd-table.ts';
import type { FileDescription } from './file.ts';

export type LockOwner = FdTable | FileDescription;

/** Bytes start..end, inclusive; end is Infinity for "to the end of the file". */
export interface RecordLock {
  readonly owner: LockOwner;
  /** -1 for OFD locks. */
  readonly pid: number;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** A flock(2): of an open description, made by process `pid`. */
export interface WholeLock {
  readonly file: FileDescription;
  readonly pid: number;
  readonly exclusive: boolean;
}

/** What the kernel counts for one lock. */
const LOCK_BYTES = 128;

export class FileLocks {
  private records: RecordLock[] = [];
  private readonly whole: WholeLock[] = [];
  readonly queue = new WaitQueue('file lock');

  /** The first record that keeps `wanted` from being granted. */
  conflict(wanted: RecordLock): RecordLock | null {
    for (const held of this.records) {
      if (held.owner === wanted.owner || held.end < wanted.start || held.start > wanted.end) continue;
      if (held.type === F_WRLCK || wanted.type === F_WRLCK) return held;
    }
    return null;
  }

  /** The first record of the same owner in the range: what F_OFD_GETLK of F_UNLCK asks for. */
  own(range: RecordLock): RecordLock | null {
    return this.records.find((held) => held.owner === range.owner && held.end >= range.start && held.start <= range.end) ?? null;
  }

  /** Sets or (F_UNLCK) clears a range; the caller has checked conflict(). Neighbours of equal type merge. False: no room for locks. */
  setRecord(kernel: Kernel, wanted: RecordLock): boolean {
    const next: RecordLock[] = [];
    let { start, end } = wanted;
    for (const held of this.records) {
      const apart = held.end < start - 1 || held.start > end + 1;
      if (held.owner !== wanted.owner || apart) next.push(held);
      else if (held.type === wanted.type) {
        start = Math.min(start, held.start);
        end = Math.max(end, held.end);
      } else {
        if (held.start < wanted.start) next.push({ ...held, end: Math.min(held.end, wanted.start - 1) });
        if (held.end > wanted.end) next.push({ ...held, start: Math.max(held.start, wanted.end + 1) });
      }
    }
    if (wanted.type !== F_UNLCK) next.push({ ...wanted, start, end });
    if (!this.replaceRecords(kernel, next)) return false;
    kernel.wake(this.queue);
    return true;
  }

  private replaceRecords(kernel: Kernel, next: RecordLock[]): boolean {
    const more = (next.length - this.records.length) * LOCK_BYTES;
    if (more > 0 && !kernel.memory.charge(more)) return false;
    if (more < 0) kernel.memory.release(-more);
    this.records = next.sort((a, b) => a.start - b.start);
    return true;
  }

  /** Closing any descriptor of the file drops all of the process's records. */
  releaseRecords(kernel: Kernel, owner: LockOwner): void {
    const left = this.records.filter((held) => held.owner !== owner);
    if (left.length === this.records.length) return;
    this.replaceRecords(kernel, left);
    kernel.wake(this.queue);
  }

  /** True if the lock is now held by `file`; converting drops the old lock first, as Linux does. */
  lockWhole(kernel: Kernel, file: FileDescription, pid: number, exclusive: boolean): boolean {
    const held = this.whole.find((lock) => lock.file === file);
    if (held?.exclusive === exclusive) return true;
    this.unlockWhole(kernel, file);
    if (this.whole.some((lock) => lock.exclusive || exclusive)) return false;
    this.whole.push({ file, pid, exclusive });
    return true;
  }

  unlockWhole(kernel: Kernel, file: FileDescription): void {
    const at = this.whole.findIndex((lock) => lock.file === file);
    if (at < 0) return;
    this.whole.splice(at, 1);
    kernel.wake(this.queue);
  }

  releaseDescription(kernel: Kernel, file: FileDescription): void {
    this.unlockWhole(kernel, file);
    this.releaseRecords(kernel, file);
  }

  /** For /proc/locks. */
  list(): { readonly records: readonly RecordLock[]; readonly whole: readonly WholeLock[] } {
    const { records, whole } = this;
    return { records, whole };
  }
}
