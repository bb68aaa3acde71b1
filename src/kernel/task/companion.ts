// A unit beside the kernel that works in the context of tasks: the rings. The kernel knows it by this interface alone.

import type { Kernel } from '../kernel.ts';
import type { BlockRequest } from './blocking.ts';
import type { Task } from './task.ts';

export interface TaskCompanion {
  /** `task.hasCompanionWork` is set and `task` is about to go on: before its blocked call runs again, and before user mode. */
  runTaskWork(kernel: Kernel, task: Task): void;
  /** `task` ends: before its memory and files go. */
  taskExits(kernel: Kernel, task: Task): void;
  /** execve of `task` can no longer fail: before its memory and files go. */
  taskExecutes(kernel: Kernel, task: Task): void;
}

/** What a thread without user code does whenever it has a vCPU. It charges time, sleeps or ends: anything else would hang the machine. */
export interface KernelThread {
  run(kernel: Kernel, task: Task): void;
}

/** While this is in place for a task, block() says what would be waited for and lets the task go on. */
export interface Attempt {
  readonly task: Task;
  wanted: BlockRequest | null;
}
