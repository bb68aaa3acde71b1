// ASYNC_CANCEL.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { fileOf } from '../../kernel/syscalls/file-arguments.ts';
import { SQE_FLAG } from '../abi/sqe.ts';
import { CANCEL, cancelMatching } from '../cancel.ts';
import { fixedFile } from '../files.ts';
import type { Request } from '../request.ts';
import { operation } from './row.ts';

const FLAGS_KNOWN = CANCEL.ALL | CANCEL.FD | CANCEL.ANY | CANCEL.FD_FIXED;

interface AsyncCancel {
  readonly flags: number;
  readonly userData: bigint;
  readonly fd: number;
}

export const ASYNC_CANCEL = operation<AsyncCancel>({
  name: 'ASYNC_CANCEL',
  prepare: (sqe) => {
    const flags = sqe.operationFlags;
    if (sqe.offset !== 0n || sqe.len !== 0 || sqe.fileIndex !== 0 || flags & ~FLAGS_KNOWN) return -ERRNO.EINVAL;
    if (flags & CANCEL.FD && flags & CANCEL.ANY) return -ERRNO.EINVAL;
    return { flags, userData: sqe.addr, fd: sqe.fd };
  },
  issue: cancel,
});

function cancel(kernel: Kernel, request: Request, { flags, userData, fd }: AsyncCancel): number {
  const { ring, task } = request;
  if (!(flags & CANCEL.FD)) return cancelMatching(kernel, ring, { flags, userData, file: null }, request);
  const isFixed = (request.flags & SQE_FLAG.FIXED_FILE) !== 0 || (flags & CANCEL.FD_FIXED) !== 0;
  const file = isFixed ? fixedFile(ring, fd) : fileOf(task, fd);
  return file ? cancelMatching(kernel, ring, { flags, userData, file }, request) : -ERRNO.EBADF;
}
