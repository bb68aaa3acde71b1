// An inotify instance (inotify(7)): watches on inodes, and a queue of what happened to them.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDONLY } from '../abi/fcntl.ts';
import {
  IN_ALL_EVENTS,
  IN_DELETE_SELF,
  IN_EXCL_UNLINK,
  IN_IGNORED,
  IN_ISDIR,
  IN_MOVE_SELF,
  IN_ONESHOT,
  IN_Q_OVERFLOW,
  IN_UNMOUNT,
  INOTIFY_EVENT_BYTES,
} from '../abi/inotify.ts';
import { FIONREAD } from '../abi/ioctl.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { WaitQueue } from '../task/wait-queue.ts';
import { bytesOf } from '../vfs/byte-streams.ts';
import { type ByteSink, FileDescription, POLL } from '../vfs/file.ts';
import type { Inode } from '../vfs/inode.ts';
import type { Watch } from '../vfs/notify.ts';
import { putUint32 } from '../vfs/user-memory.ts';

/** fs.inotify.max_queued_events. */
export const MAX_QUEUED_EVENTS = 16_384;
/** What the kernel counts for one event beside its name, and for one watch. */
const EVENT_BYTES = 64;
export const WATCH_BYTES = 128;

interface QueuedEvent {
  readonly watch: number;
  readonly mask: number;
  readonly cookie: number;
  readonly name: string;
}

export class InotifyFile extends FileDescription {
  static readonly transient = ['kernel'];
  private readonly kernel: Kernel;
  /** Whom instances and watches are counted for. */
  readonly uid: number;
  readonly watches = new Map<number, Watch>();
  private nextWatch = 1;
  private events: QueuedEvent[] = [];
  private readonly readable = new WaitQueue('inotify event');

  constructor(kernel: Kernel, flags: number, uid: number) {
    super(O_RDONLY | flags, kernel.vfs.objects.newObject(kernel.realtime()));
    this.kernel = kernel;
    this.uid = uid;
  }

  override describe(): string {
    return 'anon_inode:inotify';
  }

  /** The watch of this instance on an inode. */
  watchOf(inode: Inode): Watch | null {
    return inode.watches?.find((watch) => watch.file === this) ?? null;
  }

  /** The number of a new watch; -ENOSPC. */
  watch(inode: Inode, mask: number): number {
    if (!this.kernel.vfs.inotify.addWatch(this.uid)) return -ERRNO.ENOSPC;
    if (!this.kernel.memory.charge(WATCH_BYTES)) {
      this.kernel.vfs.inotify.removeWatch(this.uid);
      return -ERRNO.ENOSPC;
    }
    const watch = { file: this, number: this.nextWatch++, inode, mask };
    this.watches.set(watch.number, watch);
    (inode.watches ??= []).push(watch);
    return watch.number;
  }

  /** Something happened to a watched inode, or to `name` in it. */
  take(watch: Watch, mask: number, name: string, cookie: number, unlinked: boolean): void {
    if ((watch.mask & mask & IN_ALL_EVENTS) === 0) return;
    if (name !== '' && unlinked && watch.mask & IN_EXCL_UNLINK) return;
    this.push({ watch: watch.number, mask: (mask & (IN_MOVE_SELF | IN_DELETE_SELF) ? mask & ~IN_ISDIR : mask) >>> 0, cookie, name });
    if (watch.mask & IN_ONESHOT) this.forget(watch);
  }

  /** Ends a watch: its last event is IN_IGNORED. */
  forget(watch: Watch): void {
    this.detach(watch);
    this.push({ watch: watch.number, mask: IN_IGNORED, cookie: 0, name: '' });
  }

  /** The file system of a watch is unmounted. */
  unmounted(watch: Watch): void {
    this.push({ watch: watch.number, mask: watch.inode.isDirectory ? IN_UNMOUNT | IN_ISDIR : IN_UNMOUNT, cookie: 0, name: '' });
    this.forget(watch);
  }

  private detach(watch: Watch): void {
    const { inode } = watch;
    this.watches.delete(watch.number);
    const left = inode.watches!.filter((other) => other !== watch);
    inode.watches = left.length > 0 ? left : null;
    this.kernel.vfs.inotify.removeWatch(this.uid);
    this.kernel.memory.release(WATCH_BYTES);
  }

  private push(event: QueuedEvent): void {
    const last = this.events.at(-1);
    const repeats = last?.mask === event.mask && last.watch === event.watch && last.name === event.name;
    if (repeats && event.mask !== IN_IGNORED) return;
    const full = this.events.length >= MAX_QUEUED_EVENTS || !this.kernel.memory.charge(EVENT_BYTES + event.name.length);
    if (!full) this.events.push(event);
    else if (last?.mask === IN_Q_OVERFLOW) return;
    else this.events.push({ watch: -1, mask: IN_Q_OVERFLOW, cookie: 0, name: '' });
    this.kernel.wake(this.readable);
  }

  override read(kernel: Kernel, task: Task, to: ByteSink): SyscallResult {
    if (this.events.length === 0) {
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return kernel.block(task, { queues: [this.readable], waitingFor: 'inotify event' });
    }
    let done = 0;
    let taken = 0;
    for (const event of this.events) {
      const bytes = encode(event);
      if (done + bytes.length > to.length) break;
      if (to.put(bytes) < bytes.length) return -ERRNO.EFAULT;
      done += bytes.length;
      taken++;
    }
    this.drop(taken);
    return taken > 0 ? done : -ERRNO.EINVAL;
  }

  private drop(count: number): void {
    for (const event of this.events.splice(0, count))
      if (event.mask !== IN_Q_OVERFLOW) this.kernel.memory.release(EVENT_BYTES + event.name.length);
  }

  override seek(): number {
    return 0;
  }

  override ioctl(_kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    if (request !== FIONREAD) return -ERRNO.ENOTTY;
    return putUint32(
      task,
      argument,
      this.events.reduce((sum, event) => sum + INOTIFY_EVENT_BYTES + paddedLength(event.name), 0),
    );
  }

  override poll(): number {
    return this.events.length > 0 ? POLL.IN | POLL.RDNORM : 0;
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.readable];
  }

  override fdinfo(): string {
    const line = ({ number, inode, mask }: Watch): string =>
      `inotify wd:${number.toString(16)} ino:${inode.ino.toString(16)} sdev:${inode.fileSystem.device.toString(16)} mask:${(mask & IN_ALL_EVENTS).toString(16)} ignored_mask:0\n`;
    return [...this.watches.values()].map(line).join('');
  }

  override get canSignal(): boolean {
    return true;
  }

  override release(): void {
    for (const watch of [...this.watches.values()]) this.detach(watch);
    this.drop(this.events.length);
    this.kernel.vfs.inotify.removeInstance(this.uid);
  }
}

/** Names end in NUL and are filled up to a multiple of the structure's own size. */
function paddedLength(name: string): number {
  return name === '' ? 0 : Math.ceil((name.length + 1) / INOTIFY_EVENT_BYTES) * INOTIFY_EVENT_BYTES;
}

/** struct inotify_event. */
function encode({ watch, mask, cookie, name }: QueuedEvent): Uint8Array {
  const length = paddedLength(name);
  const bytes = new Uint8Array(INOTIFY_EVENT_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, watch, true);
  view.setUint32(4, mask, true);
  view.setUint32(8, cookie, true);
  view.setUint32(12, length, true);
  bytes.set(bytesOf(name), INOTIFY_EVENT_BYTES);
  return bytes;
}
