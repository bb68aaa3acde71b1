// What SEM_UNDO owes: for each set, by how much the end of a process has to change each value (semop(2)).

import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import type { SemaphoreSet } from './semaphore-set.ts';

/** Adjustments of one process to one set. */
export interface SemaphoreUndo {
  readonly list: UndoList;
  readonly set: SemaphoreSet;
  readonly adjustments: Int16Array;
}

/** Shared by the threads of a process, and by whoever is cloned with CLONE_SYSVSEM: the last one to end pays. */
export class UndoList {
  users = 1;
  /** By identifier of the set. */
  readonly sets = new Map<number, SemaphoreUndo>();

  of(set: SemaphoreSet): SemaphoreUndo | null {
    return this.sets.get(set.id) ?? null;
  }

  open(set: SemaphoreSet): SemaphoreUndo {
    const undo = { list: this, set, adjustments: new Int16Array(set.count) };
    this.sets.set(set.id, undo);
    return undo;
  }
}

/** `task` ends, or no longer shares what it owes. */
export function releaseUndo(kernel: Kernel, task: Task): void {
  const list = task.semaphoreUndo;
  task.semaphoreUndo = null;
  if (!list || --list.users > 0) return;
  for (const undo of [...list.sets.values()].reverse()) undo.set.payBack(kernel, undo, task.process.pid);
  list.sets.clear();
}

/** clone: with CLONE_SYSVSEM the child owes what its parent owes. */
export function inheritUndo(parent: Task, child: Task, shares: boolean): void {
  if (!shares) return;
  parent.semaphoreUndo ??= new UndoList();
  parent.semaphoreUndo.users++;
  child.semaphoreUndo = parent.semaphoreUndo;
}
