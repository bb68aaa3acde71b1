// poll, ppoll, select, pselect6.

import { ERRNO, RESTART } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { WaitQueue } from '../task/wait-queue.ts';
import { type FileDescription, POLL } from '../vfs/file.ts';
import { fileOf } from './file-arguments.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';
import { deadlineOf, dropTemporaryMask, isOver, readTimeout, setTemporaryMask, writeRemaining } from './waiting.ts';

const POLLFD_BYTES = 8;
const POLL_NUMBER = 7;

/** A file and the POLL bits that it is asked for. */
interface Wanted {
  readonly file: FileDescription;
  readonly events: number;
}

/** Files that a text names; of more it says how many. */
const MOST_NAMED = 8;

/** Where to sleep when nothing is ready, and what a person reads of it. */
function sleepOn(task: Task, what: string, wanted: readonly Wanted[]): { readonly queues: WaitQueue[]; readonly waitingFor: string } {
  const queues = new Set<WaitQueue>();
  for (const { file, events } of wanted) for (const queue of file.pollQueues(events, task)) queues.add(queue);
  const names = wanted.slice(0, MOST_NAMED).map(({ file }) => file.describe());
  if (wanted.length > MOST_NAMED) names.push(`${wanted.length - MOST_NAMED} more`);
  return { queues: [...queues], waitingFor: `${what} of ${names.join(', ') || 'nothing'}` };
}

/** One look at an array of struct pollfd: how many are ready. Fills revents in. */
function lookAtAll(kernel: Kernel, task: Task, view: DataView, count: number): number {
  let ready = 0;
  for (let i = 0; i < count; i++) {
    const at = i * POLLFD_BYTES;
    const fd = view.getInt32(at, true);
    const file = fd < 0 ? null : fileOf(task, fd);
    const events = view.getUint16(at + 4, true) | POLL.ERR | POLL.HUP;
    const found = file ? file.poll(kernel) & events : fd < 0 ? 0 : POLL.NVAL;
    view.setUint16(at + 6, found, true);
    if (found !== 0) ready++;
  }
  return ready;
}

function filesOf(task: Task, view: DataView, count: number): Wanted[] {
  const wanted: Wanted[] = [];
  for (let at = 0; at < count * POLLFD_BYTES; at += POLLFD_BYTES) {
    const file = fileOf(task, view.getInt32(at, true));
    if (file) wanted.push({ file, events: view.getUint16(at + 4, true) });
  }
  return wanted;
}

function pollFor(kernel: Kernel, task: Task, args: SyscallArguments, timeout: number | null, restarts: boolean): SyscallResult {
  const count = args.u32(1);
  if (count > task.files.limit) return -ERRNO.EINVAL;
  const address = args.number(0);
  const raw = task.mm.user.copyIn(address, count * POLLFD_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const ready = lookAtAll(kernel, task, view, count);
  if (ready > 0) return task.mm.user.copyOut(address, raw) ? ready : -ERRNO.EFAULT;
  const deadline = deadlineOf(kernel, task, timeout);
  if (isOver(kernel, task, deadline)) return task.mm.user.copyOut(address, raw) ? 0 : -ERRNO.EFAULT;
  if (restarts) task.restart = { number: POLL_NUMBER, progress: { ...task.progress } };
  const interrupted = -(restarts ? RESTART.ERESTART_RESTARTBLOCK : RESTART.ERESTARTNOHAND);
  return kernel.block(task, { ...sleepOn(task, 'poll', filesOf(task, view, count)), deadline, interrupted });
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
  const wantedFiles: Wanted[] = [];
  const results = sets.map((set) => set && new Uint8Array(bytes));
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
    wantedFiles.push({ file, events });
  }
  if (ready === 0 && !isOver(kernel, task, deadline)) {
    return kernel.block(task, { ...sleepOn(task, 'select', wantedFiles), deadline, interrupted: -RESTART.ERESTARTNOHAND });
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
