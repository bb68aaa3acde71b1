// An open end of a pipe, or of a FIFO (then perhaps both ends).

import { ERRNO } from '../abi/errno.ts';
import { O_ACCMODE, O_DIRECT, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from '../abi/fcntl.ts';
import { FIONREAD } from '../abi/ioctl.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';
import { fullPath } from '../vfs/dentry.ts';
import { type ByteSink, type ByteSource, FileDescription, POLL } from '../vfs/file.ts';
import type { Inode } from '../vfs/inode.ts';
import { blockTransfer, finishPartial, notePartial, partialDone } from '../vfs/partial.ts';
import { raiseSigpipe } from '../vfs/sigpipe.ts';
import { putUint32 } from '../vfs/user-memory.ts';
import type { Pipe } from './pipe.ts';

export class PipeFile extends FileDescription {
  readonly pipe: Pipe;
  readonly reads: boolean;
  readonly writes: boolean;
  /** Writers the FIFO had seen when this end was opened: before the first one there is no end of file to poll for. */
  private readonly writersSeen: number;

  constructor(kernel: Kernel, flags: number, inode: Inode, pipe: Pipe, writersSeen = -1) {
    super(flags, inode);
    const mode = flags & O_ACCMODE;
    this.pipe = pipe;
    this.reads = mode === O_RDONLY || mode === O_RDWR;
    this.writes = mode === O_WRONLY || mode === O_RDWR;
    this.writersSeen = writersSeen;
    inode.opens++;
    pipe.opened(kernel, this.reads, this.writes);
  }

  override describe(): string {
    return this.entry ? fullPath(this.entry) : `pipe:[${this.inode!.ino}]`;
  }

  override read(kernel: Kernel, task: Task, to: ByteSink, offset: number | null): SyscallResult {
    if (offset !== null) return -ERRNO.ESPIPE;
    if (to.length === 0) return 0;
    const { pipe } = this;
    if (pipe.isEmpty) {
      if (!pipe.hasWriters) return 0;
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return kernel.block(task, { queues: [pipe.readable], waitingFor: `data in ${this.describe()}` });
    }
    kernel.charge(kernel.hardware.costs.pipe_operation);
    return pipe.take(kernel, to);
  }

  override write(kernel: Kernel, task: Task, from: ByteSource, offset: number | null): SyscallResult {
    if (offset !== null) return -ERRNO.ESPIPE;
    if (from.length === 0) return finishPartial(task, 0);
    const { pipe } = this;
    if (!pipe.hasReaders) return finishPartial(task, raiseSigpipe(kernel, task));
    kernel.charge(kernel.hardware.costs.pipe_operation);
    const done = pipe.put(kernel, from, from.length, (this.flags & O_DIRECT) !== 0);
    if (done < 0) return finishPartial(task, done);
    const complete = done === from.length;
    const nonblocking = (this.flags & O_NONBLOCK) !== 0;
    if (complete || (nonblocking && partialDone(task) + done > 0)) return finishPartial(task, done);
    if (nonblocking) return -ERRNO.EAGAIN;
    if (done > 0 && !pipe.isFull) return finishPartial(task, done);
    notePartial(task, done);
    return this.waitForRoom(kernel, task);
  }

  override ioctl(_kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    return request === FIONREAD ? putUint32(task, argument, this.pipe.length) : -ERRNO.ENOTTY;
  }

  override poll(): number {
    const { pipe } = this;
    let ready = 0;
    if (this.reads) {
      if (!pipe.isEmpty) ready |= POLL.IN | POLL.RDNORM;
      if (!pipe.hasWriters && pipe.writerOpens !== this.writersSeen) ready |= POLL.HUP;
    }
    if (this.writes) {
      if (!pipe.isFull) ready |= POLL.OUT | POLL.WRNORM;
      if (!pipe.hasReaders) ready |= POLL.ERR;
    }
    return ready;
  }

  override pollQueues(): readonly WaitQueue[] {
    const queues: WaitQueue[] = [];
    if (this.reads) queues.push(this.pipe.readable);
    if (this.writes) queues.push(this.pipe.writable);
    return queues;
  }

  override get canSignal(): boolean {
    return true;
  }

  override release(kernel: Kernel): void {
    this.pipe.closed(kernel, this.reads, this.writes);
    this.inode!.close();
  }

  get sizeInBytes(): number {
    return this.pipe.capacity * PAGE_SIZE;
  }

  /** Waits until a slot is free (or the readers have gone). */
  waitForRoom(kernel: Kernel, task: Task): SyscallResult {
    return blockTransfer(kernel, task, [this.pipe.writable], `room in ${this.describe()}`);
  }
}
