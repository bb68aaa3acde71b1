// PROVIDE_BUFFERS, REMOVE_BUFFERS.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { type Provision, provideBuffers, removeBuffers } from '../buffers/provide.ts';
import { operation, type Operation } from './row.ts';

const MOST = 1 << 16;

export const BUFFER_OPERATIONS: readonly Operation[] = [
  operation<Provision>({
    name: 'PROVIDE_BUFFERS',
    iopoll: true,
    prepare: (sqe, { request }) => {
      if (sqe.operationFlags !== 0 || sqe.fileIndex !== 0) return -ERRNO.EINVAL;
      const [count, length, firstId] = [sqe.fd, sqe.len, sqe.offset];
      if (count <= 0 || count > MOST) return -ERRNO.E2BIG;
      if (length === 0) return -ERRNO.EINVAL;
      if (length * count > 0x7fff_ffff) return -ERRNO.EOVERFLOW;
      if (!request.task.mm.user.isUserRange(sqe.address, length * count)) return -ERRNO.EFAULT;
      if (firstId > 0xffffn) return -ERRNO.E2BIG;
      if (Number(firstId) + count > MOST) return -ERRNO.EINVAL;
      return { group: sqe.bufferIndex, address: sqe.address, length, count, firstId: Number(firstId) };
    },
    issue: (_kernel, { ring }, provision) => provideBuffers(ring, provision),
  }),
  operation<{ readonly group: number; readonly count: number }>({
    name: 'REMOVE_BUFFERS',
    iopoll: true,
    prepare: (sqe) => {
      if (sqe.operationFlags !== 0 || sqe.addr !== 0n || sqe.len !== 0 || sqe.offset !== 0n || sqe.fileIndex !== 0) return -ERRNO.EINVAL;
      return sqe.fd <= 0 || sqe.fd > MOST ? -ERRNO.EINVAL : { group: sqe.bufferIndex, count: sqe.fd };
    },
    issue: (_kernel, { ring }, { group, count }) => removeBuffers(ring, group, count),
  }),
];
