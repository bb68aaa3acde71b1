// One io_uring: what the kernel keeps of it. What is done with it is in the files of its subjects.

import type { Task } from '../kernel/task/task.ts';
import { WaitQueue } from '../kernel/task/wait-queue.ts';
import type { EventFile } from '../kernel/ipc/event-file.ts';
import type { VectorFile } from '../kernel/uintr/vector-file.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';
import { arrayOffset, HEADS } from './abi/ring-layout.ts';
import { SETUP } from './abi/setup.ts';
import type { FixedBuffer } from './fixed-buffer.ts';
import type { Request } from './request.ts';
import type { RingMemory } from './ring-memory.ts';
import type { SqThread } from './sq-thread.ts';
import type { Uring } from './uring.ts';

/** A registered resource; a tag other than 0 is posted when the resource is let go. */
export interface Slot<T> {
  readonly resource: T;
  readonly tag: bigint;
}

/** A completion that waits for room in the ring. */
export interface Completion {
  readonly userData: bigint;
  readonly result: number;
  readonly flags: number;
}

/** The ring's thread sends by this UITT entry (profile rfc). */
export interface ThreadInterrupt {
  readonly index: number;
  readonly vector: number;
  readonly upid: bigint;
}

export interface RingParts {
  readonly uring: Uring;
  readonly number: number;
  readonly creator: Task;
  readonly setupFlags: number;
  readonly sqEntries: number;
  readonly cqEntries: number;
  readonly memory: RingMemory;
  readonly sqes: RingMemory;
}

export class Ring {
  readonly uring: Uring;
  readonly number: number;
  /** Who made it: for people. */
  readonly pid: number;
  readonly tid: number;
  fd = -1;
  readonly setupFlags: number;
  readonly sqEntries: number;
  readonly cqEntries: number;
  readonly memory: RingMemory;
  readonly sqes: RingMemory;
  /** Of the index array. */
  readonly arrayAt: number;
  disabled: boolean;
  closed = false;
  /** SINGLE_ISSUER: the one task that may use it. */
  issuer: Task | null = null;

  /** Entries taken and completions placed; the words in shared memory are copies of these. */
  sqHead = 0;
  cqTail = 0;
  readonly overflow: Completion[] = [];
  /** Completions were dropped since somebody last waited. */
  droppedCompletions = false;

  /** In flight, in the order of submission. */
  readonly requests = new Map<number, Request>();
  /** Done, their completions not yet placed. */
  completed: Request[] = [];
  /** Link heads that wait for earlier requests (IOSQE_IO_DRAIN), in order. */
  readonly deferred: Request[] = [];
  drainDisabled = false;
  /** For workers, at the end of the submission or of the work in progress. */
  workerQueue: Request[] = [];
  /** Work that waits until the issuer asks for completions (DEFER_TASKRUN). */
  deferredWork: Request[] = [];
  /** Timeouts under way, oldest first. */
  readonly timeouts: Request[] = [];
  /** Timeouts that have completed: a wait for completions ends with each. */
  timeoutsDone = 0;
  /** Position of the completion ring, timeouts not counted, when it was last compared with the counts of timeouts. */
  timeoutsSeen = 0;

  files: (Slot<FileDescription> | null)[] | null = null;
  /** Where descriptors are put that the ring chooses: [start, end). */
  allocation = { start: 0, end: 0, next: 0 };
  buffers: (Slot<FixedBuffer> | null)[] | null = null;
  eventfd: { readonly file: EventFile; readonly async: boolean } | null = null;
  /** Completions that eventfds have been told of. */
  eventfdSeen = 0;
  /** IORING_REGISTER_UINTR. */
  uintr: VectorFile | null = null;
  /** io_uring_params.uintr_fd. */
  threadInterrupt: ThreadInterrupt | null = null;
  thread: SqThread | null = null;

  /** Tasks in io_uring_enter; each notes in its progress what it waits for. */
  readonly waiters: WaitQueue;
  /** poll and epoll of the descriptor. */
  readonly pollers: WaitQueue;
  /** Tasks that wait for room among the submission entries (IORING_ENTER_SQ_WAIT). */
  readonly sqRoom: WaitQueue;

  constructor(parts: RingParts) {
    this.uring = parts.uring;
    this.number = parts.number;
    this.pid = parts.creator.process.pid;
    this.tid = parts.creator.tid;
    this.setupFlags = parts.setupFlags;
    this.sqEntries = parts.sqEntries;
    this.cqEntries = parts.cqEntries;
    this.memory = parts.memory;
    this.sqes = parts.sqes;
    this.arrayAt = arrayOffset(parts.cqEntries);
    this.disabled = (parts.setupFlags & SETUP.R_DISABLED) !== 0;
    this.waiters = new WaitQueue(`completions of ring ${parts.number}`);
    this.pollers = new WaitQueue(`ring ${parts.number}`);
    this.sqRoom = new WaitQueue(`room in ring ${parts.number}`);
  }

  has(flag: number): boolean {
    return (this.setupFlags & flag) !== 0;
  }

  /** Entries that the program has filled and the kernel has not taken; the program may have written nonsense. */
  get pendingEntries(): number {
    return (this.memory.read32(HEADS.SQ_TAIL) - this.sqHead) >>> 0;
  }

  /** Completions in the ring that the program has not taken, by the heads in memory. */
  get readyCompletions(): number {
    return (this.cqTail - this.memory.read32(HEADS.CQ_HEAD)) >>> 0;
  }

  setSqFlag(flag: number, on: boolean): void {
    const old = this.memory.read32(HEADS.SQ_FLAGS);
    const flags = on ? old | flag : old & ~flag;
    if (flags !== old) this.memory.write32(HEADS.SQ_FLAGS, flags);
  }
}
