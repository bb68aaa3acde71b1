// An open standard stream that is no terminal: like one end of a pipe.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDONLY, O_WRONLY } from '../abi/fcntl.ts';
import { FIONREAD } from '../abi/ioctl.ts';
import { S_IFIFO } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';
import { type Dentry, fullPath } from '../vfs/dentry.ts';
import { type ByteSink, type ByteSource, FileDescription, POLL } from '../vfs/file.ts';
import { Inode } from '../vfs/inode.ts';
import type { FileSystem } from '../vfs/mount.ts';
import { putUint32 } from '../vfs/user-memory.ts';
import type { Vfs } from '../vfs/vfs.ts';
import type { Console, OutputStream } from './console.ts';

/** Bytes of one output event at most. */
const CHUNK = 65536;

export class ConsoleFile extends FileDescription {
  private readonly console: Console;
  /** Where writes go. */
  private readonly stream: OutputStream;
  private readonly isInput: boolean;

  constructor(flags: number, inode: Inode, console: Console, stream: 0 | OutputStream) {
    super(flags, inode);
    this.console = console;
    this.isInput = stream === 0;
    this.stream = stream === 0 ? 1 : stream;
    inode.opens++;
    console.holders++;
  }

  override describe(): string {
    if (this.entry) return fullPath(this.entry);
    return `pipe:[${this.inode!.ino}]`;
  }

  override get takesOffsets(): boolean {
    return false;
  }

  override read(kernel: Kernel, task: Task, to: ByteSink, offset: number | null): SyscallResult {
    if (offset !== null) return -ERRNO.ESPIPE;
    if (to.length === 0) return 0;
    const { input } = this.console;
    if (input.length === 0) {
      if (this.console.inputEnded) return 0;
      if (this.flags & O_NONBLOCK) return -ERRNO.EAGAIN;
      return kernel.block(task, { queues: [this.console.readable], waitingFor: 'console input' });
    }
    kernel.charge(kernel.hardware.costs.pipe_operation);
    const moved = input.moveTo(to, to.length);
    return moved > 0 ? moved : -ERRNO.EFAULT;
  }

  override write(kernel: Kernel, task: Task, from: ByteSource, offset: number | null): SyscallResult {
    if (offset !== null) return -ERRNO.ESPIPE;
    if (from.length === 0) return 0;
    kernel.charge(kernel.hardware.costs.pipe_operation);
    const count = Math.min(from.length, this.console.room(kernel, this.stream));
    if (count === 0) return -ERRNO.ENOSPC;
    let done = 0;
    while (done < count) {
      const wanted = Math.min(CHUNK, count - done);
      const data = from.take(wanted);
      if (data.length > 0) this.console.output(kernel, task, this.stream, data.slice());
      done += data.length;
      if (data.length < wanted) break;
    }
    return done > 0 ? done : -ERRNO.EFAULT;
  }

  override ioctl(_kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    return request === FIONREAD ? putUint32(task, argument, this.console.input.length) : -ERRNO.ENOTTY;
  }

  override get canSignal(): boolean {
    return true;
  }

  override poll(): number {
    if (!this.isInput) return POLL.OUT | POLL.WRNORM;
    let ready = 0;
    if (this.console.input.length > 0) ready |= POLL.IN | POLL.RDNORM;
    if (this.console.inputEnded) ready |= POLL.HUP;
    return ready;
  }

  override pollQueues(): readonly WaitQueue[] {
    return this.isInput ? [this.console.readable] : [];
  }

  override release(): void {
    this.inode!.close();
    this.console.holders--;
  }
}

/** The object behind a standard stream: opened again through /proc/self/fd, it is the same stream. */
export class StreamInode extends Inode {
  private readonly console: Console;
  private readonly stream: 0 | OutputStream;

  constructor(fileSystem: FileSystem, now: bigint, console: Console, stream: 0 | OutputStream) {
    super(fileSystem, fileSystem.allocateInode(), S_IFIFO | 0o600, now);
    this.console = console;
    this.stream = stream;
  }

  override open(_kernel: Kernel, _task: Task | null, _at: Dentry, flags: number): ConsoleFile {
    return new ConsoleFile(flags, this, this.console, this.stream);
  }
}

/** Descriptions for descriptors 0, 1 and 2 of a new process; each with one reference. */
export function openStandardStreams(vfs: Vfs, console: Console, now: bigint): [FileDescription, FileDescription, FileDescription] {
  const open = (stream: 0 | 1 | 2): FileDescription =>
    new ConsoleFile(stream === 0 ? O_RDONLY : O_WRONLY, new StreamInode(vfs.pipes, now, console, stream), console, stream);
  return [open(0), open(1), open(2)];
}
