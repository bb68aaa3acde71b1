// The terminals of a machine: numbered ones with a name in /dev/pts, and the system console.

import { makeDevice } from '../abi/stat.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_RDWR } from '../abi/fcntl.ts';
import type { Console } from '../fs/console.ts';
import type { DevptsFileSystem } from '../fs/devpts.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from '../vfs/dentry.ts';
import type { Inode } from '../vfs/inode.ts';
import { identityOf } from '../vfs/permission.ts';
import { currentTime } from '../vfs/timestamps.ts';
import { ConsoleLine } from './console-line.ts';
import { Pseudoterminal, slaveDevice } from './pseudoterminal.ts';
import { Terminal, type WindowSize } from './terminal.ts';
import { TerminalFile } from './terminal-file.ts';

/** kernel.pty.max. */
export const MOST_TERMINALS = 4096;

/** Kernel memory of a pair: two input buffers with their marks, two lines. */
const BYTES = 32_768;

export class Terminals {
  private readonly devpts: DevptsFileSystem;
  /** Numbers in use, by number. */
  private readonly used: boolean[] = [];
  /** Those whose other side is outside of the machine, by number. */
  private readonly connected = new Map<number, Terminal>();
  /** /dev/console. */
  readonly console: Terminal;

  constructor(devpts: DevptsFileSystem, console: Console) {
    this.devpts = devpts;
    this.console = new Terminal('console', makeDevice(5, 1), 'console', new ConsoleLine(console));
  }

  get count(): number {
    return this.used.filter((used) => used).length;
  }

  /** What open of /dev/ptmx does: a new pair, its slave locked; the master. */
  openMaster(kernel: Kernel, task: Task | null, inode: Inode, at: Dentry, flags: number): TerminalFile | number {
    const index = this.allocate(kernel);
    if (index < 0) return index;
    const pair = new Pseudoterminal(index);
    this.devpts.add(pair.slave, index, identityOf(task).uid, currentTime(kernel));
    return new TerminalFile(flags, inode, at, pair.master);
  }

  /** A terminal whose other side is `console`, owned by root: three references to one description of it, -ENOSPC or -ENOMEM. */
  connect(kernel: Kernel, console: Console, window: WindowSize): readonly [TerminalFile, TerminalFile, TerminalFile] | number {
    const now = currentTime(kernel);
    this.reclaim(kernel);
    const index = this.allocate(kernel);
    if (index < 0) return index;
    const terminal = new Terminal(`pts/${index}`, slaveDevice(index), 'slave', new ConsoleLine(console));
    terminal.window = window;
    console.terminal = terminal;
    this.devpts.add(terminal, index, 0, now);
    this.connected.set(index, terminal);
    const entry = this.devpts.find(terminal)!;
    const file = new TerminalFile(O_RDWR, entry.inode, entry, terminal);
    file.references = 3;
    return [file, file, file];
  }

  /** Takes back the numbers of connected terminals that nobody has open or is controlled by. */
  private reclaim(kernel: Kernel): void {
    for (const [index, terminal] of this.connected) {
      if (terminal.opens > 0 || terminal.session !== 0) continue;
      this.connected.delete(index);
      this.devpts.remove(index);
      this.free(kernel, index);
    }
  }

  /** The name of a slave in /dev/pts. */
  nameOf(terminal: Terminal): Dentry | null {
    return this.devpts.find(terminal);
  }

  removeName(pair: Pseudoterminal): void {
    this.devpts.remove(pair.index);
  }

  free(kernel: Kernel, index: number): void {
    kernel.memory.release(BYTES);
    this.used[index] = false;
  }

  private allocate(kernel: Kernel): number {
    let index = 0;
    while (this.used[index]) index++;
    if (index >= MOST_TERMINALS) return -ERRNO.ENOSPC;
    if (!kernel.memory.charge(BYTES)) return -ERRNO.ENOMEM;
    this.used[index] = true;
    return index;
  }
}
