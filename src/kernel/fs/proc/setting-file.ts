// An open setting of /proc/sys: what is written at its beginning takes effect at once.

import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { byteString } from '../../vfs/byte-streams.ts';
import type { Dentry } from '../../vfs/dentry.ts';
import type { ByteSource } from '../../vfs/file.ts';
import type { ProcTextInode } from './proc-inode.ts';
import type { Setting } from './settings.ts';
import { TextFile } from './text-file.ts';

/** More than any setting needs. */
const MOST = 4096;

export class SettingFile extends TextFile {
  static readonly transient = ['setting'];

  private readonly setting: Setting;

  constructor(flags: number, source: ProcTextInode, entry: Dentry, setting: Setting) {
    super(flags, source, entry);
    this.setting = setting;
  }

  override write(kernel: Kernel, _task: Task, from: ByteSource, offset: number | null): number {
    if ((offset ?? this.position) !== 0) return from.length;
    if (from.length > MOST) return -ERRNO.EINVAL;
    const data = from.take(from.length);
    if (data.length < from.length) return -ERRNO.EFAULT;
    const result = this.setting.write(kernel, byteString(data));
    if (result < 0) return result;
    if (offset === null) this.position += data.length;
    return data.length;
  }
}
