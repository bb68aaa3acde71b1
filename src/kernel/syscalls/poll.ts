// poll, ppoll, select, pselect6.

import { ERRNO, RESTART } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';
import { POLL } from '../vfs/file.ts';
import { fileOf } from './file-arguments.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';
import { deadlineOf, dropTemporaryMask, isOver, readTimeout, setTemporaryMask, writeRemaining } from './waiting.ts';

const POLLFD_BYTES = 8;
const POLL_NUMBER = 7;

/** One look at an array of struct pollfd: how many are ready (revents filled in), and what to wait for if none is. */
function lookAtAll(kernel: Kernel, task: Task, view: DataView, count: number): { ready: number; queues: Set<WaitQueue>; what: string } {
  let ready = 0;
  const queues = new Set<WaitQueue>();
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * POLLFD_BYTES;
    const fd = view.getInt32(at, true);
    const events = view.getUint16(at + 4, true);
    let found = 0;
    if (fd >= 0) {
      const file = fileOf(task, fd);
      found = file ? file.poll(kernel) & (events | POLL.ERR | POLL.HUP) : POLL.NVAL;
      if (file) {
        for (const queue of file.pollQueues(events, task)) queues.add(queue);
        names.push(file.describe());
      }
    }
    view.setUint16(at + 6, found, true);
    if (found !== 0) ready++;
  }
  return { ready, queues, what: `poll of ${names.join(', ') || 'nothing'}` };
}

function pollFor(kernel: Kernel, task: Task, args: SyscallArguments, timeout: number | null, restarts: boolean): SyscallResult {
  const count = args.u32(1);
  if (count > task.files.limit) return -ERRNO.EINVAL;
  const address = args.number(0);
  const raw = task.mm.user.copyIn(address, count * POLLFD_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const deadline = deadlineOf(kernel, task, timeout);
  const { ready, queues, what } = lookAtAll(kernel, task, new DataView(raw.buffer), count);
  if (ready > 0 || isOver(kernel, task, deadline)) return task.mm.user.copyOut(address, raw) ? ready : -ERRNO.EFAULT;
  if (!restarts) return kernel.block(task, { queues: [...queues], deadline, waitingFor: what, interrupted: -RESTART.ERESTARTNOHAND });
  task.restart = { number: POLL_NUMBER, progress: { ...task.progress } };
  return kernel.block(task, { queues: [...queues], deadline, waitingFor: what, interrupted: -RESTART.ERESTART_RESTARTBLOCK });
}

function poll(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const milliseconds = args.i32(2);
  return pollFor(kernel, task, args, milliseconds < 0 ? null : milliseconds * 1_000_000, true);
}

/** Ends a call with a temporary mask and a timeout in memory. */
function finish(kernel: Kernel, task: Task, result: SyscallResult, timeoutAddress: number, unit: 1 | 1000): SyscallResult {
  if (result === BLOCKED) return result;
  if (result !== -RESTART.ERESTARTNOHAND) dropTemporaryMask(kernel, task);
  const deadline = task.progress?.['deadline'];
  writeRemaining(kernel, task, timeoutAddress, deadline === undefined ? null : Number(deadline), unit);
  return result;
}

function ppoll(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timeout = readTimeout(task, args.number(2), 1);
  if (timeout !== null && timeout < 0) return timeout;
  const masked = setTemporaryMask(kernel, task, args.number(3), args.number(4));
  if (masked < 0) return masked;
  return finish(kernel, task, pollFor(kernel, task, args, timeout, false), args.number(2), 1);
}

/** What each of select's three sets asks for and counts as ready. */
const SETS = [
  POLL.IN | POLL.RDNORM | POLL.RDBAND | POLL.HUP | POLL.ERR,
  POLL.OUT | POLL.WRNORM | POLL.WRBAND | POLL.ERR,
  POLL.PRI,
] as const;

function selectFor(kernel: Kernel, task: Task, args: SyscallArguments, timeout: number | null): SyscallResult {
  const given = args.i32(0);
  if (given < 0) return -ERRNO.EINVAL;
  const count = Math.min(given, Math.max(64, Math.ceil(((task.files.list().at(-1) ?? 0) + 1) / 64) * 64));
  const bytes = Math.ceil(count / 64) * 8;
  const addresses = [args.number(1), args.number(2), args.number(3)];
  const sets: (Uint8Array | null)[] = [];
  for (const address of addresses) {
    const set = address === 0 ? null : task.mm.user.copyIn(address, bytes);
    if (address !== 0 && !set) return -ERRNO.EFAULT;
    sets.push(set);
  }
  const deadline = deadlineOf(kernel, task, timeout);
  const results = sets.map((set) => set && new Uint8Array(bytes));
  const queues = new Set<WaitQueue>();
  const names: string[] = [];
  let ready = 0;
  for (let fd = 0; fd < count; fd++) {
    const bit = 1 << (fd % 8);
    const wanted = sets.map((set, i) => (set && set[fd >> 3]! & bit ? SETS[i]! : 0));
    const events = wanted[0]! | wanted[1]! | wanted[2]!;
    if (events === 0) continue;
    const file = fileOf(task, fd);
    if (!file) return -ERRNO.EBADF;
    const found = file.poll(kernel);
    wanted.forEach((mask, i) => {
      if ((found & mask) === 0) return;
      results[i]![fd >> 3]! |= bit;
      ready++;
    });
    for (const queue of file.pollQueues(events, task)) queues.add(queue);
    names.push(file.describe());
  }
  if (ready === 0 && !isOver(kernel, task, deadline)) {
    const waitingFor = `select of ${names.join(', ') || 'nothing'}`;
    return kernel.block(task, { queues: [...queues], deadline, waitingFor, interrupted: -RESTART.ERESTARTNOHAND });
  }
  for (const [i, set] of results.entries()) if (set && !task.mm.user.copyOut(addresses[i]!, set)) return -ERRNO.EFAULT;
  return ready;
}

function select(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timeout = readTimeout(task, args.number(4), 1000);
  if (timeout !== null && timeout < 0) return timeout;
  return finish(kernel, task, selectFor(kernel, task, args, timeout), args.number(4), 1000);
}

/** The sixth argument points at {mask address, mask size}. */
function pselect6(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const timeout = readTimeout(task, args.number(4), 1);
  if (timeout !== null && timeout < 0) return timeout;
  if (args.number(5) !== 0) {
    const [address, size] = [task.mm.user.readNumber(args.number(5)), task.mm.user.readNumber(args.number(5) + 8)];
    if (address === null || size === null) return -ERRNO.EFAULT;
    const masked = setTemporaryMask(kernel, task, address, size);
    if (masked < 0) return masked;
  }
  return finish(kernel, task, selectFor(kernel, task, args, timeout), args.number(4), 1);
}

export const pollRows: readonly SyscallRow[] = [
  { number: 7, name: 'poll', arguments: ['pointer', 'u32', 'i32'], handler: poll },
  { number: 23, name: 'select', arguments: ['i32', 'pointer', 'pointer', 'pointer', 'pointer'], handler: select },
  { number: 270, name: 'pselect6', arguments: ['i32', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer'], handler: pselect6 },
  { number: 271, name: 'ppoll', arguments: ['pointer', 'u32', 'pointer', 'pointer', 'size'], handler: ppoll },
];
