// What a task has to do with user interrupts, as receiver and as sender. Plain data.

import type { UittContext } from './uitt-context.ts';
import type { UpidContext } from './upid-context.ts';

/** Something a task must do in its own context before it returns to user mode. */
export type TaskWork =
  /** A connection of this sender was cut: free its UITT entry. */
  | { readonly kind: 'free-entry'; readonly table: UittContext; readonly index: number }
  /** A vector descriptor of this receiver was closed for good: the vector is free again. */
  | { readonly kind: 'clear-vector'; readonly upid: UpidContext; readonly vector: number };

export class TaskUintr {
  /** Component 14 as XSAVES stored it, valid while the task is not current; null is its initial state. */
  image: Uint8Array | null = null;
  /** The thread's UPID; kept after unregistering under profiles that reuse it. */
  upid: UpidContext | null = null;
  /** A handler is registered: the UPID is programmed. */
  receiver = false;
  /** The task's own UITT, under profiles that have one a task. */
  table: UittContext | null = null;
  /** A user interrupt has woken the task out of a system call, which must end with EINTR. */
  notifySignal = false;
  /** The thread has ended; what others still want of it is nobody's work. */
  exited = false;
  work: TaskWork[] = [];
}
