// Finding and making the uintr state of a task.

import type { Task } from '../task/task.ts';
import { TaskUintr } from './state.ts';
import type { UpidContext } from './upid-context.ts';

export function ensureUintr(task: Task): TaskUintr {
  task.uintr ??= new TaskUintr();
  return task.uintr;
}

/** The UPID of a task that has a handler registered, else null. */
export function receiverOf(task: Task): UpidContext | null {
  return task.uintr?.receiver ? task.uintr.upid : null;
}
