// System calls on processes by descriptor: pidfd_open, pidfd_send_signal, pidfd_getfd, process_madvise, process_mrelease.

import { ERRNO } from '../abi/errno.ts';
import { O_NONBLOCK } from '../abi/fcntl.ts';
import { SI_TKILL, SI_USER, SIGNAL_COUNT } from '../abi/signal.ts';
import { ProcessDirectory } from '../fs/proc/process-directory.ts';
import { PidFile } from '../ipc/pid-file.ts';
import type { Kernel } from '../kernel.ts';
import { sendToProcess, sendToTask } from '../signal/generate.ts';
import { readSiginfo } from '../signal/siginfo.ts';
import { signalInformation, type SignalInformation } from '../signal/state.ts';
import { mayInspect, maySignal } from '../task/access.ts';
import type { Process } from '../task/process.ts';
import { advise, isAdvice } from '../mm/advice.ts';
import { pageUp } from '../mm/mapping.ts';
import type { Task } from '../task/task.ts';
import { readSegments } from '../vfs/user-memory.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const PIDFD_NONBLOCK = O_NONBLOCK;
/** O_EXCL: a thread rather than a process. */
export const PIDFD_THREAD = 0o200;

function pidfdOpen(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const pid = args.i32(0);
  const flags = args.u32(1);
  if (flags & ~(PIDFD_NONBLOCK | PIDFD_THREAD) || pid <= 0) return -ERRNO.EINVAL;
  const thread = kernel.pids.tasks.get(pid) ?? null;
  const process = kernel.pids.processes.get(pid) ?? null;
  if (!thread && !process) return -ERRNO.ESRCH;
  if (flags & PIDFD_THREAD) {
    if (!thread) return -ERRNO.ESRCH;
    return open(kernel, task, new PidFile(kernel, thread.process, thread, flags & PIDFD_NONBLOCK));
  }
  if (!process) return -ERRNO.ENOENT;
  return open(kernel, task, new PidFile(kernel, process, null, flags & PIDFD_NONBLOCK));
}

function open(kernel: Kernel, task: Task, file: PidFile): number {
  const fd = task.files.allocate(file, true);
  if (fd < 0) file.release(kernel);
  return fd;
}

/** What a descriptor names: a pidfd, or a directory /proc/PID. */
function subjectOf(task: Task, fd: number): { readonly process: Process; readonly thread: Task | null } | null {
  const file = task.files.get(fd);
  if (file instanceof PidFile) return file;
  return file?.inode instanceof ProcessDirectory ? { process: file.inode.process, thread: null } : null;
}

/** PIDFD_SIGNAL_THREAD, _THREAD_GROUP, _PROCESS_GROUP. */
const SCOPES = { thread: 1, process: 2, group: 4 } as const;

function pidfdSendSignal(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const signal = args.i32(1);
  const scope = args.u32(3);
  if (scope & ~7 || (scope & (scope - 1)) !== 0) return -ERRNO.EINVAL;
  const subject = subjectOf(task, args.i32(0));
  if (!subject) return -ERRNO.EBADF;
  const toThread = scope === SCOPES.thread || (scope === 0 && subject.thread !== null);
  const information = informationFor(task, args.number(2), signal, toThread, subject.process, scope);
  if (typeof information === 'number') return information;
  const { process } = subject;
  if (scope === SCOPES.group) return sendToMembers(kernel, task, process, information);
  const target = toThread ? (subject.thread ?? kernel.pids.tasks.get(process.pid) ?? null) : null;
  if (process.reaped || (toThread && target?.state === 'dead' && target.tid !== process.pid)) return -ERRNO.ESRCH;
  return sendOne(kernel, task, process, target, information);
}

function sendOne(kernel: Kernel, task: Task, process: Process, target: Task | null, information: SignalInformation): number {
  if (information.signal < 0 || information.signal > SIGNAL_COUNT) return -ERRNO.EINVAL;
  if (!maySignal(task, process, information.signal)) return -ERRNO.EPERM;
  if (information.signal === 0 || process.exitStatus !== null) return 0;
  return target ? sendToTask(kernel, target, information) : sendToProcess(kernel, process, information);
}

