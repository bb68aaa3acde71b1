// A regular file of tmpfs, or a memfd: contents in RAM frames, seals (memfd_create(2), fcntl(2) F_ADD_SEALS).

import { ERRNO } from '../abi/errno.ts';
import { F_SEAL_EXEC, F_SEAL_FUTURE_WRITE, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_SEAL, F_SEAL_SHRINK } from '../abi/fcntl.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { Inode } from '../vfs/inode.ts';
import { touchModified } from '../vfs/timestamps.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { PAGE_STATE, PageStates } from '../block/page-states.ts';
import { FileContents } from './file-contents.ts';
import { RegularFile } from './regular-file.ts';
import type { Tmpfs } from './tmpfs.ts';

export class TmpfsFile extends Inode {
  readonly contents: FileContents;
  /** The device below its file system and the states of its pages; null where RAM is all there is. */
  readonly store: BlockDevice | null;
  readonly states: PageStates | null;
  /** F_SEAL_*; files by path have F_SEAL_SEAL alone: nothing can be added. */
  seals = F_SEAL_SEAL;

  constructor(fileSystem: Tmpfs, ino: number, mode: number, now: bigint) {
    super(fileSystem, ino, mode, now);
    this.contents = new FileContents(fileSystem.physical, fileSystem);
    this.store = fileSystem.store;
    this.states = this.store && new PageStates();
    this.store?.files.set(ino, this);
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
    this.store?.files.delete(this.ino);
  }

  override truncate(kernel: Kernel, size: number): number {
    const old = this.size;
    if ((size < old && this.seals & F_SEAL_SHRINK) || (size > old && this.seals & F_SEAL_GROW)) return -ERRNO.EPERM;
    this.contents.truncate(size);
    this.states?.forget(Math.ceil(size / PAGE_SIZE), Number.POSITIVE_INFINITY);
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
    this.states?.forget(Math.ceil(start / PAGE_SIZE), Math.floor(end / PAGE_SIZE));
    this.dropMapped(Math.ceil(start / PAGE_SIZE), Math.floor(end / PAGE_SIZE));
    touchModified(kernel, this);
    return 0;
  }

  /** Bytes [start, end) have been changed in the page cache. */
  wrote(start: number, end: number): void {
    const [first, behind] = [Math.floor(start / PAGE_SIZE), Math.ceil(end / PAGE_SIZE)];
    this.states?.remove(first, behind, PAGE_STATE.ABSENT | PAGE_STATE.READING);
    this.states?.add(first, behind, PAGE_STATE.DIRTY);
  }

  /** It came from outside: all of it is on the device, none of it in the page cache. */
  leaveCache(): void {
    this.states?.add(0, Math.ceil(this.size / PAGE_SIZE), PAGE_STATE.ABSENT);
  }

  /** A mapping that needs a page has waited for it, or is the kernel's own access, which does not wait. */
  override pageFrame(index: number, create: boolean): number {
    if (create) this.states?.remove(index, index + 1, PAGE_STATE.ABSENT | PAGE_STATE.READING);
    return this.contents.frame(index, create);
  }
}
