// A process (Linux thread group): what its threads have in common beside memory and files. Plain data.

import type { SymbolTable } from '../loader/symbols.ts';
import { SignalQueue } from '../signal/state.ts';
import { CpuLimit } from '../time/cpu-limit.ts';
import type { IntervalTimer } from '../time/interval-timer.ts';
import type { PosixTimer } from '../time/posix-timer.ts';
import type { Terminal } from '../tty/terminal.ts';
import { credentialsOf, type Credentials } from './credentials.ts';
import type { Limit } from './limits.ts';
import type { Task } from './task.ts';
import { WaitQueue } from './wait-queue.ts';

/** How a process ended or stopped, as wait4 reports it. */
export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: number; readonly core: boolean };

/** Times in cycles, counts since the start. */
export interface Usage {
  user: number;
  system: number;
  minorFaults: number;
  majorFaults: number;
  voluntarySwitches: number;
  involuntarySwitches: number;
  /** Largest resident set, in pages. */
  peakPages: number;
  /** Bytes and calls of read, write and their like. */
  readBytes: number;
  writtenBytes: number;
  reads: number;
  writes: number;
}

export function noUsage(): Usage {
  return {
    user: 0,
    system: 0,
    minorFaults: 0,
    majorFaults: 0,
    voluntarySwitches: 0,
    involuntarySwitches: 0,
    peakPages: 0,
    readBytes: 0,
    writtenBytes: 0,
    reads: 0,
    writes: 0,
  };
}

const COUNTED = ['readBytes', 'writtenBytes', 'reads', 'writes'] as const;

/** Adds what one thread, or a reaped child, has used. */
export function addUsage(sum: Usage, part: Usage): void {
  sum.user += part.user;
  sum.system += part.system;
  sum.minorFaults += part.minorFaults;
  sum.majorFaults += part.majorFaults;
  sum.voluntarySwitches += part.voluntarySwitches;
  sum.involuntarySwitches += part.involuntarySwitches;
  for (const field of COUNTED) sum[field] += part[field];
  sum.peakPages = Math.max(sum.peakPages, part.peakPages);
}

export class Process {
  /** Follows from the program. */
  static readonly transient = ['symbols'];

  readonly pid: number;
  parent: Process | null;
  readonly children: Process[] = [];
  /** The thread of the parent that made it, while that lives (__WNOTHREAD, PR_SET_PDEATHSIG). */
  creator: Task | null = null;
  /** Live threads, oldest first; the leader stays in front until it has exited. */
  readonly tasks: Task[] = [];
  /** Of the kernel, in the context of the process: they neither keep it alive nor take its signals. */
  readonly kernelThreads: Task[] = [];
  group: number;
  session: number;
  /** Path of the program, as execve resolved it. */
  executable = '';
  /** Symbols of the program, for texts that name addresses. */
  symbols: SymbolTable | null = null;
  readonly pending = new SignalQueue();
  /** Woken when a child changes state. */
  readonly childEvents: WaitQueue;
  /** Woken when a thread has gone (execve waits for that). */
  readonly threadEvents: WaitQueue;
  /** Woken when this process, as a vfork child, has released its parent's memory. */
  readonly vforkDone: WaitQueue;
  /** Woken when the process, or one of its threads, has ended or been waited for (pidfds). */
  readonly endEvents: WaitQueue;
  /** Woken when a signal arrives that its receivers block (signalfd). */
  readonly signalEvents: WaitQueue;
  vforkParentWaits = false;
  /** Real user, for those who hear of its end. */
  uid = 0;
  limits: Limit[];
  /** Set when the whole group must end; every thread then exits at its next boundary. */
  groupExit: ExitStatus | null = null;
  /** The thread that runs execve and waits for the others to go, or null. */
  executing: Task | null = null;
  /** Set when the last thread has exited: a zombie until it is waited for. */
  exitStatus: ExitStatus | null = null;
  reaped = false;
  /** Job control: stopped by this signal, 0 if running. */
  stoppedBy = 0;
  stopReported = true;
  continued = false;
  /** Sent to the parent when the group ends; SIGCHLD but for clone's choice. */
  exitSignal = 17;
  startedAt: number;
  readonly usage = noUsage();
  readonly childrenUsage = noUsage();
  /** ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF. */
  readonly intervalTimers: (IntervalTimer | null)[] = [null, null, null];
  readonly posixTimers = new Map<number, PosixTimer>();
  readonly cpuLimit = new CpuLimit(this);
  nextTimerId = 0;
  /** The controlling terminal. */
  terminal: Terminal | null = null;
  /** Of a session leader whose terminal has hung up: the group that was in front; 0 if none. */
  lostForeground = 0;
  hasExecuted = false;
  dumpable = 1;
  lastCredentials = credentialsOf(0, 0);
  /** What prctl was told, and tells: PR_MCE_KILL, PR_SET_THP_DISABLE, PR_SET_MEMORY_MERGE. */
  memoryErrorPolicy = 2;
  hugePagesDisabled = 0;
  mergesMemory = false;
  childSubreaper = false;
  oomScoreAdjustment = 0;

  constructor(pid: number, parent: Process | null, limits: Limit[], now: number) {
    this.pid = pid;
    this.parent = parent;
    this.group = parent?.group ?? pid;
    this.session = parent?.session ?? pid;
    this.limits = limits;
    this.startedAt = now;
    this.childEvents = new WaitQueue(`child of ${pid}`);
    this.threadEvents = new WaitQueue(`threads of ${pid}`);
    this.signalEvents = new WaitQueue(`signals of ${pid}`);
    this.endEvents = new WaitQueue(`end of ${pid}`);
    this.vforkDone = new WaitQueue(`vfork child ${pid}`);
  }

  /** The thread whose tid is the pid, if it still lives, else the oldest. */
  get leader(): Task | null {
    return this.tasks[0] ?? null;
  }

  /** Everything that runs for it, as /proc lists it and as its time is counted. */
  get threads(): readonly Task[] {
    return this.kernelThreads.length === 0 ? this.tasks : [...this.tasks, ...this.kernelThreads];
  }

  /** Of the leader, or as they were when it ended. */
  get credentials(): Credentials {
    return this.leader?.credentials ?? this.lastCredentials;
  }

  get isZombie(): boolean {
    return this.exitStatus !== null && !this.reaped;
  }
}
