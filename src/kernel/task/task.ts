// A task (Linux thread) and what it shares with others. Plain data: no closures, no host objects.

import type { CpuContext } from '../../machine/cpu/state.ts';
import type { Mm } from '../mm/mm.ts';
import type { FdTable } from '../vfs/fd-table.ts';
import type { FsContext } from '../vfs/fs-context.ts';
import type { SignalActions, SignalQueue } from '../signal/state.ts';
import type { TaskUintr } from '../uintr/state.ts';
import type { Process } from './process.ts';
import type { WaitQueue } from './wait-queue.ts';

export type TaskState =
  | 'runnable' // in a run queue, or running
  | 'blocked' // interruptible sleep in a system call
  | 'uninterruptible'
  | 'stopped'
  | 'zombie'
  | 'dead';

/** A system call that waits. On wake-up its handler runs again with the same arguments. */
export interface BlockedCall {
  readonly queues: readonly WaitQueue[];
  /** Absolute virtual time in cycles, or null. When reached, the handler runs again and sees `task.timedOut`. */
  readonly deadline: number | null;
  /** Handle in the event queue for the deadline, 0 if none. */
  timer: number;
  /** What a person reads: "futex 0x4c0120". */
  readonly waitingFor: string;
  readonly interruptible: boolean;
}

export interface Task {
  readonly tid: number;
  readonly process: Process;
  name: string;
  state: TaskState;
  /** User registers, valid whenever the task is not executing in user mode. */
  context: CpuContext;
  mm: Mm;
  files: FdTable;
  fs: FsContext;
  signals: { blocked: bigint; pending: SignalQueue; actions: SignalActions; savedMask: bigint | null; altStack: { base: number; size: number; flags: number } };
  uintr: TaskUintr | null;
  /** vCPU it runs on or ran last. */
  vcpu: number;
  /** Bit n: may run on vCPU n. */
  affinity: number;
  /** The system call in progress (number as the guest gave it, arguments) while blocked, else null. */
  call: { readonly number: number; readonly arguments: readonly bigint[] } | null;
  blocked: BlockedCall | null;
  /** Set by an expired deadline before the handler is run again. */
  timedOut: boolean;
  /** A handler's notes across re-runs of a blocked call (bytes already written, absolute deadline, ...). Plain data. Cleared at completion. */
  progress: Record<string, number | bigint | string | boolean> | null;
  clearChildTid: number;
  robustList: number;
  rseq: number;
}
