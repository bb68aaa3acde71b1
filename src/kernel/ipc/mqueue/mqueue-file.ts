// An open message queue: as a file it tells its state as a text, and can be polled (mq_overview(7)).

import { ERRNO } from '../../abi/errno.ts';
import { SEEK_CUR, SEEK_END, SEEK_SET } from '../../abi/fcntl.ts';
import { SIGEV_SIGNAL } from '../../abi/ipc.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import type { WaitQueue } from '../../task/wait-queue.ts';
import { bytesOf } from '../../vfs/byte-streams.ts';
import { type Dentry, fullPath } from '../../vfs/dentry.ts';
import { type ByteSink, FileDescription, POLL } from '../../vfs/file.ts';
import { touchAccessed } from '../../vfs/timestamps.ts';
import { cancelNotification } from './notification.ts';
import type { MqueueInode } from './mqueue-inode.ts';
import type { PosixQueue } from './posix-queue.ts';

export class MqueueFile extends FileDescription {
  readonly queue: PosixQueue;
  /** Through the mounted file system; mq_open sees a tree of its own. */
  private readonly byPath: boolean;

  constructor(flags: number, inode: MqueueInode, at: Dentry, byPath: boolean) {
    super(flags, inode);
    this.queue = inode.queue;
    this.entry = at;
    this.byPath = byPath;
    inode.opens++;
  }

  override get isOpenedByPath(): boolean {
    return this.byPath;
  }

  override describe(): string {
    const { name, unlinked } = this.entry!;
    return this.byPath ? fullPath(this.entry!) : `/${name}${unlinked ? ' (deleted)' : ''}`;
  }

  override read(kernel: Kernel, _task: Task, to: ByteSink, offset: number | null): number {
    const at = offset ?? this.position;
    const part = bytesOf(this.status()).subarray(at, at + to.length);
    const done = to.put(part);
    if (done === 0 && part.length > 0) return -ERRNO.EFAULT;
    if (offset === null) this.position += done;
    touchAccessed(kernel, this.inode!);
    return done;
  }

  private status(): string {
    const { bytes, notification } = this.queue;
    const signal = notification?.kind === SIGEV_SIGNAL ? notification.signal : 0;
    const fields: readonly (readonly [name: string, value: number, width: number])[] = [
      ['QSIZE', bytes, 10],
      ['NOTIFY', notification?.kind ?? 0, 5],
      ['SIGNO', signal, 5],
      ['NOTIFY_PID', notification?.owner.pid ?? 0, 6],
    ];
    return `${fields.map(([name, value, width]) => `${name}:${`${value}`.padEnd(width)}`).join(' ')}\n`;
  }

  override seek(_kernel: Kernel, offset: number, whence: number): number {
    const from = whence === SEEK_SET ? 0 : whence === SEEK_CUR ? this.position : whence === SEEK_END ? this.inode!.size : Number.NaN;
    const position = from + offset;
    if (!(position >= 0)) return -ERRNO.EINVAL;
    this.position = position;
    return position;
  }

  override poll(): number {
    const { queue } = this;
    return (queue.count > 0 ? POLL.IN | POLL.RDNORM : 0) | (queue.isFull ? 0 : POLL.OUT | POLL.WRNORM);
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.queue.changed];
  }

  /** A process that closes any descriptor of the queue is no longer told of messages. */
  override descriptorClosed(kernel: Kernel): void {
    const { notification } = this.queue;
    const closer = kernel.cpu && kernel.current(kernel.cpu)?.process;
    if (!notification || notification.owner !== closer) return;
    this.queue.notification = null;
    cancelNotification(kernel, notification);
  }

  override release(): void {
    this.inode!.close();
  }
}
