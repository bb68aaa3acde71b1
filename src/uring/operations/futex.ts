// FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAITV: the calls of those names, with the request waiting in place of its task.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { GivenArguments } from '../../kernel/syscalls/arguments.ts';
import type { SyscallHandler } from '../../kernel/syscalls/row.ts';
import { futexWait, futexWaitv, futexWake } from '../../kernel/syscalls/futex2.ts';
import type { OperationName } from '../abi/opcodes.ts';
import type { Sqe } from '../abi/sqe.ts';
import type { Request } from '../request.ts';
import { attempt } from '../waiting.ts';
import type { CallData } from './call.ts';
import { operation, type Operation } from './row.ts';

/** Runs `body` with the waits of the request instead of those of its task. */
function asSleeper<T>(kernel: Kernel, request: Request, body: () => T): T {
  const { futexes } = kernel;
  const outer = futexes.sleeper;
  futexes.sleeper = request;
  const result = body();
  futexes.sleeper = outer;
  return result;
}

function row(name: OperationName, handler: SyscallHandler, argumentsOf: (sqe: Sqe) => CallData | number): Operation {
  return operation<CallData>({
    name,
    waitsAside: true,
    prepare: argumentsOf,
    issue: (kernel, request, data) =>
      asSleeper(kernel, request, () => attempt(kernel, request, (task) => handler(kernel, task, new GivenArguments(...data.arguments)))),
  });
}

function isClean(sqe: Sqe): boolean {
  return sqe.len === 0 && sqe.operationFlags === 0 && sqe.bufferIndex === 0 && sqe.fileIndex === 0;
}

export const FUTEX_OPERATIONS: readonly Operation[] = [
  row('FUTEX_WAIT', futexWait, (sqe) => (isClean(sqe) ? { arguments: [sqe.addr, sqe.offset, sqe.addr3, sqe.fd, 0, 0] } : -ERRNO.EINVAL)),
  row('FUTEX_WAKE', futexWake, (sqe) => (isClean(sqe) ? { arguments: [sqe.addr, sqe.addr3, sqe.offset, sqe.fd] } : -ERRNO.EINVAL)),
  row('FUTEX_WAITV', futexWaitv, (sqe) => {
    if (sqe.fd !== 0 || sqe.bufferIndex !== 0 || sqe.fileIndex !== 0 || sqe.offset !== 0n || sqe.operationFlags !== 0 || sqe.addr3 !== 0n)
      return -ERRNO.EINVAL;
    return { arguments: [sqe.addr, sqe.len, 0, 0, 0] };
  }),
];
