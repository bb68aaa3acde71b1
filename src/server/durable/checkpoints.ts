// Saves machines whose journals would take long to replay: a few at a time, in the order in which their workers ask. What fails is tried again
// after a while, which doubles; until then the journal is longer to replay, and nothing else.

import { MachineError } from '../../machine/errors.ts';
import type { MachineHandle } from '../machine-handle.ts';

/** While one is packed another is captured. */
const AT_ONCE = 2;
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 5 * 60_000;
/** Not what a disk says: the machine is gone, or on its way somewhere, where it is saved. */
const NOT_NOW = new Set<string>(['MACHINE_BUSY', 'MACHINE_NOT_FOUND', 'MACHINE_CRASHED', 'WORKER_LOST', 'WRONG_STATE', 'DRAINING']);
const FULL = /\b(ENOSPC|EDQUOT|EIO|EROFS)\b|database or disk is full/;

interface Failing {
  readonly delay: number;
  readonly timer: NodeJS.Timeout;
  readonly isOfDisk: boolean;
}

/** Who hears of what does not work, and of what does again. */
export interface CheckpointObserver {
  failed(handle: MachineHandle, error: Error, againInMilliseconds: number): void;
  mended(handle: MachineHandle): void;
  /** The disk takes no more of some machine, or of none any more. */
  troubled(isTroubled: boolean): void;
}

export class Checkpoints {
  private readonly save: (handle: MachineHandle) => Promise<void>;
  private readonly queue = new Set<MachineHandle>();
  private readonly failing = new Map<MachineHandle, Failing>();
  private busy = 0;
  private isStopped = false;
  observer: CheckpointObserver = { failed() {}, mended() {}, troubled() {} };
  /** Made so far. */
  count = 0;

  /** `save` tells how it went by ended(), as all saves do, and rejects if it did not work. */
  constructor(save: (handle: MachineHandle) => Promise<void>) {
    this.save = save;
  }

  /** Machines that could not be saved when that was tried last. */
  get unsaved(): number {
    return this.failing.size;
  }

  /** It will be tried again by itself. */
  isFailing(handle: MachineHandle): boolean {
    return this.failing.has(handle);
  }

  want(handle: MachineHandle): void {
    if (this.isStopped || this.failing.has(handle)) return;
    this.queue.add(handle);
    this.fill();
  }

  /** A machine was saved, whoever asked for it, or could not be. */
  ended(handle: MachineHandle, error: Error | null): void {
    if (error instanceof MachineError && NOT_NOW.has(error.code)) return;
    const before = this.failing.get(handle);
    clearTimeout(before?.timer);
    if (error && !handle.deleted) {
      const delay = Math.min(LONGEST_DELAY, before ? before.delay * 2 : FIRST_DELAY);
      const timer = setTimeout(() => this.again(handle), delay).unref();
      this.failing.set(handle, { delay, timer, isOfDisk: FULL.test(error.message) });
      this.observer.failed(handle, error, delay);
    } else {
      if (!error) this.count++;
      if (this.failing.delete(handle)) this.observer.mended(handle);
    }
    this.observer.troubled([...this.failing.values()].some(({ isOfDisk }) => isOfDisk));
  }

  /** Nobody needs it any more: it is gone, or its journal begins anew. */
  forget(handle: MachineHandle): void {
    this.queue.delete(handle);
    if (this.failing.has(handle)) this.ended(handle, null);
  }

  stop(): void {
    this.isStopped = true;
    this.queue.clear();
    for (const { timer } of this.failing.values()) clearTimeout(timer);
  }

  private again(handle: MachineHandle): void {
    if (handle.deleted || handle.state === 'crashed' || handle.isParked) return this.forget(handle);
    this.queue.add(handle);
    this.fill();
  }

  private fill(): void {
    for (const handle of this.queue) {
      if (this.busy >= AT_ONCE) return;
      this.queue.delete(handle);
      this.busy++;
      void this.save(handle)
        .catch(() => {})
        .finally(() => {
          this.busy--;
          this.fill();
        });
    }
  }
}
