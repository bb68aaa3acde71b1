// ASYNC_CANCEL.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { fileOf } from '../../kernel/syscalls/file-arguments.ts';
import { SQE_FLAG } from '../abi/sqe.ts';
import { CANCEL, cancelMatching, checkCancelFlags } from '../cancel.ts';
import { fixedFile } from '../files.ts';
import type { Request } from '../request.ts';
import { operation } from './row.ts';

interface AsyncCancel {
  readonly flags: number;
  readonly userData: bigint;
  readonly fd: number;
  readonly opcode: number;
}

export const ASYNC_CANCEL = operation<AsyncCancel>({
  name: 'ASYNC_CANCEL',
  prepare: (sqe) => {
    const flags = sqe.operationFlags;
    if (sqe.offset !== 0n || sqe.fileIndex !== 0 || (sqe.len !== 0 && !(flags & CANCEL.OP))) return -ERRNO.EINVAL;
    const wrong = checkCancelFlags(flags);
    return wrong < 0 ? wrong : { flags, userData: sqe.addr, fd: sqe.fd, opcode: sqe.len };
  },
  issue: cancel,
});

function cancel(kernel: Kernel, request: Request, { flags, userData, fd, opcode }: AsyncCancel): number {
  const { ring, task } = request;
  if (!(flags & CANCEL.FD)) return cancelMatching(kernel, ring, { flags, userData, file: null, opcode }, request);
  const isFixed = (request.flags & SQE_FLAG.FIXED_FILE) !== 0 || (flags & CANCEL.FD_FIXED) !== 0;
  const file = isFixed ? fixedFile(ring, fd) : fileOf(task, fd);
  return file ? cancelMatching(kernel, ring, { flags, userData, file, opcode }, request) : -ERRNO.EBADF;
}
