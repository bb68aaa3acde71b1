// FSYNC, OPENAT, CLOSE.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { O_CREAT, O_TMPFILE, O_TRUNC, O_VALID, O_CLOEXEC } from '../../kernel/abi/fcntl.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { openNamed } from '../../kernel/syscalls/opening.ts';
import { readPath } from '../../kernel/vfs/user-memory.ts';
import { SQE_FLAG } from '../abi/sqe.ts';
import { clearFile, installFixed } from '../files.ts';
import type { Request } from '../request.ts';
import { RingFile } from '../ring-file.ts';
import { attempt, type IssueResult } from '../waiting.ts';
import { operation, type Operation } from './row.ts';

const FSYNC_DATASYNC = 1;

/** Linux hands every fsync to a worker, which may sleep in it. */
const FSYNC = operation<object>({
  name: 'FSYNC',
  needsFile: true,
  prepare: (sqe, { request }) => {
    if (sqe.addr !== 0n || sqe.bufferIndex !== 0 || sqe.fileIndex !== 0 || sqe.operationFlags & ~FSYNC_DATASYNC) return -ERRNO.EINVAL;
    request.onWorker = true;
    return {};
  },
  issue: (_kernel, request) => {
    const { inode } = request.file!;
    return inode?.isRegular || inode?.isDirectory ? 0 : -ERRNO.EINVAL;
  },
});

interface Open {
  readonly directory: number;
  readonly path: string;
  readonly flags: number;
  readonly mode: number;
  /** As in the entry: 0 for an ordinary descriptor. */
  readonly fileIndex: number;
}

const OPENAT = operation<Open>({
  name: 'OPENAT',
  prepare: (sqe, { request }) => {
    if (sqe.bufferIndex !== 0) return -ERRNO.EINVAL;
    if (request.flags & SQE_FLAG.FIXED_FILE) return -ERRNO.EBADF;
    const flags = sqe.operationFlags & O_VALID;
    const path = readPath(request.task, sqe.address);
    if (typeof path === 'number') return path;
    if (sqe.fileIndex !== 0 && flags & O_CLOEXEC) return -ERRNO.EINVAL;
    // What may have to sleep for the disk is a worker's.
    if (flags & (O_TRUNC | O_CREAT) || (flags & O_TMPFILE) === O_TMPFILE) request.onWorker = true;
    return { directory: sqe.fd, path, flags, mode: sqe.len, fileIndex: sqe.fileIndex };
  },
  issue: open,
});

function open(kernel: Kernel, request: Request, { directory, path, flags, mode, fileIndex }: Open): IssueResult {
  const result = attempt(kernel, request, (task) => openNamed(kernel, task, directory, path, flags, mode));
  if (fileIndex === 0 || typeof result !== 'number' || result < 0) return result;
  // The description moves from the descriptor it was just given to a slot of the ring.
  const file = request.task.files.get(result)!;
  file.references++;
  request.task.files.close(kernel, result);
  return installFixed(kernel, request.ring, file, fileIndex);
}

interface Close {
  readonly fd: number;
  readonly fileIndex: number;
}

const CLOSE = operation<Close>({
  name: 'CLOSE',
  prepare: (sqe, { request }) => {
    if (sqe.offset !== 0n || sqe.addr !== 0n || sqe.len !== 0 || sqe.operationFlags !== 0 || sqe.bufferIndex !== 0) return -ERRNO.EINVAL;
    if (request.flags & SQE_FLAG.FIXED_FILE) return -ERRNO.EBADF;
    if (sqe.fileIndex !== 0 && sqe.fd !== 0) return -ERRNO.EINVAL;
    return { fd: sqe.fd, fileIndex: sqe.fileIndex };
  },
  issue: (kernel, request, { fd, fileIndex }) => {
    const { ring, task } = request;
    if (fileIndex !== 0) {
      if (!ring.files) return -ERRNO.ENXIO;
      if (fileIndex - 1 >= ring.files.length) return -ERRNO.EINVAL;
      return clearFile(kernel, ring, fileIndex - 1) ? 0 : -ERRNO.EBADF;
    }
    // A ring must not take its own ground away.
    if (task.files.get(fd) instanceof RingFile) return -ERRNO.EBADF;
    return task.files.close(kernel, fd);
  },
});

export const FILE_OPERATIONS: readonly Operation[] = [FSYNC, OPENAT, CLOSE];
