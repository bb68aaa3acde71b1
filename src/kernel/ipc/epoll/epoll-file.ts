// epoll(7): files that are watched, and the list of those that may be ready. A wake-up of a file puts it in the list; whoever waits
// takes from the front, and level-triggered files that are still ready go to the end.

import { CAP } from '../../abi/capability.ts';
import { ERRNO } from '../../abi/errno.ts';
import { O_RDWR } from '../../abi/fcntl.ts';
import type { Kernel } from '../../kernel.ts';
import { isCapable } from '../../task/credentials.ts';
import type { Task } from '../../task/task.ts';
import { WaitQueue } from '../../task/wait-queue.ts';
import { FileDescription, POLL } from '../../vfs/file.ts';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT, EPOLLWAKEUP, Interest, PRIVATE_BITS } from './interest.ts';
import { checkLevels, checkPaths } from './nesting.ts';
import { WATCH_BYTES } from './watch-counts.ts';
import { ReadyList } from './ready-list.ts';

const EXCLUSIVE_PERMITTED = POLL.IN | POLL.OUT | POLL.ERR | POLL.HUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;
/** struct epoll_event, packed. */
export const EPOLL_EVENT_BYTES = 12;
const EPIOCSPARAMS = 0x4008_8a01;
const EPIOCGPARAMS = 0x8008_8a02;
const PARAMETER_BYTES = 8;
/** NAPI_POLL_WEIGHT: beyond it a budget takes CAP_NET_ADMIN. */
const MOST_BUDGET = 64;

export class EpollFile extends FileDescription {
  /** By descriptor; one number may stand for several files, all but the last of them closed under it. */
  private readonly interests = new Map<number, Interest[]>();
  private readonly ready = new ReadyList();
  /** Tasks in epoll_wait: who came last is woken first, as on Linux. */
  private readonly waiting = new WaitQueue('epoll', true);
  /** For poll, and epolls that watch this one. */
  private readonly changed = new WaitQueue('epoll');
  private readonly user: number;
  /** struct epoll_params: kept, and without effect: there is no device to poll. */
  private parameters: Uint8Array = new Uint8Array(PARAMETER_BYTES);

  constructor(kernel: Kernel, task: Task) {
    super(O_RDWR, kernel.vfs.objects.newObject(kernel.realtime()));
    this.user = task.credentials.uid;
  }

  override describe(): string {
    return 'anon_inode:[eventpoll]';
  }

  // epoll_ctl

  add(kernel: Kernel, task: Task, fd: number, file: FileDescription, events: number, data: bigint): number {
    if (events & EPOLLEXCLUSIVE && (file instanceof EpollFile || events & ~EXCLUSIVE_PERMITTED)) return -ERRNO.EINVAL;
    const inner = file instanceof EpollFile ? file : null;
    if (inner && !checkLevels(this, inner)) return -ERRNO.ELOOP;
    if (this.find(fd, file)) return -ERRNO.EEXIST;
    if (!checkPaths(this, file, inner)) return -ERRNO.EINVAL;
    if (!kernel.ipc.watches.add(this.user)) return -ERRNO.ENOSPC;
    if (!kernel.memory.charge(WATCH_BYTES)) {
      kernel.ipc.watches.remove(this.user);
      return -ERRNO.ENOMEM;
    }
    const interest = new Interest(this, fd, file, inner, events, data);
    const same = this.interests.get(fd);
    if (same) same.push(interest);
    else this.interests.set(fd, [interest]);
    interest.attach(task);
    if (interest.ready(kernel) !== 0) this.becomesReady(kernel, interest);
    return 0;
  }

  modify(kernel: Kernel, task: Task, fd: number, file: FileDescription, events: number, data: bigint): number {
    if (events & EPOLLEXCLUSIVE) return -ERRNO.EINVAL;
    const interest = this.find(fd, file);
    if (!interest) return -ERRNO.ENOENT;
    if (interest.isExclusive) return -ERRNO.EINVAL;
    interest.change(events, data, task);
    if (interest.ready(kernel) !== 0) this.becomesReady(kernel, interest);
    return 0;
  }

  remove(kernel: Kernel, fd: number, file: FileDescription): number {
    const interest = this.find(fd, file);
    if (!interest) return -ERRNO.ENOENT;
    this.forget(kernel, interest);
    return 0;
  }

  forget(kernel: Kernel, interest: Interest): void {
    interest.detach();
    this.ready.remove(interest);
    kernel.ipc.watches.remove(this.user);
    kernel.memory.release(WATCH_BYTES);
    const rest = this.interests.get(interest.fd)!.filter((other) => other !== interest);
    if (rest.length > 0) this.interests.set(interest.fd, rest);
    else this.interests.delete(interest.fd);
  }

