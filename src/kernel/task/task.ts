// A task (Linux thread) and what it shares with others. Plain data: no closures, no host objects.

import type { CpuContext } from '../../machine/cpu/state.ts';
import type { Mm } from '../mm/mm.ts';
import type { RemoteState } from '../remote/remote-state.ts';
import { NO_ALT_STACK, type AltStack } from '../signal/alternate-stack.ts';
import { SignalQueue, type SignalActions } from '../signal/state.ts';
import type { TaskUintr } from '../uintr/state.ts';
import type { FdTable, HeldFile } from '../vfs/fd-table.ts';
import type { FsContext } from '../vfs/fs-context.ts';
import type { IpcWait } from '../ipc/ipc-wait.ts';
import type { UndoList } from '../ipc/sysv/semaphore-undo.ts';
import type { KernelThread } from './companion.ts';
import type { Credentials } from './credentials.ts';
import { noUsage, type Process } from './process.ts';
import type { WaitQueue } from './wait-queue.ts';

export type TaskState =
  | 'runnable' // in a run queue, or running
  | 'blocked' // interruptible sleep in a system call
  | 'uninterruptible' // only a fatal signal ends the sleep
  | 'stopped'
  | 'zombie'
  | 'dead';

/** A system call that waits. On wake-up its handler runs again with the same arguments. */
export interface BlockedCall {
  readonly queues: readonly WaitQueue[];
  /** Absolute virtual time in cycles, or null. When reached, the handler runs again and sees `task.timedOut`. */
  readonly deadline: number | null;
  /** Handle in the event queue for the deadline, 0 if none. */
  readonly timer: number;
  /** What a person reads: "futex 0x4c0120". */
  readonly waitingFor: string;
  readonly interruptible: boolean;
  /** The deadline is a time of CLOCK_REALTIME. */
  readonly onRealtime: boolean;
}

/** The system call in progress. */
export interface Call {
  readonly number: number;
  readonly arguments: readonly bigint[];
  readonly files: readonly HeldFile[];
}

/** What restart_syscall goes on with: the absolute deadline of a sleep or a timed wait that a signal interrupted. */
export interface RestartBlock {
  readonly number: number;
  readonly progress: Record<string, number | bigint | string | boolean>;
}

/** SCHED_OTHER 0, FIFO 1, RR 2, BATCH 3, IDLE 5. */
export interface Scheduling {
  policy: number;
  priority: number;
  nice: number;
  /** Weighted cycles received, for fairness among SCHED_OTHER tasks. */
  virtualRuntime: number;
  /** When the task was last put on a processor. */
  since: number;
  /** vCPU in whose run queue the task waits, -1 if in none. */
  queuedOn: number;
  /** Real-time priority lent by those who wait for a lock it holds, 0 for none. */
  lentPriority: number;
  resetOnFork: boolean;
}

export interface TaskSignals {
  blocked: bigint;
  readonly pending: SignalQueue;
  actions: SignalActions;
  /** The mask to go back to when sigsuspend, ppoll, pselect6 or epoll_pwait is over. */
  savedMask: bigint | null;
  altStack: AltStack;
  /** Blocked signals that a sigtimedwait in progress wants. */
  waitedFor: bigint;
}

/** What a task is made with; the rest starts empty. */
export interface TaskParts {
  readonly mm: Mm;
  readonly files: FdTable;
  readonly fs: FsContext;
  readonly actions: SignalActions;
  readonly credentials: Credentials;
  readonly context: CpuContext;
}

export class Task {
  /** Changes only when a thread other than the leader executes a program. */
  tid: number;
  readonly process: Process;
  name: string;
  state: TaskState = 'runnable';
  /** User registers, valid whenever the task is not executing in user mode. */
  context: CpuContext;
  mm: Mm;
  files: FdTable;
  fs: FsContext;
  credentials: Credentials;
  signals: TaskSignals;
  uintr: TaskUintr | null = null;
  /** Its program is a client of the machine. */
  remote: RemoteState | null = null;
  /** vCPU it runs on or ran last. */
  vcpu = 0;
  /** It has been on a vCPU before. */
  hasRun = false;
  /** Bit n: may run on vCPU n. */
  affinity = 0xffff_ffff;
  scheduling: Scheduling = {
    policy: 0,
    priority: 0,
    nice: 0,
    virtualRuntime: 0,
    since: 0,
    queuedOn: -1,
    lentPriority: 0,
    resetOnFork: false,
  };
  /** The system call in progress (number as the guest gave it, arguments) while blocked, else null. */
  call: Call | null = null;
  blocked: BlockedCall | null = null;
  /** Number of the system call whose result is in RAX and may yet be restarted by a signal; -1 otherwise (orig_rax). */
  returning = -1;
  /** Set by an expired deadline before the handler is run again. */
  timedOut = false;
  /** A handler's notes across re-runs of a blocked call (bytes already written, absolute deadline, ...). Plain data. Cleared at completion. */
  progress: Record<string, number | bigint | string | boolean> | null = null;
  restart: RestartBlock | null = null;
  /** Its place in a queue of System V or POSIX IPC while its call waits there. */
  ipcWait: IpcWait | null = null;
  /** What SEM_UNDO owes at its end. */
  semaphoreUndo: UndoList | null = null;
  /** The kernel's companion has something to do before this task goes on. */
  hasCompanionWork = false;
  /** A thread that never runs user code. */
  kernelThread: KernelThread | null = null;
  /** The task must exit with this code at its next boundary; null if not. */
  exiting: number | null = null;
  /** Of the last exceptions, for signal frames; `address` of the last page fault. */
  lastFault = { vector: 0, errorCode: 0, address: 0n };
  clearChildTid = 0;
  robustList = 0;
  rseq = 0;
  rseqLength = 0;
  parentDeathSignal = 0;
  noNewPrivileges = false;
  /** PR_SET_IO_FLUSHER. */
  ioFlusher = false;
  /** ioprio_set's word; 0: none. */
  ioPriority = 0;
  /** Its user has changed to one with too many processes: execve fails while that is so. */
  exceedsProcessLimit = false;
  timerSlack = 50_000;
  /** personality(2). */
  personality = 0;
  readonly usage = noUsage();
  /** When the present stretch of user or kernel time began. */
  stretchStart = 0;
  startedAt = 0;

  constructor(tid: number, process: Process, name: string, parts: TaskParts) {
    this.tid = tid;
    this.process = process;
    this.name = name;
    this.mm = parts.mm;
    this.files = parts.files;
    this.fs = parts.fs;
    this.credentials = parts.credentials;
    this.context = parts.context;
    this.signals = {
      blocked: 0n,
      pending: new SignalQueue(),
      actions: parts.actions,
      savedMask: null,
      altStack: NO_ALT_STACK,
      waitedFor: 0n,
    };
  }
}
