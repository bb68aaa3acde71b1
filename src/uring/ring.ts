// One io_uring: what the kernel keeps of it. What is done with it is in the files of its subjects.

import type { Credentials } from '../kernel/task/credentials.ts';
import type { Task } from '../kernel/task/task.ts';
import { CLOCK } from '../kernel/time/clocks.ts';
import { WaitQueue } from '../kernel/task/wait-queue.ts';
import type { EventFile } from '../kernel/ipc/event-file.ts';
import type { VectorFile } from '../kernel/uintr/vector-file.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';
import { arrayOffset, cqeBytesOf, HEADS, sqeBytesOf } from './abi/ring-layout.ts';
import { SETUP } from './abi/setup.ts';
import type { BufferGroup } from './buffers/group.ts';
import { DoneList } from './done-list.ts';
import { Fifo } from './fifo.ts';
import type { FixedBuffer } from './fixed-buffer.ts';
import { InFlight } from './in-flight.ts';
import type { Restrictions } from './register/restrictions.ts';
import type { Request } from './request.ts';
import type { RingMemory } from './ring-memory.ts';
import type { Slot } from './slot.ts';
import type { SqThread } from './sq-thread.ts';
import type { Uring } from './uring.ts';

/** What a completion says: a request that is done says it of itself. */
export interface Completion {
  readonly userData: bigint;
  readonly result: number;
  readonly cqeFlags: number;
  /** The second half of a completion of 32 bytes; null: nothing, or zeroes. */
  readonly cqeExtra: readonly [bigint, bigint] | null;
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
  sqEntries = 0;
  cqEntries = 0;
  memory: RingMemory;
  sqes: RingMemory;
  /** Of the index array; -1 without (IORING_SETUP_NO_SQARRAY). */
  arrayAt = -1;
  readonly sqeBytes: number;
  /** Of one slot; where completions of both sizes are, a large one takes two. */
  readonly cqeBytes: number;
  disabled: boolean;
  closed = false;
  /** SINGLE_ISSUER: the one task that may use it. */
  issuer: Task | null = null;

  /** Entries taken and completions placed; the words in shared memory are copies of these. */
  sqHead = 0;
  /** The word in memory may be behind while the polling thread's time for what it has taken is not over. */
  sqHeadSeen = 0;
  cqTail = 0;
  readonly overflow = new Fifo<Completion>();
  /** Completions were dropped since somebody last waited. */
  droppedCompletions = false;

  /** In flight, in the order of submission. */
  readonly requests = new InFlight();
  /** Those that have waited and are not done, by what the program calls them. */
  readonly waiting = new Map<bigint, Request[]>();
  /** Done, their completions not yet placed. */
  completed = new DoneList();
  /** Link heads that wait for earlier requests (IOSQE_IO_DRAIN), in order. */
  readonly deferred: Request[] = [];
  drainDisabled = false;
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
  /** Buffers that the kernel chooses from, by group. */
  readonly bufferGroups = new Map<number, BufferGroup>();
  /** Credentials that entries may name. */
  readonly personalities = new Map<number, Credentials>();
  personalitiesMade = 0;
  /** What may be done with it (IORING_REGISTER_RESTRICTIONS); null: everything. */
  restrictions: Restrictions | null = null;
  /** Memory that holds arguments of waits (IORING_REGISTER_MEM_REGION). */
  region: { readonly memory: RingMemory; readonly holdsWaits: boolean } | null = null;
  /** IORING_REGISTER_IOWQ_MAX_WORKERS: of bounded and unbounded ones, for every task that uses the ring; 0: as it was. */
  workerLimits: readonly number[] | null = null;
  /** Clock of waits for completions. */
  clock = CLOCK.MONOTONIC;
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
  /** Tasks that wait for a request that a worker is at. */
  readonly workEnds: WaitQueue;
  /** Tasks that wait for room among the submission entries (IORING_ENTER_SQ_WAIT). */
  readonly sqRoom: WaitQueue;

  constructor(parts: RingParts) {
    this.uring = parts.uring;
    this.number = parts.number;
    this.pid = parts.creator.process.pid;
    this.tid = parts.creator.tid;
    this.setupFlags = parts.setupFlags;
    this.memory = parts.memory;
    this.sqes = parts.sqes;
    this.sqeBytes = sqeBytesOf(parts.setupFlags);
    this.cqeBytes = cqeBytesOf(parts.setupFlags);
    this.resize(parts.memory, parts.sqes, parts.sqEntries, parts.cqEntries);
    this.disabled = (parts.setupFlags & SETUP.R_DISABLED) !== 0;
    this.waiters = new WaitQueue(`completions of ring ${parts.number}`);
    this.pollers = new WaitQueue(`ring ${parts.number}`);
    this.workEnds = new WaitQueue(`workers of ring ${parts.number}`);
    this.sqRoom = new WaitQueue(`room in ring ${parts.number}`);
  }

  /** Other memory, of other sizes. What was in the old is the caller's. */
  resize(memory: RingMemory, sqes: RingMemory, sqEntries: number, cqEntries: number): void {
    this.memory = memory;
    this.sqes = sqes;
    this.sqEntries = sqEntries;
    this.cqEntries = cqEntries;
    this.arrayAt = this.has(SETUP.NO_SQARRAY) ? -1 : arrayOffset(cqEntries, this.cqeBytes);
  }

  has(flag: number): boolean {
    return (this.setupFlags & flag) !== 0;
  }

  /** Entries that the program has filled and the kernel has not taken; the program may have written nonsense. */
  get pendingEntries(): number {
    return (this.memory.read32(HEADS.SQ_TAIL) - this.sqHead) >>> 0;
  }

  /** No room for another entry, as the program sees it. */
  get isFull(): boolean {
    return (this.memory.read32(HEADS.SQ_TAIL) - this.memory.read32(HEADS.SQ_HEAD)) >>> 0 === this.sqEntries;
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
