// epoll: epoll_create, epoll_create1, epoll_ctl, epoll_wait, epoll_pwait, epoll_pwait2.

import { ERRNO } from '../abi/errno.ts';
import { O_CLOEXEC } from '../abi/fcntl.ts';
import { EPOLL_EVENT_BYTES, EpollFile } from '../ipc/epoll/epoll-file.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { fileOf } from './file-arguments.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';
import { deadlineOf, dropTemporaryMask, isOver, readTimeout, setTemporaryMask } from './waiting.ts';

const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const INT_MAX = 0x7fff_ffff;

function epollCreate(kernel: Kernel, task: Task, flags: number): number {
  if (flags & ~O_CLOEXEC) return -ERRNO.EINVAL;
  if (!task.files.hasRoom()) return task.files.fullError;
  return task.files.allocate(new EpollFile(kernel, task), (flags & O_CLOEXEC) !== 0);
}

function epollCtl(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const operation = args.i32(1);
  let [events, data] = [0, 0n];
  if (operation !== EPOLL_CTL_DEL) {
    const raw = task.mm.user.copyIn(args.number(3), EPOLL_EVENT_BYTES);
    if (!raw) return -ERRNO.EFAULT;
    const view = new DataView(raw.buffer);
    [events, data] = [view.getInt32(0, true), view.getBigUint64(4, true)];
  }
  const epoll = fileOf(task, args.i32(0));
  const fd = args.i32(2);
  const file = fileOf(task, fd);
  if (!epoll || !file) return -ERRNO.EBADF;
  if (!file.canPoll) return -ERRNO.EPERM;
  if (epoll === file || !(epoll instanceof EpollFile)) return -ERRNO.EINVAL;
  switch (operation) {
    case EPOLL_CTL_ADD:
      return epoll.add(kernel, task, fd, file, events, data);
    case EPOLL_CTL_MOD:
      return epoll.modify(kernel, task, fd, file, events, data);
    case EPOLL_CTL_DEL:
      return epoll.remove(kernel, fd, file);
    default:
      return -ERRNO.EINVAL;
  }
}

/** `timeout` in nanoseconds, null for ever. */
function epollWaitFor(kernel: Kernel, task: Task, args: SyscallArguments, timeout: number | null): SyscallResult {
  const limit = args.i32(2);
  const address = args.number(1);
  const epoll = fileOf(task, args.i32(0));
  if (!epoll) return -ERRNO.EBADF;
  if (limit <= 0 || limit > INT_MAX / EPOLL_EVENT_BYTES) return -ERRNO.EINVAL;
  if (!task.mm.user.isUserRange(address, limit * EPOLL_EVENT_BYTES)) return -ERRNO.EFAULT;
  if (!(epoll instanceof EpollFile)) return -ERRNO.EINVAL;
  const ready = epoll.collect(kernel, task, address, limit);
  if (ready !== 0) return ready;
  const deadline = deadlineOf(kernel, task, timeout);
  if (isOver(kernel, task, deadline)) return 0;
  return kernel.block(task, { queues: epoll.waitQueues, deadline, waitingFor: 'epoll', interrupted: -ERRNO.EINTR });
}

/** The forms with a signal mask: it is dropped when the call ends by itself. */
function epollWaitMasked(kernel: Kernel, task: Task, args: SyscallArguments, timeout: number | null): SyscallResult {
  const masked = setTemporaryMask(kernel, task, args.number(4), args.number(5));
  if (masked < 0) return masked;
  const result = epollWaitFor(kernel, task, args, timeout);
  if (result !== BLOCKED && result !== -ERRNO.EINTR) dropTemporaryMask(kernel, task);
  return result;
}

function milliseconds(args: SyscallArguments): number | null {
  const given = args.i32(3);
  return given < 0 ? null : given * 1_000_000;
}

function epollPwait2(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timeout = readTimeout(task, args.number(3), 1);
  if (timeout !== null && timeout < 0) return timeout;
  return epollWaitMasked(kernel, task, args, timeout);
}

export const EPOLL_ROWS: readonly SyscallRow[] = [
  { number: 213, name: 'epoll_create', arguments: ['i32'], handler: (k, t, a) => (a.i32(0) <= 0 ? -ERRNO.EINVAL : epollCreate(k, t, 0)) },
  {
    number: 232,
    name: 'epoll_wait',
    arguments: ['fd', 'pointer', 'i32', 'i32'],
    handler: (k, t, a) => epollWaitFor(k, t, a, milliseconds(a)),
  },
  { number: 233, name: 'epoll_ctl', arguments: ['fd', 'i32', 'fd', 'pointer'], handler: epollCtl },
  {
    number: 281,
    name: 'epoll_pwait',
    arguments: ['fd', 'pointer', 'i32', 'i32', 'pointer', 'size'],
    handler: (k, t, a) => epollWaitMasked(k, t, a, milliseconds(a)),
  },
  { number: 291, name: 'epoll_create1', arguments: ['flags'], handler: (k, t, a) => epollCreate(k, t, a.u32(0)) },
  { number: 441, name: 'epoll_pwait2', arguments: ['fd', 'pointer', 'i32', 'pointer', 'pointer', 'size'], handler: epollPwait2 },
];
