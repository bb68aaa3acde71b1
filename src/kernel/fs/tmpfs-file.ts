// A regular file of tmpfs, or a memfd: contents in RAM frames, seals (memfd_create(2), fcntl(2) F_ADD_SEALS).

import { ERRNO } from '../abi/errno.ts';
import { F_SEAL_EXEC, F_SEAL_FUTURE_WRITE, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_SEAL, F_SEAL_SHRINK } from '../abi/fcntl.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { Inode } from '../vfs/inode.ts';
import { touchModified } from '../vfs/timestamps.ts';
import { FileContents } from './file-contents.ts';
import { RegularFile } from './regular-file.ts';
import type { Tmpfs } from './tmpfs.ts';

export class TmpfsFile extends Inode {
  readonly contents: FileContents;
  /** F_SEAL_*; files by path have F_SEAL_SEAL alone: nothing can be added. */
  seals = F_SEAL_SEAL;

  constructor(fileSystem: Tmpfs, ino: number, mode: number, now: bigint) {
    super(fileSystem, ino, mode, now);
    this.contents = new FileContents(fileSystem.physical, fileSystem);
  }

  override get size(): number {
    return this.contents.size;
  }

  override get blocks(): number {
    return this.contents.pageCount * (PAGE_SIZE / 512);
  }

  override get isCached(): boolean {
    return true;
  }

  override open(_kernel: Kernel, _task: Task | null, at: Dentry, flags: number): RegularFile {
    return new RegularFile(flags, this, at, true);
  }

  protected override free(): void {
    this.contents.clearAll();
  }

  override truncate(kernel: Kernel, size: number): number {
    const old = this.size;
    if ((size < old && this.seals & F_SEAL_SHRINK) || (size > old && this.seals & F_SEAL_GROW)) return -ERRNO.EPERM;
    this.contents.truncate(size);
    if (size < old) this.dropMapped(Math.ceil(size / PAGE_SIZE), Math.ceil(old / PAGE_SIZE));
    touchModified(kernel, this);
    return 0;
  }

  override get refusesWriting(): boolean {
    return (this.seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0;
  }

  override refusesMode(mode: number): boolean {
    return (this.seals & F_SEAL_EXEC) !== 0 && ((mode ^ this.mode) & 0o111) !== 0;
  }

  /** Whole pages go, what is left of others reads as zero. 0 or -EPERM. */
  punch(kernel: Kernel, start: number, end: number): number {
    if (this.refusesWriting) return -ERRNO.EPERM;
    this.contents.punch(start, end);
    this.dropMapped(Math.ceil(start / PAGE_SIZE), Math.floor(end / PAGE_SIZE));
    touchModified(kernel, this);
    return 0;
  }

  override pageFrame(index: number, create: boolean): number {
    return this.contents.frame(index, create);
  }
}
