// kcmp(2): whether two tasks share a file, a table or memory.

import { ERRNO } from '../abi/errno.ts';
import { EpollFile } from '../ipc/epoll/epoll-file.ts';
import type { Kernel } from '../kernel.ts';
import { mayInspect } from '../task/access.ts';
import type { Task } from '../task/task.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const KCMP_FILE = 0;
const KCMP_IO = 5;
const KCMP_SYSVSEM = 6;
const KCMP_EPOLL_TFD = 7;
const EQUAL = 0;
const LESS = 1;
const GREATER = 2;

/** What two tasks may have in common. Nothing is ever shared of I/O contexts: no task has one. */
const SHARED: Readonly<Record<number, (task: Task) => object | null>> = {
  1: (task) => task.mm,
  2: (task) => task.files,
  3: (task) => task.fs,
  4: (task) => task.signals.actions,
  [KCMP_IO]: () => null,
  [KCMP_SYSVSEM]: () => null,
};

function kcmp(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const one = kernel.pids.tasks.get(args.i32(0));
  const two = kernel.pids.tasks.get(args.i32(1));
  if (!one || !two) return -ERRNO.ESRCH;
  if (!mayInspect(task, one) || !mayInspect(task, two)) return -ERRNO.EPERM;
  const kind = args.i32(2);
  if (kind === KCMP_FILE) {
    const [a, b] = [one.files.get(args.number(3)), two.files.get(args.number(4))];
    return a && b ? order(one, two, a, b) : -ERRNO.EBADF;
  }
  if (kind === KCMP_EPOLL_TFD) return compareTarget(task, one, two, args);
  const shared = SHARED[kind];
  return shared ? order(one, two, shared(one), shared(two)) : -ERRNO.EINVAL;
}

/** Objects have no addresses to be ordered by; the tasks that have them do. */
function order(one: Task, two: Task, a: object | null, b: object | null): number {
  if (a === b) return EQUAL;
  return one.tid <= two.tid ? LESS : GREATER;
}

/** A descriptor of one task, and what an epoll of the other waits for: struct kcmp_epoll_slot. */
function compareTarget(task: Task, one: Task, two: Task, args: SyscallArguments): number {
  const raw = task.mm.user.copyIn(args.number(4), 12);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const file = one.files.get(args.number(3));
  if (!file) return -ERRNO.EBADF;
  const epoll = two.files.get(view.getUint32(0, true));
  if (!epoll) return -ERRNO.EBADF;
  if (!(epoll instanceof EpollFile)) return -ERRNO.EINVAL;
  const target = epoll.target(view.getUint32(4, true), view.getUint32(8, true));
  return target ? order(one, two, file, target) : -ERRNO.ENOENT;
}

export const KCMP_ROWS: readonly SyscallRow[] = [
  { number: 312, name: 'kcmp', arguments: ['i32', 'i32', 'i32', 'u64', 'u64'], handler: kcmp },
];
