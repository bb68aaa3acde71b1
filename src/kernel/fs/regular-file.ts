// An open regular file of tmpfs.

import { ERRNO } from '../abi/errno.ts';
import {
  F_SEAL_GROW,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  O_ACCMODE,
  O_APPEND,
  O_NOATIME,
  O_RDWR,
  O_WRONLY,
  SEEK_CUR,
  SEEK_DATA,
  SEEK_END,
  SEEK_HOLE,
  SEEK_SET,
} from '../abi/fcntl.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { beforeTransfer } from '../block/file-io.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import { FIONREAD } from '../abi/ioctl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { type Dentry, fullPath } from '../vfs/dentry.ts';
import { type ByteSink, type ByteSource, FileDescription } from '../vfs/file.ts';
import { dropSetId, identityOf } from '../vfs/permission.ts';
import { MAX_FILE_SIZE, refuseSize, sizeLimit } from '../vfs/resize.ts';
import { putUint32 } from '../vfs/user-memory.ts';
import { touchAccessed, touchModified } from '../vfs/timestamps.ts';
import type { TmpfsFile } from './tmpfs-file.ts';

/** Pages: 128 KiB, Linux's default. */
export const READAHEAD = 32;

export class RegularFile extends FileDescription {
  readonly file: TmpfsFile;
  /** Behind the last page read, behind the last read ahead, and how many are read ahead of a sequential reader (POSIX_FADV_*). */
  nextPage = 0;
  aheadTo = 0;
  readahead = READAHEAD;

  /** Counted in the inode's writers. */
  private readonly isWriter: boolean;

  /** `byPath`: opened as a file of the tree, not made nameless. */
  constructor(flags: number, file: TmpfsFile, entry: Dentry, byPath = false) {
    super(flags, file);
    const mode = flags & O_ACCMODE;
    this.isWriter = byPath && (mode === O_WRONLY || mode === O_RDWR);
    if (this.isWriter) file.writers++;
    this.file = file;
    this.entry = entry;
    file.opens++;
  }

  override describe(): string {
    return fullPath(this.entry!);
  }

  override before(kernel: Kernel, task: Task, direction: 'read' | 'write', count: number, offset: number | null): SyscallResult | null {
    return beforeTransfer(kernel, task, this, direction, count, offset);
  }

  override read(kernel: Kernel, _task: Task, to: ByteSink, offset: number | null): number {
    const done = this.file.contents.read(to, offset ?? this.position);
    if (done >= 0 && !(this.flags & O_NOATIME)) touchAccessed(kernel, this.file);
    if (done > 0 && offset === null) this.position += done;
    return done;
  }

  override write(kernel: Kernel, task: Task, from: ByteSource, offset: number | null): number {
    const append = (this.flags & O_APPEND) !== 0;
    const at = append ? this.file.size : (offset ?? this.position);
    if (from.length === 0) return 0;
    const limit = Math.min(sizeLimit(task), MAX_FILE_SIZE);
    if (at >= limit) return refuseSize(kernel, task, at + 1);
    const count = this.permitted(at, Math.min(from.length, limit - at));
    if (this.file.refusesWriting || count <= 0) return -ERRNO.EPERM;
    const done = this.file.contents.write(from, at, count);
    if (done > 0) {
      this.file.wrote(at, at + done);
      touchModified(kernel, this.file);
      dropSetId(identityOf(task), this.file);
      if (offset === null) this.position = at + done;
    }
    return done;
  }

  /** Of `count` bytes from `at` on, those that may be written: a page that would make a file sealed against growth longer is not begun. */
  private permitted(at: number, count: number): number {
    const { seals, size } = this.file;
    if (!(seals & F_SEAL_GROW) || at + count <= size) return count;
    return Math.floor(size / PAGE_SIZE) * PAGE_SIZE - at;
  }

  override seek(_kernel: Kernel, offset: number, whence: number): number {
    const position = this.target(offset, whence);
    if (position === -1 || position > MAX_FILE_SIZE) return -ERRNO.EINVAL;
    if (position < 0) return position;
    this.position = position;
    return position;
  }

  override ioctl(_kernel: Kernel, task: Task, request: number, argument: number): number {
    if (request !== FIONREAD) return -ERRNO.ENOTTY;
    const left = Math.max(this.file.size - this.position, 0) | 0;
    return putUint32(task, argument, left);
  }

  /** fallocate(2) with the modes tmpfs has. */
  allocate(kernel: Kernel, task: Task, mode: number, start: number, length: number): number {
    if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) return -ERRNO.EOPNOTSUPP;
    if (mode & FALLOC_FL_ZERO_RANGE) return -ERRNO.EOPNOTSUPP;
    const { contents, seals } = this.file;
    const end = start + length;
    if (mode & FALLOC_FL_PUNCH_HOLE) {
      if (!(mode & FALLOC_FL_KEEP_SIZE)) return -ERRNO.EOPNOTSUPP;
      return this.file.punch(kernel, start, end);
    }
    const refused = refuseSize(kernel, task, end);
    if (refused < 0) return refused;
    if (seals & F_SEAL_GROW && end > contents.size) return -ERRNO.EPERM;
    const done = contents.allocate(start, end);
    if (done < 0) return done;
    if (!(mode & FALLOC_FL_KEEP_SIZE) && end > contents.size) contents.truncate(end);
    touchModified(kernel, this.file);
    return 0;
  }

  override get canPoll(): boolean {
    return false;
  }

  override release(): void {
    if (this.isWriter) this.file.writers--;
    this.file.close();
  }

  /** New position; -1 for one out of range. */
  private target(offset: number, whence: number): number {
    switch (whence) {
      case SEEK_SET:
        return Math.max(offset, -1);
      case SEEK_CUR:
        return Math.max(this.position + offset, -1);
      case SEEK_END:
        return Math.max(this.file.size + offset, -1);
      case SEEK_DATA:
      case SEEK_HOLE:
        return this.file.contents.seek(offset, whence === SEEK_DATA);
      default:
        return -1;
    }
  }
}
