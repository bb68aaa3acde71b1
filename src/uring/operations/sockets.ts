// Sockets: SOCKET, BIND, LISTEN, ACCEPT (multishot too), CONNECT, SHUTDOWN, and the commands of URING_CMD.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { O_CLOEXEC, O_NONBLOCK } from '../../kernel/abi/fcntl.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { LENT_ADDRESS } from '../../kernel/mm/user-memory.ts';
import { Socket } from '../../kernel/net/socket.ts';
import { GivenArguments } from '../../kernel/syscalls/arguments.ts';
import { POLL } from '../../kernel/vfs/file.ts';
import { CQE_FLAG } from '../abi/sqe.ts';
import { postMore } from '../completions.ts';
import { ANY_SLOT, moveToSlot } from '../files.ts';
import type { Request } from '../request.ts';
import { type IssueResult, WAITS, whenReady } from '../waiting.ts';
import { call, callFor, FILE } from './call.ts';
import { operation, type Operation } from './row.ts';
import { postSentStamps } from './sent-stamps.ts';

const CALL = { accept4: 288, getsockopt: 55, setsockopt: 54, getsockname: 51, getpeername: 52, ioctl: 16 } as const;
const SOCKADDR_MAX = 128;

interface Made {
  readonly arguments: readonly (number | bigint)[];
  /** As in the entry: 0 for an ordinary descriptor. */
  readonly fileIndex: number;
}

const SOCKET = operation<Made>({
  name: 'SOCKET',
  prepare: (sqe) => {
    if (sqe.addr !== 0n || sqe.operationFlags !== 0 || sqe.bufferIndex !== 0) return -ERRNO.EINVAL;
    const type = Number(sqe.offset & 0xffff_ffffn);
    if (sqe.fileIndex !== 0 && type & O_CLOEXEC) return -ERRNO.EINVAL;
    if (type & ~0xf & ~(O_CLOEXEC | O_NONBLOCK)) return -ERRNO.EINVAL;
    return { arguments: [sqe.fd, type, sqe.len], fileIndex: sqe.fileIndex };
  },
  issue: (kernel, request, made) => moveToSlot(kernel, request, callFor(kernel, request, 41, made.arguments), made.fileIndex),
});

const ACCEPT_FLAG = { MULTISHOT: 1, DONTWAIT: 2, POLL_FIRST: 4 } as const;

interface Accept extends Made {
  readonly ioprio: number;
}

const ACCEPT = operation<Accept>({
  name: 'ACCEPT',
  needsFile: true,
  polls: true,
  ioprio: true,
  prepare: (sqe) => {
    if (sqe.len !== 0 || sqe.bufferIndex !== 0) return -ERRNO.EINVAL;
    const flags = sqe.operationFlags;
    if (sqe.ioprio & ~(ACCEPT_FLAG.MULTISHOT | ACCEPT_FLAG.DONTWAIT | ACCEPT_FLAG.POLL_FIRST)) return -ERRNO.EINVAL;
    if (sqe.fileIndex !== 0) {
      if (flags & O_CLOEXEC) return -ERRNO.EINVAL;
      if (sqe.ioprio & ACCEPT_FLAG.MULTISHOT && sqe.fileIndex !== ANY_SLOT) return -ERRNO.EINVAL;
    }
    if (flags & ~(O_CLOEXEC | O_NONBLOCK)) return -ERRNO.EINVAL;
    return { arguments: [FILE, sqe.addr, sqe.offset, flags], fileIndex: sqe.fileIndex, ioprio: sqe.ioprio };
  },
  issue: (kernel, request, data) => {
    for (;;) {
      const result = acceptOne(kernel, request, data);
      if (result === WAITS || !(data.ioprio & ACCEPT_FLAG.MULTISHOT) || result < 0) return result;
      if (!postMore(kernel, request, result, request.cqeFlags)) return result;
    }
  },
});

function acceptOne(kernel: Kernel, request: Request, data: Accept): IssueResult {
  const { file } = request;
  const handler = kernel.table.row(CALL.accept4)!.handler!;
  const once = (data.ioprio & ACCEPT_FLAG.DONTWAIT) !== 0;
  const result = whenReady(kernel, request, POLL.IN, once, (task) => handler(kernel, task, new GivenArguments(...data.arguments)));
  const more = file!.poll(kernel) & POLL.IN;
  request.cqeFlags = typeof result === 'number' && result >= 0 && more ? CQE_FLAG.SOCK_NONEMPTY : 0;
  return moveToSlot(kernel, request, result, data.fileIndex);
}

const CONNECT = call({
  name: 'CONNECT',
  number: 42,
  needsFile: true,
  polls: true,
  arguments: (sqe, lent) => {
    if (sqe.len !== 0 || sqe.bufferIndex !== 0 || sqe.operationFlags !== 0 || sqe.fileIndex !== 0) return -ERRNO.EINVAL;
    return address(sqe.address, Number(sqe.offset & 0xffff_ffffn), lent);
  },
});