  /** The `index`th file that is watched by this number (kcmp). */
  target(fd: number, index: number): FileDescription | null {
    return this.interests.get(fd)?.[index]?.file ?? null;
  }

  private find(fd: number, file: FileDescription): Interest | undefined {
    return this.interests.get(fd)?.find((interest) => interest.file === file);
  }

  /** Everything that is watched, by descriptor. */
  list(): Interest[] {
    return [...this.interests.keys()].sort((a, b) => a - b).flatMap((fd) => this.interests.get(fd)!);
  }

  // Readiness

  get hasWaiters(): boolean {
    return this.waiting.waiters.length > 0;
  }

  becomesReady(kernel: Kernel, interest: Interest): void {
    this.ready.push(interest);
    kernel.wake(this.waiting, 1);
    kernel.wake(this.changed);
  }

  /**
   * Writes up to `limit` ready events to `address`, and consumes them: edges are told, one-shots disabled, turns passed on.
   * Returns their number; -EFAULT if not even the first could be written.
   */
  collect(kernel: Kernel, task: Task, address: number, limit: number): number {
    if (this.ready.length === 0) return 0;
    const found: Interest[] = [];
    const events: number[] = [];
    for (let left = this.ready.length; left > 0 && found.length < limit; left--) {
      const interest = this.ready.shift()!;
      const ready = interest.ready(kernel);
      if (ready === 0) continue;
      found.push(interest);
      events.push(ready);
    }
    const written = this.tell(task, address, found, events);
    if (written < found.length) this.ready.unshift(found.slice(written));
    for (let i = 0; i < written; i++) {
      const interest = found[i]!;
      if (interest.events & EPOLLONESHOT) interest.events &= PRIVATE_BITS;
      else if (!(interest.events & EPOLLET)) this.ready.push(interest);
    }
    if (this.ready.length > 0) kernel.wake(this.waiting, 1);
    return written === 0 && found.length > 0 ? -ERRNO.EFAULT : written;
  }

  private tell(task: Task, address: number, found: readonly Interest[], events: readonly number[]): number {
    const bytes = new Uint8Array(found.length * EPOLL_EVENT_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [i, { data }] of found.entries()) {
      view.setUint32(i * EPOLL_EVENT_BYTES, events[i]!, true);
      view.setBigUint64(i * EPOLL_EVENT_BYTES + 4, data, true);
    }
    return Math.floor(task.mm.user.copyOutPartial(address, bytes) / EPOLL_EVENT_BYTES);
  }

  /** Where epoll_wait sleeps. */
  get waitQueues(): readonly WaitQueue[] {
    return [this.waiting];
  }

  /** noop_llseek: a position without meaning. */
  override seek(): number {
    return 0;
  }

  override poll(kernel: Kernel): number {
    for (let left = this.ready.length; left > 0; left--) {
      const interest = this.ready.shift()!;
      if (interest.ready(kernel) === 0) continue;
      this.ready.unshift([interest]);
      return POLL.IN | POLL.RDNORM;
    }
    return 0;
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.changed];
  }

  // As a file

  override ioctl(_kernel: Kernel, task: Task, request: number, argument: number): number {
    if (request === EPIOCGPARAMS) return task.mm.user.copyOut(argument, this.parameters) ? 0 : -ERRNO.EFAULT;
    if (request !== EPIOCSPARAMS) return -ERRNO.EINVAL;
    const given = task.mm.user.copyIn(argument, PARAMETER_BYTES);
    if (!given) return -ERRNO.EFAULT;
    const view = new DataView(given.buffer);
    const [microseconds, budget, prefers, padding] = [view.getInt32(0, true), view.getUint16(4, true), given[6]!, given[7]!];
    if (padding !== 0 || microseconds < 0 || prefers > 1) return -ERRNO.EINVAL;
    if (budget > MOST_BUDGET && !isCapable(task.credentials, CAP.NET_ADMIN)) return -ERRNO.EPERM;
    this.parameters = given;
    return 0;
  }

  override fdinfo(): string {
    return this.list()
      .map(({ fd, file, events, data }) => {
        const where = `pos:${file.position} ino:${(file.inode?.ino ?? 0).toString(16)} sdev:${(file.inode?.fileSystem.device ?? 0).toString(16)}`;
        return `tfd: ${`${fd}`.padStart(8)} events: ${(events >>> 0).toString(16).padStart(8)} data: ${data.toString(16).padStart(16)}  ${where}\n`;
      })
      .join('');
  }

  override release(kernel: Kernel): void {
    for (const interest of this.list()) this.forget(kernel, interest);
  }
}
