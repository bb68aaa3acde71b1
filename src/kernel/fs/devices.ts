// Character devices, by number: null, zero, full, random, urandom, tty, console, ptmx.

import { ERRNO } from '../abi/errno.ts';
import { RNDGETENTCNT } from '../abi/ioctl.ts';
import { makeDevice } from '../abi/stat.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { openTerminal } from '../tty/terminal-file.ts';
import { type Dentry, fullPath } from '../vfs/dentry.ts';
import { type ByteSink, type ByteSource, FileDescription, type Mapping, POLL } from '../vfs/file.ts';
import type { Inode } from '../vfs/inode.ts';
import { putUint32 } from '../vfs/user-memory.ts';

type DeviceName = 'null' | 'zero' | 'full' | 'random' | 'urandom';

const MEMORY_DEVICES = new Map<number, DeviceName>([
  [makeDevice(1, 3), 'null'],
  [makeDevice(1, 5), 'zero'],
  [makeDevice(1, 7), 'full'],
  [makeDevice(1, 8), 'random'],
  [makeDevice(1, 9), 'urandom'],
]);
const TTY = makeDevice(5, 0);
const CONSOLE = makeDevice(5, 1);
const PTMX = makeDevice(5, 2);
const CHUNK = 4096;

export function openDevice(kernel: Kernel, task: Task | null, inode: Inode, at: Dentry, flags: number): FileDescription | number {
  const name = MEMORY_DEVICES.get(inode.rdev);
  if (name) return new MemoryDevice(flags, inode, at, name);
  const { terminals } = kernel.vfs;
  switch (inode.rdev) {
    case TTY:
      return task?.process.terminal ? openTerminal(kernel, task, inode, at, flags, task.process.terminal) : -ERRNO.ENXIO;
    case CONSOLE:
      return openTerminal(kernel, task, inode, at, flags, terminals.console);
    case PTMX:
      return terminals.openMaster(kernel, task, inode, at, flags);
    default:
      return -ERRNO.ENXIO;
  }
}

/** A device of mem(4) or random(4). */
export class MemoryDevice extends FileDescription {
  readonly device: DeviceName;

  constructor(flags: number, inode: Inode, at: Dentry, device: DeviceName) {
    super(flags, inode);
    this.entry = at;
    this.device = device;
    inode.opens++;
  }

  override describe(): string {
    return fullPath(this.entry!);
  }

  override read(kernel: Kernel, _task: Task, to: ByteSink): number {
    if (this.device === 'null') return 0;
    let done = 0;
    while (done < to.length) {
      const length = Math.min(CHUNK, to.length - done);
      const data = this.givesRandom ? kernel.hardware.random.bytes(length) : new Uint8Array(length);
      const accepted = to.put(data);
      done += accepted;
      if (accepted < length) return done > 0 ? done : -ERRNO.EFAULT;
    }
    return done;
  }

  /** What is written is taken, and stirs nothing: randomness is the machine's own. */
  override write(_kernel: Kernel, _task: Task, from: ByteSource): number {
    if (this.device === 'full') return -ERRNO.ENOSPC;
    if (!this.givesRandom) return from.length;
    let done = 0;
    while (done < from.length) {
      const wanted = Math.min(CHUNK, from.length - done);
      const taken = from.take(wanted).length;
      done += taken;
      if (taken < wanted) return done > 0 ? done : -ERRNO.EFAULT;
    }
    return done;
  }

  private get givesRandom(): boolean {
    return this.device === 'random' || this.device === 'urandom';
  }

  override splices(direction: 'from' | 'to'): boolean {
    return direction === 'to' || this.device !== 'null';
  }

  override mapping(kernel: Kernel, offset: number, length: number): Mapping | number {
    return this.device === 'zero' ? { source: null, firstPage: 0 } : super.mapping(kernel, offset, length);
  }

  override seek(): number {
    return 0;
  }

  override ioctl(_kernel: Kernel, task: Task, request: number, argument: number): number {
    if (!this.givesRandom) return -ERRNO.ENOTTY;
    return request === RNDGETENTCNT ? putUint32(task, argument, 256) : -ERRNO.EINVAL;
  }

  override poll(kernel: Kernel): number {
    return this.device === 'random' ? POLL.IN | POLL.RDNORM : super.poll(kernel);
  }

  override get canPoll(): boolean {
    return this.device === 'random';
  }

  override release(): void {
    this.inode!.close();
  }
}
