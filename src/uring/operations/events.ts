// Waiting for others: EPOLL_CTL, EPOLL_WAIT, WAITID.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { EpollFile } from '../../kernel/ipc/epoll/epoll-file.ts';
import { GivenArguments } from '../../kernel/syscalls/arguments.ts';
import { POLL } from '../../kernel/vfs/file.ts';
import { whenReady } from '../waiting.ts';
import { call, type CallData, FILE } from './call.ts';
import { operation, type Operation } from './row.ts';

const EVENT_BYTES = 12;
const EPOLL_CTL_DEL = 2;
const EPOLL_WAIT = 232;

export const EVENT_OPERATIONS: readonly Operation[] = [
  call({
    name: 'EPOLL_CTL',
    number: 233,
    unbounded: true,
    arguments: (sqe, lent) => {
      if (sqe.bufferIndex !== 0 || sqe.fileIndex !== 0) return -ERRNO.EINVAL;
      const event = sqe.len === EPOLL_CTL_DEL ? 0 : lent.bytes(sqe.address, EVENT_BYTES);
      return [sqe.fd, sqe.len, Number(sqe.offset & 0xffff_ffffn), event];
    },
  }),
  operation<CallData>({
    name: 'EPOLL_WAIT',
    needsFile: true,
    prepare: (sqe) =>
      sqe.offset !== 0n || sqe.operationFlags !== 0 || sqe.bufferIndex !== 0 || sqe.fileIndex !== 0
        ? -ERRNO.EINVAL
        : { arguments: [FILE, sqe.addr, sqe.len, 0] },
    issue: (kernel, request, data) => {
      if (!(request.file instanceof EpollFile)) return -ERRNO.EINVAL;
      const handler = kernel.table.row(EPOLL_WAIT)!.handler!;
      return whenReady(kernel, request, POLL.IN, false, (task) => {
        const ready = handler(kernel, task, new GivenArguments(...data.arguments));
        return ready === 0 ? -ERRNO.EAGAIN : ready;
      });
    },
  }),
  call({
    name: 'WAITID',
    number: 247,
    waitsAside: true,
    arguments: (sqe) =>
      sqe.addr !== 0n || sqe.bufferIndex !== 0 || sqe.addr3 !== 0n || sqe.operationFlags !== 0
        ? -ERRNO.EINVAL
        : [sqe.len, sqe.fd, sqe.offset, sqe.fileIndex, 0],
  }),
];
