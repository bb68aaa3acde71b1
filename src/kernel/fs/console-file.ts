// An open standard stream, or /dev/console and /dev/tty.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from '../abi/fcntl.ts';
import { FIONREAD, TCGETS, TCSETS, TCSETSF, TCSETSW, TERMIOS_BYTES, TIOCGPGRP, TIOCGWINSZ, TIOCSPGRP, TIOCSWINSZ } from '../abi/ioctl.ts';
import { makeDevice, S_IFCHR, S_IFIFO } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';
import { type Dentry, fullPath } from '../vfs/dentry.ts';
import { type ByteSink, type ByteSource, FileDescription, POLL } from '../vfs/file.ts';
import { Inode } from '../vfs/inode.ts';
import type { FileSystem } from '../vfs/mount.ts';
import { putBytes, putUint32 } from '../vfs/user-memory.ts';
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
    return this.console.isTerminal ? '/dev/console' : `pipe:[${this.inode!.ino}]`;
  }

  override read(kernel: Kernel, task: Task, to: ByteSink, offset: number | null): SyscallResult {
    if (offset !== null && !this.console.isTerminal) return -ERRNO.ESPIPE;
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
    if (offset !== null && !this.console.isTerminal) return -ERRNO.ESPIPE;
    if (from.length === 0) return 0;
    kernel.charge(kernel.hardware.costs.pipe_operation);
    let done = 0;
    while (done < from.length) {
      const wanted = Math.min(CHUNK, from.length - done);
      const data = from.take(wanted);
      if (data.length > 0) this.console.output(kernel, task, this.stream, data.slice());
      done += data.length;
      if (data.length < wanted) break;
    }
    return done > 0 ? done : -ERRNO.EFAULT;
  }

  override ioctl(_kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    const { console } = this;
    if (request === FIONREAD) return putUint32(task, argument, console.input.length);
    if (!console.isTerminal) return -ERRNO.ENOTTY;
    switch (request) {
      case TCGETS:
        return putBytes(task, argument, console.settings ?? defaultTermios());
      case TCSETS:
      case TCSETSW:
      case TCSETSF: {
        const settings = task.mm.user.copyIn(argument, TERMIOS_BYTES);
        if (!settings) return -ERRNO.EFAULT;
        console.settings = settings;
        return 0;
      }
      case TIOCGPGRP:
        return putUint32(task, argument, console.foregroundGroup || task.process.group);
      case TIOCSPGRP: {
        const group = task.mm.user.readInt32(argument);
        if (group === null) return -ERRNO.EFAULT;
        console.foregroundGroup = group;
        return 0;
      }
      case TIOCGWINSZ: {
        const { rows, columns } = console.size;
        return putBytes(task, argument, new Uint8Array(Uint16Array.of(rows, columns, 0, 0).buffer));
      }
      case TIOCSWINSZ: {
        const raw = task.mm.user.copyIn(argument, 8);
        if (!raw) return -ERRNO.EFAULT;
        const view = new DataView(raw.buffer);
        console.size = { rows: view.getUint16(0, true), columns: view.getUint16(2, true) };
        return 0;
      }
      default:
        return -ERRNO.ENOTTY;
    }
  }

  override poll(): number {
    let ready = 0;
    if (this.isInput || this.console.isTerminal) {
      if (this.console.input.length > 0 || (this.console.inputEnded && this.console.isTerminal)) ready |= POLL.IN | POLL.RDNORM;
      if (this.console.inputEnded && !this.console.isTerminal) ready |= POLL.HUP;
    }
    if (!this.isInput || this.console.isTerminal) ready |= POLL.OUT | POLL.WRNORM;
    return ready;
  }

  override pollQueues(): readonly WaitQueue[] {
    return this.isInput || this.console.isTerminal ? [this.console.readable] : [];
  }

  override release(): void {
    this.inode!.close();
    this.console.holders--;
  }
}

/** The object behind a standard stream: opened again through /proc/self/fd, it is the same stream. */
class StreamInode extends Inode {
  private readonly console: Console;
  private readonly stream: 0 | OutputStream;

  constructor(fileSystem: FileSystem, now: bigint, console: Console, stream: 0 | OutputStream) {
    super(fileSystem, fileSystem.allocateInode(), console.isTerminal ? S_IFCHR | 0o620 : S_IFIFO | 0o600, now);
    if (console.isTerminal) this.rdev = makeDevice(5, 1);
    this.console = console;
    this.stream = stream;
  }

  override open(_kernel: Kernel, _task: Task | null, _at: Dentry, flags: number): ConsoleFile {
    return new ConsoleFile(flags, this, this.console, this.stream);
  }
}

/** Descriptions for descriptors 0, 1 and 2 of a new process; each with one reference. */
export function openStandardStreams(vfs: Vfs, console: Console, now: bigint): [FileDescription, FileDescription, FileDescription] {
  const modes = console.isTerminal ? [O_RDWR, O_RDWR, O_RDWR] : [O_RDONLY, O_WRONLY, O_WRONLY];
  const open = (stream: 0 | 1 | 2): FileDescription =>
    new ConsoleFile(modes[stream]!, new StreamInode(vfs.pipes, now, console, stream), console, stream);
  return [open(0), open(1), open(2)];
}

/** struct termios of a cooked 38400-baud line: ICRNL IXON, OPOST ONLCR, CS8 CREAD, ISIG ICANON ECHO ECHOE ECHOK ECHOCTL ECHOKE IEXTEN. */
function defaultTermios(): Uint8Array {
  const bytes = new Uint8Array(TERMIOS_BYTES);
  const view = new DataView(bytes.buffer);
  [0o2400, 0o5, 0o277, 0o105073].forEach((flags, i) => view.setUint32(i * 4, flags, true));
  bytes.set([3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22], 17);
  return bytes;
}
