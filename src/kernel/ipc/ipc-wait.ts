// A task's place in a queue of an IPC object. It is kept across the re-runs of the call that waits, completed by whoever makes the
// call possible, and given up when a signal, a timeout or the end of the task comes first.

import type { Task } from '../task/task.ts';

export abstract class IpcWait {
  readonly task: Task;

  constructor(task: Task) {
    this.task = task;
  }

  /** Somebody has completed the call for the task: its result is known. */
  abstract get isDone(): boolean;
  /** Leaves the queue. */
  protected abstract leave(): void;

  /** The call sleeps, or sleeps on. */
  begin(): void {
    this.task.ipcWait = this;
  }

  /** The call is over, whatever its result. */
  end(): void {
    this.task.ipcWait = null;
    if (!this.isDone) this.leave();
  }
}
