// Opening a FIFO (fifo(7)): a reader waits for a writer and a writer for a reader, unless O_NONBLOCK; O_RDWR waits for nobody,
// and neither does opening a nameless pipe through /proc.

import { ERRNO } from '../abi/errno.ts';
import { O_ACCMODE, O_NONBLOCK, O_RDONLY, O_WRONLY } from '../abi/fcntl.ts';
import type { SpecialInode } from '../fs/special-inode.ts';
import type { Kernel } from '../kernel.ts';
import type { SyscallResult } from '../syscalls/row.ts';
import type { Task } from '../task/task.ts';
import { type Dentry, fullPath } from '../vfs/dentry.ts';
import { Pipe } from './pipe.ts';
import { PipeFile } from './pipe-file.ts';

export function openFifo(kernel: Kernel, task: Task | null, inode: SpecialInode, at: Dentry, flags: number): PipeFile | SyscallResult {
  const pipe = (inode.pipe ??= new Pipe());
  // Whoever kept what it holds may have given up its open.
  pipe.forgetUnlessHeld();
  const mode = flags & O_ACCMODE;
  const nonblocking = (flags & O_NONBLOCK) !== 0 || task === null;
  const isNamed = at.parent !== null;
  if (isNamed && mode === O_WRONLY && nonblocking && pipe.readers === 0) return -ERRNO.ENXIO;
  const reads = mode === O_RDONLY;
  const waits = isNamed && !nonblocking && (reads || mode === O_WRONLY);
  if (!waits || otherEndIsThere(task!, pipe, reads)) {
    const file = new PipeFile(kernel, flags, inode, pipe, pipe.writers > 0 ? -1 : pipe.writerOpens);
    if (isNamed) file.entry = at;
    if (task) pipe.arrived(task);
    return file;
  }
  const fifo = `${inode.fileSystem.device}:${inode.ino}`;
  if (task!.progress?.['fifo'] !== fifo) task!.progress = { fifo, otherOpens: reads ? pipe.writerOpens : pipe.readerOpens };
  pipe.arrive(task!, !reads, fifo);
  kernel.wake(reads ? pipe.openingWriters : pipe.openingReaders);
  const queues = [reads ? pipe.openingReaders : pipe.openingWriters];
  return kernel.block(task!, { queues, waitingFor: `other end of ${fullPath(at)}` });
}

/** True if the other end is open or being opened, or has been opened (perhaps closed again) since this open began. */
function otherEndIsThere(task: Task, pipe: Pipe, reads: boolean): boolean {
  const before = task.progress?.['otherOpens'];
  if (before !== undefined && before !== (reads ? pipe.writerOpens : pipe.readerOpens)) return true;
  return reads ? pipe.hasWriters : pipe.hasReaders;
}
