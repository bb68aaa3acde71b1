// One semop call: its operations, and its wait if they cannot be carried out at once.

import type { Task } from '../../task/task.ts';
import { IpcWait } from '../ipc-wait.ts';
import type { SemaphoreSet } from './semaphore-set.ts';
import type { SemaphoreUndo } from './semaphore-undo.ts';

/** struct sembuf. */
export interface SemaphoreOperation {
  readonly number: number;
  /** 0: wait for zero. */
  readonly change: number;
  readonly noWait: boolean;
  readonly undo: boolean;
}

export interface SemopRequest {
  readonly operations: readonly SemaphoreOperation[];
  /** At least one operation is not a wait for zero. */
  readonly alters: boolean;
  readonly undo: SemaphoreUndo | null;
  readonly pid: number;
  /** Index of the operation that could not be carried out at the last attempt. */
  blocking: number;
}

export class SemaphoreWait extends IpcWait {
  readonly set: SemaphoreSet;
  readonly request: SemopRequest;
  /** What the call returns; null while it waits. */
  outcome: number | null = null;

  constructor(task: Task, set: SemaphoreSet, request: SemopRequest) {
    super(task);
    this.set = set;
    this.request = request;
  }

  get isDone(): boolean {
    return this.outcome !== null;
  }

  override begin(): void {
    super.begin();
    this.set.enqueue(this);
  }

  protected override leave(): void {
    this.set.withdraw(this);
  }
}
