// epoll(7). Readiness is asked of the files when someone looks; what an edge is, the wake counts of their queues tell.

import { ERRNO } from '../abi/errno.ts';
import { O_RDWR } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import { FileDescription, POLL } from '../vfs/file.ts';

export const EPOLLEXCLUSIVE = 1 << 28;
export const EPOLLWAKEUP = 1 << 29;
export const EPOLLONESHOT = 1 << 30;
export const EPOLLET = 1 << 31;
const PRIVATE_BITS = EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET;
const EXCLUSIVE_PERMITTED = POLL.IN | POLL.OUT | POLL.ERR | POLL.HUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;
/** Epolls inside epolls (EP_MAX_NESTS). */
const MAX_NESTS = 4;

interface Interest {
  readonly fd: number;
  readonly file: FileDescription;
  /** EPOLL* bits as given; a one-shot interest that has fired keeps only its private bits. */
  events: number;
  data: bigint;
  /** Wake count at the last look; -1 before the first. */
  seen: number;
}

export interface ReadyEvent {
  readonly events: number;
  readonly data: bigint;
}

export class EpollFile extends FileDescription {
  /** In order of turns: a level-triggered interest that was reported goes to the end. */
  private interests: Interest[] = [];
  private readonly changed = new WaitQueue('epoll');

  constructor(kernel: Kernel) {
    super(O_RDWR, kernel.vfs.objects.newObject(kernel.realtime()));
  }

  override describe(): string {
    return 'anon_inode:[eventpoll]';
  }

  override ioctl(): number {
    return -ERRNO.EINVAL;
  }

  add(kernel: Kernel, fd: number, file: FileDescription, events: number, data: bigint): number {
    if (events & EPOLLEXCLUSIVE && (file instanceof EpollFile || events & ~EXCLUSIVE_PERMITTED)) return -ERRNO.EINVAL;
    this.forgetClosed();
    if (this.find(fd, file)) return -ERRNO.EEXIST;
    if (file instanceof EpollFile && (file.reaches(this) || file.depth() >= MAX_NESTS)) return -ERRNO.ELOOP;
    this.interests.push({ fd, file, events, data, seen: -1 });
    kernel.wake(this.changed);
    return 0;
  }

  modify(kernel: Kernel, fd: number, file: FileDescription, events: number, data: bigint): number {
    if (events & EPOLLEXCLUSIVE) return -ERRNO.EINVAL;
    const interest = this.find(fd, file);
    if (!interest) return -ERRNO.ENOENT;
    if (interest.events & EPOLLEXCLUSIVE) return -ERRNO.EINVAL;
    interest.events = events;
    interest.data = data;
    interest.seen = -1;
    kernel.wake(this.changed);
    return 0;
  }

  remove(fd: number, file: FileDescription): number {
    const interest = this.find(fd, file);
    if (!interest) return -ERRNO.ENOENT;
    this.interests.splice(this.interests.indexOf(interest), 1);
    return 0;
  }

  /** Up to `limit` ready events, taken: edges are consumed, one-shots disabled, turns passed on. */
  collect(kernel: Kernel, task: Task, limit: number): ReadyEvent[] {
    this.forgetClosed();
    const ready: ReadyEvent[] = [];
    const later: Interest[] = [];
    for (const interest of this.interests) {
      if (ready.length === limit) break;
      const events = this.readyEvents(kernel, interest, task);
      if (events === 0) continue;
      ready.push({ events, data: interest.data });
      if (interest.events & EPOLLONESHOT) interest.events &= PRIVATE_BITS;
      else if (!(interest.events & EPOLLET)) later.push(interest);
    }
    if (later.length > 0) this.interests = [...this.interests.filter((interest) => !later.includes(interest)), ...later];
    return ready;
  }

  /** noop_llseek: a position without meaning. */
  override seek(): number {
    return 0;
  }

  override poll(kernel: Kernel): number {
    const ready = this.interests.some((interest) => {
      const { seen } = interest;
      const events = this.readyEvents(kernel, interest);
      interest.seen = seen;
      return interest.file.references > 0 && events !== 0;
    });
    return ready ? POLL.IN | POLL.RDNORM : 0;
  }

  override pollQueues(_events: number, task?: Task): readonly WaitQueue[] {
    const queues = new Set<WaitQueue>([this.changed]);
    for (const { file, events } of this.interests) {
      if ((events & ~PRIVATE_BITS) === 0) continue;
      for (const queue of file.pollQueues(events, task)) queues.add(queue);
    }
    return [...queues];
  }

  override fdinfo(): string {
    return this.interests
      .map(({ fd, file, events, data }) => {
        const where = `pos:${file.position} ino:${(file.inode?.ino ?? 0).toString(16)} sdev:${(file.inode?.fileSystem.device ?? 0).toString(16)}`;
        return `tfd: ${`${fd}`.padStart(8)} events: ${(events >>> 0).toString(16).padStart(8)} data: ${data.toString(16).padStart(16)}  ${where}\n`;
      })
      .join('');
  }

  override release(): void {
    this.interests = [];
  }

  private readyEvents(kernel: Kernel, interest: Interest, task?: Task): number {
    const wanted = interest.events & ~PRIVATE_BITS;
    if (wanted === 0) return 0;
    let wakes = 0;
    for (const queue of interest.file.pollQueues(interest.events, task)) wakes += queue.wakes;
    const isNews = wakes !== interest.seen;
    interest.seen = wakes;
    if (interest.events & EPOLLET && !isNews) return 0;
    return interest.file.poll(kernel) & (wanted | POLL.ERR | POLL.HUP);
  }

  /** A description leaves every epoll when its last descriptor is closed. */
  private forgetClosed(): void {
    if (this.interests.some(({ file }) => file.references <= 0)) this.interests = this.interests.filter(({ file }) => file.references > 0);
  }

  private find(fd: number, file: FileDescription): Interest | undefined {
    return this.interests.find((interest) => interest.fd === fd && interest.file === file);
  }

  private reaches(other: EpollFile): boolean {
    return this === other || this.interests.some(({ file }) => file instanceof EpollFile && file.reaches(other));
  }

  private depth(): number {
    return 1 + Math.max(0, ...this.interests.map(({ file }) => (file instanceof EpollFile ? file.depth() : 0)));
  }
}
