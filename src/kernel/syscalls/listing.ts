// getdents and getdents64.

import { ERRNO } from '../abi/errno.ts';
import { IN_ACCESS } from '../abi/inotify.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { bytesOf } from '../vfs/byte-streams.ts';
import { DirectoryFile } from '../vfs/directory-file.ts';
import type { ListedEntry } from '../vfs/inode.ts';
import { notifyFile } from '../vfs/notify.ts';
import { touchAccessed } from '../vfs/timestamps.ts';
import { chargeCopy, putBytes } from '../vfs/user-memory.ts';
import { fileOf } from './file-arguments.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** struct linux_dirent64 or linux_dirent: 8-byte aligned, d_type behind d_reclen or in the last byte. */
function encodeEntry(entry: ListedEntry, is64: boolean): Uint8Array {
  const name = bytesOf(entry.name);
  const header = is64 ? 19 : 18;
  const length = Math.ceil((header + name.length + (is64 ? 1 : 2)) / 8) * 8;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(entry.ino), true);
  view.setBigUint64(8, BigInt(entry.cookie), true);
  view.setUint16(16, length, true);
  bytes.set(name, header);
  const type = entry.type >>> 12;
  if (is64) bytes[18] = type;
  else bytes[length - 1] = type;
  return bytes;
}

const getdents =
  (is64: boolean) =>
  (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const file = fileOf(task, args.i32(0));
    if (!file) return -ERRNO.EBADF;
    if (!(file instanceof DirectoryFile)) return -ERRNO.ENOTDIR;
    if (file.inode!.nlink === 0) return -ERRNO.ENOENT;
    const room = args.i32(2);
    const start = args.number(1);
    let done = 0;
    touchAccessed(kernel, file.inode!);
    for (const entry of file.entries(kernel, task)) {
      const bytes = encodeEntry(entry, is64);
      if (done + bytes.length > room) {
        if (done === 0) return -ERRNO.EINVAL;
        break;
      }
      if (putBytes(task, start + done, bytes) < 0) {
        if (done === 0) return -ERRNO.EFAULT;
        break;
      }
      done += bytes.length;
      file.position = entry.cookie;
    }
    chargeCopy(kernel, done);
    notifyFile(file, IN_ACCESS);
    return done;
  };

export const listingRows: readonly SyscallRow[] = [
  { number: 78, name: 'getdents', arguments: ['fd', 'pointer', 'u32'], handler: getdents(false) },
  { number: 217, name: 'getdents64', arguments: ['fd', 'pointer', 'u32'], handler: getdents(true) },
];
