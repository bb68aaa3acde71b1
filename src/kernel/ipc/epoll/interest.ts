// One file that an epoll watches. It listens where the file's waiters sleep, as they would; whether the file is really ready is asked
// when somebody looks.

import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import type { ExclusiveListener, QueueListener, WaitQueue } from '../../task/wait-queue.ts';
import { type FileDescription, POLL } from '../../vfs/file.ts';
import type { EpollFile } from './epoll-file.ts';

export const EPOLLEXCLUSIVE = 1 << 28;
export const EPOLLWAKEUP = 1 << 29;
export const EPOLLONESHOT = 1 << 30;
export const EPOLLET = 1 << 31;
/** How to tell, not what. */
export const PRIVATE_BITS = EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET;
const ALWAYS = POLL.ERR | POLL.HUP;

export class Interest implements QueueListener, ExclusiveListener {
  readonly epoll: EpollFile;
  readonly fd: number;
  readonly file: FileDescription;
  /** The file, if it is an epoll itself. */
  readonly inner: EpollFile | null;
  /** EPOLL* bits, ERR and HUP always among them; a one-shot interest that has fired keeps only its private bits. */
  events: number;
  data: bigint;
  /** In the ready list. */
  isListed = false;
  private queues: readonly WaitQueue[] = [];

  constructor(epoll: EpollFile, fd: number, file: FileDescription, inner: EpollFile | null, events: number, data: bigint) {
    this.epoll = epoll;
    this.fd = fd;
    this.file = file;
    this.inner = inner;
    this.events = events | ALWAYS;
    this.data = data;
  }

  get isExclusive(): boolean {
    return (this.events & EPOLLEXCLUSIVE) !== 0;
  }

  /** Begins to listen, for `task` where the file cares who asks. */
  attach(task: Task): void {
    this.queues = this.file.pollQueues(this.events, task);
    for (const queue of this.queues) {
      if (this.isExclusive) queue.listenExclusively(this);
      else queue.listenFirst(this);
    }
    (this.file.watchers ??= []).push(this);
  }

  /** Other events are wanted: perhaps in other queues. */
  change(events: number, data: bigint, task: Task): void {
    this.events = events | ALWAYS;
    this.data = data;
    const queues = this.file.pollQueues(this.events, task);
    for (const queue of this.queues) if (!queues.includes(queue)) queue.ignore(this);
    for (const queue of queues) if (!this.queues.includes(queue)) queue.listenFirst(this);
    this.queues = queues;
  }

  detach(): void {
    for (const queue of this.queues) queue.ignore(this);
    this.queues = [];
    const { watchers } = this.file;
    const at = watchers?.indexOf(this) ?? -1;
    if (at >= 0) watchers!.splice(at, 1);
  }

  /** What is wanted and true now. */
  ready(kernel: Kernel): number {
    const wanted = this.events & ~PRIVATE_BITS;
    return wanted === 0 ? 0 : this.file.poll(kernel) & wanted;
  }

  get isDisabled(): boolean {
    return (this.events & ~PRIVATE_BITS) === 0;
  }

  queueWoken(kernel: Kernel): void {
    if (!this.isDisabled) this.epoll.becomesReady(kernel, this);
  }

  offerWake(kernel: Kernel): boolean {
    const wakes = this.epoll.hasWaiters;
    this.queueWoken(kernel);
    return wakes;
  }
}

/** The last descriptor of a file has been closed: no epoll watches it any more. */
export function forgetWatched(kernel: Kernel, file: FileDescription): void {
  for (const interest of [...(file.watchers ?? [])]) interest.epoll.forget(kernel, interest);
}
