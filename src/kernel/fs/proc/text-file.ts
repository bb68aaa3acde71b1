// An open file of /proc whose text is made when it is read from its beginning.

import { ERRNO } from '../../abi/errno.ts';
import { SEEK_CUR, SEEK_SET } from '../../abi/fcntl.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { byteString, bytesOf } from '../../vfs/byte-streams.ts';
import { type Dentry, fullPath } from '../../vfs/dentry.ts';
import { type ByteSink, type ByteSource, FileDescription } from '../../vfs/file.ts';
import type { ProcTextInode } from './proc-inode.ts';

/** More than anything needs that can be written. */
const MOST_WRITTEN = 4096;

export class TextFile extends FileDescription {
  private readonly source: ProcTextInode;
  private text: Uint8Array | null = null;

  constructor(flags: number, source: ProcTextInode, entry: Dentry) {
    super(flags, source);
    this.source = source;
    this.entry = entry;
  }

  override describe(): string {
    return fullPath(this.entry!);
  }

  override read(kernel: Kernel, task: Task, to: ByteSink, offset: number | null): number {
    const at = offset ?? this.position;
    if (this.text === null || at === 0) {
      const text = this.source.text(kernel, task);
      if (text === null) return -ERRNO.ESRCH;
      this.text = bytesOf(text);
    }
    const part = this.text.subarray(at, at + to.length);
    const done = to.put(part);
    if (done === 0 && part.length > 0) return -ERRNO.EFAULT;
    if (offset === null) this.position += done;
    return done;
  }

  /** Takes effect at once and as a whole. */
  override write(kernel: Kernel, task: Task, from: ByteSource, offset: number | null): number {
    if ((offset ?? this.position) !== 0) return from.length;
    if (from.length > MOST_WRITTEN) return -ERRNO.EINVAL;
    const data = from.take(from.length);
    if (data.length < from.length) return -ERRNO.EFAULT;
    const result = this.source.write(kernel, task, byteString(data));
    if (result < 0) return result;
    if (offset === null) this.position += data.length;
    return data.length;
  }

  override get canPoll(): boolean {
    return false;
  }

  override seek(_kernel: Kernel, offset: number, whence: number): number {
    if (whence !== SEEK_SET && whence !== SEEK_CUR) return -ERRNO.EINVAL;
    const position = whence === SEEK_SET ? offset : this.position + offset;
    if (position < 0) return -ERRNO.EINVAL;
    this.position = position;
    return position;
  }
}
