// An open file of /proc whose text is made when it is read from its beginning.

import { ERRNO } from '../../abi/errno.ts';
import { SEEK_CUR, SEEK_SET } from '../../abi/fcntl.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { bytesOf } from '../../vfs/byte-streams.ts';
import { type Dentry, fullPath } from '../../vfs/dentry.ts';
import { type ByteSink, FileDescription } from '../../vfs/file.ts';
import type { ProcTextInode } from './proc-inode.ts';

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