const BIND = call({
  name: 'BIND',
  number: 49,
  needsFile: true,
  arguments: (sqe, lent) => {
    if (sqe.len !== 0 || sqe.bufferIndex !== 0 || sqe.operationFlags !== 0 || sqe.fileIndex !== 0) return -ERRNO.EINVAL;
    return address(sqe.address, Number(sqe.offset & 0xffff_ffffn), lent);
  },
});

/** Of connect and bind: a copy of the address. */
function address(
  at: number,
  length: number,
  lent: { bytes(address: number, length: number): number },
): readonly (number | bigint)[] | number {
  if ((length | 0) < 0 || length > SOCKADDR_MAX) return -ERRNO.EINVAL;
  return [FILE, length === 0 ? 0 : lent.bytes(at, length), length];
}

const LISTEN = call({
  name: 'LISTEN',
  number: 50,
  needsFile: true,
  arguments: (sqe) =>
    sqe.addr !== 0n || sqe.bufferIndex !== 0 || sqe.operationFlags !== 0 || sqe.fileIndex !== 0 || sqe.offset !== 0n
      ? -ERRNO.EINVAL
      : [FILE, sqe.len],
});

const SHUTDOWN = call({
  name: 'SHUTDOWN',
  number: 48,
  needsFile: true,
  onWorker: true,
  arguments: (sqe) =>
    sqe.offset !== 0n || sqe.addr !== 0n || sqe.operationFlags !== 0 || sqe.bufferIndex !== 0 || sqe.fileIndex !== 0
      ? -ERRNO.EINVAL
      : [FILE, sqe.len],
});

const COMMAND = { SIOCINQ: 0, SIOCOUTQ: 1, GETSOCKOPT: 2, SETSOCKOPT: 3, TX_TIMESTAMP: 4, GETSOCKNAME: 5 } as const;
const SIOCINQ = 0x541b;
const SIOCOUTQ = 0x5411;
const SOL_SOCKET = 1;

interface Command {
  readonly command: number;
  readonly level: number;
  readonly name: number;
  readonly value: bigint;
  readonly length: number;
  readonly address: bigint;
  readonly peer: number;
}

/** Commands exist for sockets alone. */
const URING_CMD = operation<Command>({
  name: 'URING_CMD',
  needsFile: true,
  iopoll: true,
  prepare: (sqe) => {
    if (sqe.offset >> 32n !== 0n || sqe.operationFlags !== 0) return -ERRNO.EINVAL;
    return {
      command: Number(sqe.offset & 0xffff_ffffn),
      level: Number(sqe.addr & 0xffff_ffffn),
      name: Number(sqe.addr >> 32n),
      value: sqe.addr3,
      length: sqe.fileIndex,
      address: sqe.addr,
      peer: sqe.fileIndex,
    };
  },
  issue: (kernel, request, data) => {
    if (!(request.file instanceof Socket)) return -ERRNO.EOPNOTSUPP;
    switch (data.command) {
      case COMMAND.SIOCINQ:
        return queued(kernel, request, SIOCINQ);
      case COMMAND.SIOCOUTQ:
        return queued(kernel, request, SIOCOUTQ);
      case COMMAND.GETSOCKOPT:
        return getOption(kernel, request, data);
      case COMMAND.SETSOCKOPT:
        return callFor(kernel, request, CALL.setsockopt, [FILE, data.level, data.name, data.value, data.length]);
      case COMMAND.GETSOCKNAME:
        if (data.peer > 1) return -ERRNO.EINVAL;
        return callFor(kernel, request, data.peer ? CALL.getpeername : CALL.getsockname, [FILE, data.address, data.value]);
      case COMMAND.TX_TIMESTAMP:
        return postSentStamps(kernel, request);
      default:
        return -ERRNO.EOPNOTSUPP;
    }
  },
});

/** A number that an ioctl writes is the result. */
function queued(kernel: Kernel, request: Request, command: number): IssueResult {
  request.lent = new Uint8Array(4);
  const result = callFor(kernel, request, CALL.ioctl, [FILE, command, LENT_ADDRESS]);
  return result === 0 ? new DataView(request.lent.buffer).getInt32(0, true) : result;
}

/** The length that getsockopt writes back is the result. */
function getOption(kernel: Kernel, request: Request, { level, name, value, length }: Command): IssueResult {
  if (level !== SOL_SOCKET) return -ERRNO.EOPNOTSUPP;
  request.lent = new Uint8Array(Uint32Array.of(length).buffer);
  const result = callFor(kernel, request, CALL.getsockopt, [FILE, level, name, value, LENT_ADDRESS]);
  return result === 0 ? new DataView(request.lent.buffer).getInt32(0, true) : result;
}

export const SOCKET_OPERATIONS: readonly Operation[] = [SOCKET, ACCEPT, CONNECT, BIND, LISTEN, SHUTDOWN, URING_CMD];