/** PIDFD_SIGNAL_PROCESS_GROUP: the group whose leader the process is. */
function sendToMembers(kernel: Kernel, task: Task, process: Process, information: SignalInformation): number {
  const members = [...kernel.pids.processes.values()].filter((member) => member.group === process.pid);
  let [reached, failure]: [boolean, number] = [false, -ERRNO.ESRCH];
  for (const member of members) {
    const result = sendOne(kernel, task, member, null, information);
    if (result === 0) reached = true;
    else failure = result;
  }
  return reached ? 0 : failure;
}

function informationFor(
  task: Task,
  address: number,
  signal: number,
  toThread: boolean,
  target: Process,
  scope: number,
): SignalInformation | number {
  if (address === 0) {
    const code = toThread ? SI_TKILL : SI_USER;
    return signalInformation(signal, code, { pid: task.process.pid, uid: task.credentials.uid });
  }
  const information = readSiginfo(task, address, null);
  if (typeof information === 'number') return information;
  if (information.signal !== signal) return -ERRNO.EINVAL;
  const pretends = information.code >= 0 || information.code === SI_TKILL;
  return pretends && (target !== task.process || scope === SCOPES.group) ? -ERRNO.EPERM : information;
}

/** A descriptor of another process, as if it had come through a socket. */
function pidfdGetfd(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(2) !== 0) return -ERRNO.EINVAL;
  const file = task.files.get(args.i32(0));
  if (!(file instanceof PidFile)) return -ERRNO.EBADF;
  const target = file.thread ?? file.process.leader;
  if (!target || target.state === 'dead') return -ERRNO.ESRCH;
  if (!mayInspect(task, target)) return -ERRNO.EPERM;
  const wanted = target.files.get(args.i32(1));
  if (!wanted) return -ERRNO.EBADF;
  const fd = task.files.allocate(wanted, true);
  if (fd >= 0) wanted.references++;
  return fd;
}

const MADV_WILLNEED = 3;
/** COLD, PAGEOUT, COLLAPSE: advice on memory that is all in RAM, and stays there. */
const ADVICE: readonly number[] = [MADV_WILLNEED, 20, 21, 25];

/** Advice on another process's memory: bytes advised on. */
function processMadvise(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(4) !== 0) return -ERRNO.EINVAL;
  const pieces = readSegments(task, args.number(1), args.i32(2));
  if (typeof pieces === 'number') return pieces;
  const file = task.files.get(args.i32(0));
  if (!(file instanceof PidFile)) return -ERRNO.EBADF;
  const target = file.thread ?? file.process.leader;
  if (!target || target.state === 'dead') return -ERRNO.ESRCH;
  if (!isAdvice(args.u32(3)) || (target.process !== task.process && !ADVICE.includes(args.i32(3)))) return -ERRNO.EINVAL;
  if (!mayInspect(task, target)) return -ERRNO.EPERM;
  let done = 0;
  for (const { address: start, length } of pieces) {
    if (start % 4096 !== 0) return done > 0 ? done : -ERRNO.EINVAL;
    const result = length > 0 ? advise(kernel, target.mm, start, start + pageUp(length), args.i32(3)) : 0;
    if (result < 0) return done > 0 ? done : result;
    done += length;
  }
  return done;
}

/** The memory of a process that is being killed goes with it here, at once. */
function processMrelease(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(1) !== 0) return -ERRNO.EINVAL;
  const file = task.files.get(args.i32(0));
  if (!(file instanceof PidFile)) return -ERRNO.EBADF;
  if (file.process.tasks.length === 0) return -ERRNO.ESRCH;
  return file.process.groupExit ? 0 : -ERRNO.EINVAL;
}

export const PIDFD_ROWS: readonly SyscallRow[] = [
  { number: 424, name: 'pidfd_send_signal', arguments: ['fd', 'signal', 'pointer', 'flags'], handler: pidfdSendSignal },
  { number: 434, name: 'pidfd_open', arguments: ['i32', 'flags'], handler: pidfdOpen },
  { number: 438, name: 'pidfd_getfd', arguments: ['fd', 'fd', 'flags'], handler: pidfdGetfd },
  { number: 440, name: 'process_madvise', arguments: ['fd', 'pointer', 'size', 'i32', 'flags'], handler: processMadvise },
  { number: 448, name: 'process_mrelease', arguments: ['fd', 'flags'], handler: processMrelease },
];
