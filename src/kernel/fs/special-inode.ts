// FIFOs, device nodes and bound sockets: an inode that stands for something kept elsewhere.

import { ERRNO } from '../abi/errno.ts';
import { MS_NODEV } from '../abi/mount.ts';
import { S_IFBLK, S_IFCHR, S_IFIFO } from '../abi/stat.ts';
import { openFifo } from '../ipc/fifo.ts';
import type { Pipe } from '../ipc/pipe.ts';
import type { Kernel } from '../kernel.ts';
import type { UnixSocket } from '../net/unix/unix-socket.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import type { Dentry } from '../vfs/dentry.ts';
import type { FileDescription } from '../vfs/file.ts';
import { Inode } from '../vfs/inode.ts';
import { openDevice } from './devices.ts';

export class SpecialInode extends Inode {
  /** The pipe of a FIFO while anyone has it open. */
  pipe: Pipe | null = null;
  /** The socket bound to this name. */
  socket: UnixSocket | null = null;

  override open(kernel: Kernel, task: Task | null, at: Dentry, flags: number): FileDescription | SyscallResult {
    if (this.type === S_IFIFO) return openFifo(kernel, task, this, at, flags);
    if ((this.type === S_IFCHR || this.type === S_IFBLK) && this.fileSystem.flags & MS_NODEV) return -ERRNO.EACCES;
    if (this.type === S_IFCHR) return openDevice(kernel, task, this, at, flags);
    return -ERRNO.ENXIO;
  }
}
