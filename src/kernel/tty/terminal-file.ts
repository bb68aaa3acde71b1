// An open terminal: either side of a pseudoterminal, the console, or the controlling terminal by the name /dev/tty.

import { ERRNO } from '../abi/errno.ts';
import { O_ACCMODE, O_NOCTTY, O_NONBLOCK, O_WRONLY } from '../abi/fcntl.ts';
import { TIOCSPGRP } from '../abi/ioctl.ts';
import { VMIN, VTIME } from '../abi/termios.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import { isPrivileged } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';
import { type FileOwner, OWNER_GROUP, OWNER_PROCESS } from '../vfs/async-notice.ts';
import { type Dentry, fullPath } from '../vfs/dentry.ts';
import { type ByteSink, type ByteSource, FileDescription, POLL } from '../vfs/file.ts';
import type { Inode } from '../vfs/inode.ts';
import { acquire } from './job-control.ts';
import { pairOf } from './pseudoterminal.ts';
import { isLineMode, readTerminal } from './read.ts';
import type { Terminal } from './terminal.ts';
import { TERMINAL_REQUESTS } from './requests.ts';
import { writeTerminal } from './write.ts';

export class TerminalFile extends FileDescription {
  readonly terminal: Terminal;
  /** Hang-ups of the terminal when this was opened. */
  private readonly era: number;

  constructor(flags: number, inode: Inode, at: Dentry | null, terminal: Terminal) {
    super(flags, inode);
    this.entry = at;
    this.terminal = terminal;
    this.era = terminal.hangUps;
    inode.opens++;
    terminal.opens++;
  }

  /** The terminal has been hung up since. */
  get isDead(): boolean {
    return this.era !== this.terminal.hangUps;
  }

  get isReadable(): boolean {
    return (this.flags & O_ACCMODE) !== O_WRONLY;
  }

  override describe(): string {
    return this.entry ? fullPath(this.entry) : `/dev/${this.terminal.name}`;
  }

  override read(kernel: Kernel, task: Task, to: ByteSink, offset: number | null): SyscallResult {
    if (offset !== null) return -ERRNO.ESPIPE;
    // Who waited when the master closed is told so; who comes later finds the end of the file.
    if (this.isDead) return task.call && this.terminal.otherClosed ? -ERRNO.EIO : 0;
    return readTerminal(kernel, task, this.terminal, to, (this.flags & O_NONBLOCK) !== 0);
  }

  override write(kernel: Kernel, task: Task, from: ByteSource, offset: number | null): SyscallResult {
    if (offset !== null) return -ERRNO.ESPIPE;
    if (this.isDead) return -ERRNO.EIO;
    return writeTerminal(kernel, task, this.terminal, from, (this.flags & O_NONBLOCK) !== 0);
  }

  override ioctl(kernel: Kernel, task: Task, request: number, argument: number): SyscallResult {
    if (this.isDead) return request === TIOCSPGRP ? -ERRNO.ENOTTY : -ERRNO.EIO;
    return TERMINAL_REQUESTS.get(request)?.(kernel, task, this, argument) ?? -ERRNO.ENOTTY;
  }

  override get takesOffsets(): boolean {
    return false;
  }

  override get canSignal(): boolean {
    return true;
  }

  override poll(): number {
    const { terminal } = this;
    if (this.isDead) return POLL.IN | POLL.RDNORM | POLL.OUT | POLL.WRNORM | POLL.ERR | POLL.HUP;
    let ready = this.hasInput() ? POLL.IN | POLL.RDNORM : 0;
    if (terminal.packetMode && terminal.line.peekStatus(terminal) !== 0) ready |= POLL.PRI | POLL.IN | POLL.RDNORM;
    if (terminal.otherClosed) ready |= POLL.HUP;
    if (terminal.line.room(terminal) > 0) ready |= POLL.OUT | POLL.WRNORM;
    return ready;
  }

  /** The foreground, or whoever asks where there is none. */
  override defaultOwner(task: Task): FileOwner {
    const { foreground } = this.terminal;
    const { uid, euid } = task.credentials;
    return foreground !== 0 ? { type: OWNER_GROUP, id: foreground, uid, euid } : { type: OWNER_PROCESS, id: task.process.pid, uid, euid };
  }

  override pollQueues(): readonly WaitQueue[] {
    return [this.terminal.readable, this.terminal.writable];
  }

  override release(kernel: Kernel): void {
    const { terminal } = this;
    this.inode!.close();
    terminal.opens--;
    const pair = pairOf(terminal);
    if (!pair) return;
    if (terminal === pair.master) {
      kernel.vfs.terminals.removeName(pair);
      pair.closeMaster(kernel);
    } else if (terminal.opens === 0) pair.closeSlave(kernel);
    if (pair.master.opens === 0 && pair.slave.opens === 0) kernel.vfs.terminals.free(kernel, pair.index);
  }

  private hasInput(): boolean {
    const { input } = this.terminal;
    if (isLineMode(this.terminal)) return input.lines !== input.tail;
    const least = this.terminal.character(VTIME) === 0 ? this.terminal.character(VMIN) : 0;
    return input.length >= Math.max(1, least);
  }
}

/** Opens a terminal. It becomes the controlling one of a session leader that has none, unless O_NOCTTY says no. */
export function openTerminal(
  kernel: Kernel,
  task: Task | null,
  inode: Inode,
  at: Dentry | null,
  flags: number,
  terminal: Terminal,
): TerminalFile | number {
  const pair = pairOf(terminal);
  if (pair && terminal === pair.slave) {
    if (pair.master.opens === 0 || pair.isLocked) return -ERRNO.EIO;
    pair.master.otherClosed = false;
  }
  if (terminal.exclusive && task && !isPrivileged(task.credentials)) return -ERRNO.EBUSY;
  const file = new TerminalFile(flags, inode, at, terminal);
  if (task && !(flags & O_NOCTTY) && terminal.kind === 'slave' && file.isReadable) {
    const { process } = task;
    if (process.session === process.pid && process.terminal === null && terminal.session === 0) acquire(process, terminal);
  }
  return file;
}
