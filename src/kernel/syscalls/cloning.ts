// fork(2), vfork(2), clone(2), clone3(2) and unshare(2): what their arguments ask for.

import {
  CLONE_ARGUMENTS,
  CLONE_CLEAR_SIGHAND,
  CLONE_DETACHED,
  CLONE_FILES,
  CLONE_FS,
  CLONE_INTO_CGROUP,
  CLONE_NEWTIME,
  CLONE_PARENT,
  CLONE_PIDFD,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  CSIGNAL,
  NAMESPACES,
} from '../abi/clone.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_PATH } from '../abi/fcntl.ts';
import { SIGNAL, SIGNAL_COUNT } from '../abi/signal.ts';
import { PidFile } from '../ipc/pid-file.ts';
import type { Kernel } from '../kernel.ts';
import { cloneTask, startTask, type CloneRequest } from '../task/fork.ts';
import type { Task } from '../task/task.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';

const PLAIN: Omit<CloneRequest, 'flags' | 'exitSignal'> = {
  stack: 0,
  parentTid: 0,
  childTid: 0,
  tls: 0n,
  clearHandlers: false,
  pidfd: 0,
  wantedTid: 0,
};

function fork(kernel: Kernel, task: Task): SyscallResult {
  return clone(kernel, task, { ...PLAIN, flags: 0, exitSignal: SIGNAL.SIGCHLD });
}

function vfork(kernel: Kernel, task: Task): SyscallResult {
  return clone(kernel, task, { ...PLAIN, flags: CLONE_VM | CLONE_VFORK, exitSignal: SIGNAL.SIGCHLD });
}

/** The pidfd goes where the tid would: the two cannot be asked for together. */
function sysClone(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(0);
  if (flags & CLONE_PIDFD && flags & CLONE_DETACHED) return -ERRNO.EINVAL;
  return clone(kernel, task, {
    ...PLAIN,
    flags: (flags & ~CSIGNAL & ~CLONE_DETACHED) >>> 0,
    exitSignal: flags & CSIGNAL,
    stack: args.number(1),
    parentTid: args.number(2),
    pidfd: args.number(2),
    childTid: args.number(3),
    tls: args.u64(4),
  });
}

/** Names of the 64-bit words of struct clone_args. */
const WORD = {
  flags: 0,
  pidfd: 1,
  childTid: 2,
  parentTid: 3,
  exitSignal: 4,
  stack: 5,
  stackSize: 6,
  tls: 7,
  setTid: 8,
  setTidSize: 9,
  cgroup: 10,
} as const;
const MOST_LEVELS = 32n;
const LARGEST_DESCRIPTOR = 0x7fff_ffffn;

function clone3(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (task.progress) return awaitVforkChild(kernel, task, Number(task.progress.child));
  const words = readCloneArguments(task, args.number(0), args.number(1));
  if (typeof words === 'number') return words;
  const word = (name: keyof typeof WORD): bigint => words[WORD[name]] ?? 0n;
  const flags = word('flags');
  const exitSignal = word('exitSignal');
  const wantedTid = readWantedTid(task, word('setTid'), word('setTidSize'));
  if (wantedTid < 0) return wantedTid;
  if (exitSignal > BigInt(SIGNAL_COUNT)) return -ERRNO.EINVAL;
  const intoCgroup = (flags & CLONE_INTO_CGROUP) !== 0n;
  if (intoCgroup && (word('cgroup') > LARGEST_DESCRIPTOR || words.length <= WORD.cgroup)) return -ERRNO.EINVAL;
  if (!areFlagsValid(task, flags, exitSignal, word('stack'), word('stackSize'))) return -ERRNO.EINVAL;
  // No descriptor is one of a control group: there are none.
  if (intoCgroup) return -ERRNO.EBADF;
  return clone(kernel, task, {
    flags: Number(flags & 0xffff_ffffn),
    exitSignal: Number(exitSignal),
    stack: Number(word('stack') + word('stackSize')),
    parentTid: Number(word('parentTid')),
    childTid: Number(word('childTid')),
    pidfd: Number(word('pidfd')),
    tls: word('tls'),
    clearHandlers: (flags & CLONE_CLEAR_SIGHAND) !== 0n,
    wantedTid,
  });
}

