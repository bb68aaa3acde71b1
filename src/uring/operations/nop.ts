// IORING_OP_NOP, with what tests of rings ask of it: a result, a file, a buffer, a large completion.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { SETUP } from '../abi/setup.ts';
import { fixedFile } from '../files.ts';
import { fileOf } from '../../kernel/syscalls/file-arguments.ts';
import { operation } from './row.ts';

const FLAG = { INJECT_RESULT: 1, FILE: 2, FIXED_FILE: 4, FIXED_BUFFER: 8, TASK_WORK: 16, CQE32: 32 } as const;

interface Nop {
  readonly flags: number;
  readonly result: number;
  readonly fd: number;
  readonly buffer: number;
  readonly extra: readonly [bigint, bigint] | null;
}

/** Without any of the flags. */
const PLAIN: Nop = { flags: 0, result: 0, fd: -1, buffer: 0, extra: null };

export const NOP = operation<Nop>({
  name: 'NOP',
  iopoll: true,
  prepare: (sqe, { request }) => {
    const flags = sqe.operationFlags;
    if (flags >= 2 * FLAG.CQE32) return -ERRNO.EINVAL;
    if (flags & FLAG.CQE32 && !request.ring.has(SETUP.CQE32 | SETUP.CQE_MIXED)) return -ERRNO.EINVAL;
    if (flags === 0) return PLAIN;
    return {
      flags,
      result: flags & FLAG.INJECT_RESULT ? sqe.len | 0 : 0,
      fd: sqe.fd,
      buffer: sqe.bufferIndex,
      extra: flags & FLAG.CQE32 ? [sqe.offset, sqe.addr] : null,
    };
  },
  issue: (_kernel, request, { flags, result, fd, buffer, extra }) => {
    if (flags === 0) return 0;
    const { ring, task } = request;
    if (flags & FLAG.FILE && !(flags & FLAG.FIXED_FILE ? fixedFile(ring, fd) : fileOf(task, fd))) return -ERRNO.EBADF;
    if (flags & FLAG.FIXED_BUFFER && !ring.buffers?.[buffer]) return -ERRNO.EFAULT;
    request.cqeExtra = extra;
    return result;
  },
});
