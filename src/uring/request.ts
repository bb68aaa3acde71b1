// One submitted operation, from its entry to its completion. Plain data; what it does is in its operation's row.

import type { Kernel } from '../kernel/kernel.ts';
import type { QueueListener, WaitQueue } from '../kernel/task/wait-queue.ts';
import type { Credentials } from '../kernel/task/credentials.ts';
import type { FutexSleeper } from '../kernel/task/futex-table.ts';
import type { Task } from '../kernel/task/task.ts';
import type { TimerTarget } from '../kernel/time/kernel-timer.ts';
import type { FileDescription } from '../kernel/vfs/file.ts';
import type { Inode } from '../kernel/vfs/inode.ts';
import type { SelectedBuffers } from './buffers/select.ts';
import type { FixedBuffer } from './fixed-buffer.ts';
import { PollState } from './poll-state.ts';
import type { Ring } from './ring.ts';
import type { Slot } from './slot.ts';
import { addWork } from './work-queue.ts';
import type { WorkAccount } from './workers/work-account.ts';
import type { Worker } from './workers/worker.ts';

export const NO_QUEUES: readonly WaitQueue[] = [];

export type RequestState =
  | 'prepared' // in a link or deferred: not begun
  | 'issued' // being worked at
  | 'waiting' // for a queue, a timer, or both
  | 'queued' // in the work of its task
  | 'done';

export class Request implements QueueListener, TimerTarget, FutexSleeper {
  /** As events know it. */
  readonly number: number;
  /** Among ring.requests. */
  place = -1;
  readonly ring: Ring;
  /** Who answers for it: the submitter, or the ring's thread. */
  task: Task;
  readonly opcode: number;
  /** IOSQE_*. */
  readonly flags: number;
  /** As in the entry; POLL_REMOVE can change that of a poll. */
  userData: bigint;
  readonly fd: number;
  /** Of IOSQE_BUFFER_SELECT. */
  bufferGroup = 0;
  /** Who it acts as, where that is not its task (sqe.personality). */
  credentials: Credentials | null = null;
  /** Whatever preparation made of the entry. */
  data: unknown = null;
  state: RequestState = 'prepared';
  begun = false;
  /** Its entry was wrong, but the link that it is part of had to be read to the end; `result` says how. */
  brokenAtSubmission = false;
  /** Somebody has ended it; its completion is still to come. */
  isCancelled = false;
  /** Waits for everything that was submitted before it. */
  drains = false;
  /** A worker runs it, not its task. */
  onWorker = false;
  /** Where it waits for a worker. */
  account: WorkAccount | null = null;
  /** That has begun it, while it is with that worker. */
  worker: Worker | null = null;
  /** Workers do the writes of one file one after the other. */
  serialized: Inode | null = null;
  /** It waits as a system call would sleep; `interruptible`: a signal would end that. */
  sleeps = false;
  interruptible = true;
  /** Done by a worker; its task is to place the completion. */
  isFinished = false;
  /** Held from the first issue to the end. */
  file: FileDescription | null = null;
  /** Registered ones that it uses: held as the file is. */
  fileSlot: Slot<FileDescription> | null = null;
  bufferSlot: Slot<FixedBuffer> | null = null;
  /** Notes of the call behind the operation, as task.progress: what an earlier try has done. */
  progress: Task['progress'] = null;
  /** The next of its link, which begins when this one is done. */
  next: Request | null = null;
  /** Behind it in the list of what is done. */
  doneNext: Request | null = null;
  /** Of a LINK_TIMEOUT: the request it limits, while that is under way. */
  limited: Request | null = null;
  /** Cancelled with a link whose head wanted no completions. */
  silenced = false;
  /** What follows in the link is cancelled. */
  failed = false;
  result = 0;
  cqeFlags = 0;
  /** The second half of a completion of 32 bytes. */
  cqeExtra: readonly [bigint, bigint] | null = null;
  /** Arguments of the call behind the operation that were copied when the entry was read; seen at LENT_ADDRESS. */
  lent: Uint8Array | null = null;
  /** Bytes that earlier tries of a transfer have moved. */
  transferred = 0;
  /** The buffers the kernel has chosen for it, while it holds some. */
  selected: SelectedBuffers | null = null;
  /** Among ring.waiting. */
  isRemembered = false;
  queues: readonly WaitQueue[] = NO_QUEUES;
  timer = 0;
  /** The timer, not a queue, has ended the wait. */
  expired = false;
  waitingFor = '';
  /** Woken by an announcement of completions: a multishot ends here, or it would wake itself for ever. */
  wokenByRing = false;

  constructor(number: number, ring: Ring, task: Task, opcode: number, flags: number, userData: bigint, fd: number) {
    this.number = number;
    this.ring = ring;
    this.task = task;
    this.opcode = opcode;
    this.flags = flags;
    this.userData = userData;
    this.fd = fd;
  }

  /** In whose context it runs now. */
  get context(): Task {
    return this.worker?.task ?? this.task;
  }

  queueWoken(kernel: Kernel): void {
    if (this.ring.uring.announcing) this.wokenByRing = true;
    if (this.state !== 'waiting' && this.state !== 'queued') return;
    if (this.data instanceof PollState) this.data.wake(kernel, this.file!);
    if (this.state === 'waiting') addWork(kernel, this);
  }

  get futexIdentity(): number {
    return -this.number;
  }

  futexWoken(kernel: Kernel): void {
    if (this.state === 'waiting') addWork(kernel, this);
  }

  timerExpired(kernel: Kernel): void {
    this.timer = 0;
    this.expired = true;
    if (this.state === 'waiting') addWork(kernel, this);
  }
}