/** The structure may be shorter or longer than ours; what we do not know must be zero. */
function readCloneArguments(task: Task, address: number, size: number): bigint[] | number {
  if (size > CLONE_ARGUMENTS.most) return -ERRNO.E2BIG;
  if (size < CLONE_ARGUMENTS.least) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, size);
  if (!raw) return -ERRNO.EFAULT;
  if (raw.subarray(CLONE_ARGUMENTS.known).some((byte) => byte !== 0)) return -ERRNO.E2BIG;
  const view = new DataView(raw.buffer);
  return Array.from({ length: Math.floor(Math.min(size, CLONE_ARGUMENTS.known) / 8) }, (_, i) => view.getBigUint64(i * 8, true));
}

/** 0: any number will do. There is one level of pid namespaces. */
function readWantedTid(task: Task, address: bigint, count: bigint): number {
  if (count > MOST_LEVELS || (address === 0n) !== (count === 0n)) return -ERRNO.EINVAL;
  if (count === 0n) return 0;
  const wanted = task.mm.user.readInt32(Number(address));
  if (wanted === null) return -ERRNO.EFAULT;
  return count > 1n || wanted < 1 ? -ERRNO.EINVAL : wanted;
}

function areFlagsValid(task: Task, flags: bigint, exitSignal: bigint, stack: bigint, stackSize: bigint): boolean {
  const low = Number(flags & 0xffff_ffffn);
  if (flags & ~(0xffff_ffffn | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP)) return false;
  if (low & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME))) return false;
  if (low & CLONE_SIGHAND && flags & CLONE_CLEAR_SIGHAND) return false;
  if (low & (CLONE_THREAD | CLONE_PARENT) && exitSignal !== 0n) return false;
  if (stack === 0n || stackSize === 0n) return stack === stackSize;
  return task.mm.user.isUserRange(Number(stack), Number(stackSize));
}

/** A vfork parent sleeps until its child has let go of the shared memory; then the call completes with the child's pid. */
function clone(kernel: Kernel, task: Task, request: CloneRequest): SyscallResult {
  if (task.progress) return awaitVforkChild(kernel, task, Number(task.progress.child));
  const child = cloneTask(kernel, task, request);
  if (typeof child === 'number') return child;
  startTask(kernel, child);
  if (!(request.flags & CLONE_VFORK)) return child.tid;
  task.progress = { child: child.tid };
  return awaitVforkChild(kernel, task, child.tid);
}

function awaitVforkChild(kernel: Kernel, task: Task, pid: number): SyscallResult {
  const child = kernel.pids.processes.get(pid);
  if (!child?.vforkParentWaits) return pid;
  const result = kernel.block(task, { queues: [child.vforkDone], waitingFor: `vfork child ${pid}`, interruptible: false });
  return result === BLOCKED ? BLOCKED : pid;
}

const SHARED_BY_THREADS = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;

/** Descriptors and directories can be parted; threads, memory and handlers only where nobody shares them. */
function unshare(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(0);
  if (flags & ~(SHARED_BY_THREADS | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | NAMESPACES)) return -ERRNO.EINVAL;
  if (flags & SHARED_BY_THREADS && task.process.tasks.length > 1) return -ERRNO.EINVAL;
  if (flags & (CLONE_SIGHAND | CLONE_VM) && task.signals.actions.users > 1) return -ERRNO.EINVAL;
  if (flags & CLONE_VM && task.mm.users > 1) return -ERRNO.EINVAL;
  if (flags & NAMESPACES) return -ERRNO.EPERM;
  if (flags & CLONE_FILES && task.files.users > 1 && !task.files.mayCopy) return -ERRNO.ENOMEM;
  if (flags & CLONE_FS) task.fs = task.fs.copy();
  if (flags & CLONE_FILES && task.files.users > 1) {
    const own = task.files.copy();
    task.files.release(kernel);
    task.files = own;
  }
  return 0;
}

/** There is one set of namespaces, and no descriptor names another. */
function setns(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const file = task.files.get(args.i32(0));
  if (!file || file.flags & O_PATH) return -ERRNO.EBADF;
  return file instanceof PidFile && args.u32(1) & NAMESPACES ? -ERRNO.EPERM : -ERRNO.EINVAL;
}

export const CLONING_ROWS: readonly SyscallRow[] = [
  { number: 56, name: 'clone', arguments: ['flags', 'pointer', 'pointer', 'pointer', 'u64'], handler: sysClone },
  { number: 57, name: 'fork', arguments: [], handler: fork },
  { number: 58, name: 'vfork', arguments: [], handler: vfork },
  { number: 272, name: 'unshare', arguments: ['flags'], handler: unshare },
  { number: 308, name: 'setns', arguments: ['fd', 'flags'], handler: setns },
  { number: 435, name: 'clone3', arguments: ['pointer', 'size'], handler: clone3 },
];
