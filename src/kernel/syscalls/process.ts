// System calls that make, replace, end and await processes and threads.

import { ERRNO, RESTART } from '../abi/errno.ts';
import { CLONE_CLEAR_SIGHAND, CLONE_DETACHED, CLONE_INTO_CGROUP, CLONE_PIDFD, CLONE_VFORK, CLONE_VM, CSIGNAL } from '../abi/clone.ts';
import { AT_EMPTY_PATH, AT_EXECVE_CHECK, AT_FDCWD, AT_SYMLINK_NOFOLLOW } from '../abi/fcntl.ts';
import { CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, SIGNAL } from '../abi/signal.ts';
import { encodeRusage } from '../task/rusage.ts';
import type { Kernel } from '../kernel.ts';
import { execute } from '../loader/exec.ts';
import { checkProgram, findProgram } from '../loader/program-file.ts';
import { signalInformation } from '../signal/state.ts';
import { encodeSiginfo } from '../signal/siginfo.ts';
import { exitGroup, exitTask } from '../task/exit.ts';
import { cloneTask, startTask, type CloneRequest } from '../task/fork.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import {
  findChildNews,
  statusWord,
  WALL,
  WCLONE,
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOTHREAD,
  WNOWAIT,
  WSTOPPED,
  WUNTRACED,
  type ChildNews,
  type WaitTarget,
} from '../task/wait.ts';
import { readPath } from '../vfs/user-memory.ts';
import { entryOfDescriptor, originAt } from './file-arguments.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';

const PLAIN: Omit<CloneRequest, 'flags' | 'exitSignal'> = { stack: 0, parentTid: 0, childTid: 0, tls: 0n, clearHandlers: false };

function fork(kernel: Kernel, task: Task): SyscallResult {
  return clone(kernel, task, { ...PLAIN, flags: 0, exitSignal: SIGNAL.SIGCHLD });
}

function vfork(kernel: Kernel, task: Task): SyscallResult {
  return clone(kernel, task, { ...PLAIN, flags: CLONE_VM | CLONE_VFORK, exitSignal: SIGNAL.SIGCHLD });
}

function sysClone(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(0);
  if (flags & CLONE_PIDFD) return -ERRNO.EINVAL;
  return clone(kernel, task, {
    flags: (flags & ~CSIGNAL & ~CLONE_DETACHED) >>> 0,
    exitSignal: flags & CSIGNAL,
    stack: args.number(1),
    parentTid: args.number(2),
    childTid: args.number(3),
    tls: args.u64(4),
    clearHandlers: false,
  });
}

const CLONE_ARGS_SIZES = { least: 64, most: 88 } as const;

function clone3(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const size = args.number(1);
  if (size > 4096) return -ERRNO.E2BIG;
  if (size < CLONE_ARGS_SIZES.least) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(args.number(0), size);
  if (!raw) return -ERRNO.EFAULT;
  if (raw.subarray(CLONE_ARGS_SIZES.most).some((byte) => byte !== 0)) return -ERRNO.E2BIG;
  const view = new DataView(raw.buffer);
  const word = (i: number): bigint => (i * 8 < size ? view.getBigUint64(i * 8, true) : 0n);
  const flags = word(0);
  const exitSignal = word(4);
  const stack = word(5);
  const stackSize = word(6);
  if (flags & CLONE_INTO_CGROUP || flags >> 34n !== 0n || flags & BigInt(CSIGNAL | CLONE_DETACHED) || exitSignal > 64n)
    return -ERRNO.EINVAL;
  if (word(8) !== 0n || (stack === 0n) !== (stackSize === 0n) || flags & BigInt(CLONE_PIDFD)) return -ERRNO.EINVAL;
  return clone(kernel, task, {
    flags: Number(flags & 0xffff_ffffn),
    exitSignal: Number(exitSignal),
    stack: Number(stack + stackSize),
    parentTid: Number(word(3)),
    childTid: Number(word(2)),
    tls: word(7),
    clearHandlers: (flags & CLONE_CLEAR_SIGHAND) !== 0n,
  });
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

/** Longest vector: as many pointers as the strings could be. */
const MOST_STRINGS = 0x7fff_ffff;
const STRING_LIMIT = 131_072;
const TOTAL_LIMIT = 6 << 20;

function readStrings(task: Task, address: number): Uint8Array[] | number {
  const strings: Uint8Array[] = [];
  if (address === 0) return strings;
  let total = 0;
  for (let i = 0; i < MOST_STRINGS; i++) {
    const pointer = task.mm.user.readNumber(address + i * 8);
    if (pointer === null) return -ERRNO.EFAULT;
    if (pointer === 0) return strings;
    const string = task.mm.user.copyInString(pointer, STRING_LIMIT);
    if (string === null) return -ERRNO.EFAULT;
    if (string === 'too long') return -ERRNO.E2BIG;
    total += string.length + 9;
    if (total > TOTAL_LIMIT) return -ERRNO.E2BIG;
    strings.push(string);
  }
  return -ERRNO.E2BIG;
}

function execve(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const path = readPath(task, args.number(0));
  if (typeof path === 'number') return path;
  return executeFrom(kernel, task, { directory: AT_FDCWD, path, argv: args.number(1), environment: args.number(2), flags: 0 });
}

function execveat(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(4);
  const path = readPath(task, args.number(1));
  if (typeof path === 'number') return path;
  if (path === '' && !(flags & AT_EMPTY_PATH)) return -ERRNO.ENOENT;
  if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_EXECVE_CHECK)) return -ERRNO.EINVAL;
  return executeFrom(kernel, task, { directory: args.i32(0), path, argv: args.number(2), environment: args.number(3), flags });
}

interface Execution {
  readonly directory: number;
  readonly path: string;
  readonly argv: number;
  readonly environment: number;
  /** AT_ flags; an empty path is the descriptor's own file. */
  readonly flags: number;
}

/** The program is looked up before its arguments are. */
function executeFrom(kernel: Kernel, task: Task, { directory, path, argv, environment, flags }: Execution): SyscallResult {
  const own = path === '' && flags & AT_EMPTY_PATH ? entryOfDescriptor(task, directory) : null;
  if (typeof own === 'number') return own;
  const origin = own ? { task, root: task.fs.root, start: task.fs.cwd } : originAt(task, directory, path);
  if (typeof origin === 'number') return origin;
  const entry = own ? checkProgram(origin, own) : findProgram(kernel, origin, path, !(flags & AT_SYMLINK_NOFOLLOW));
  if (typeof entry === 'number') return entry;
  const strings = readStrings(task, argv);
  if (typeof strings === 'number') return strings;
  const variables = readStrings(task, environment);
  if (typeof variables === 'number') return variables;
  if (flags & AT_EXECVE_CHECK) return 0;
  const start = origin.start;
  return execute(kernel, task, {
    path,
    arguments: strings.length === 0 ? [new Uint8Array(0)] : strings,
    environment: variables,
    start,
    entry,
  });
}

function exit(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  exitTask(kernel, task, args.u32(0) & 0xff);
  return BLOCKED;
}

function sysExitGroup(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const code = args.u32(0) & 0xff;
  exitGroup(kernel, task, { kind: 'exited', code });
  exitTask(kernel, task, code);
  return BLOCKED;
}

const WAIT4_OPTIONS = WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WCLONE | WALL;

function wait4(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const pid = args.i32(0);
  const options = args.u32(2);
  if (options & ~WAIT4_OPTIONS) return -ERRNO.EINVAL;
  if (pid === -0x8000_0000) return -ERRNO.ESRCH;
  const news = awaitChild(kernel, task, targetOf(task, pid), options | WEXITED, describeTarget(pid));
  if (news === null) return 0;
  if (typeof news === 'number' || typeof news === 'bigint' || typeof news === 'symbol') return news;
  const { user } = task.mm;
  if (args.number(1) !== 0 && !user.write32(args.number(1), statusWord(news))) return -ERRNO.EFAULT;
  if (args.number(3) !== 0 && !user.copyOut(args.number(3), usageOf(kernel, news.process))) return -ERRNO.EFAULT;
  return news.process.pid;
}

function targetOf(task: Task, pid: number): WaitTarget {
  if (pid === -1) return { kind: 'any' };
  if (pid > 0) return { kind: 'pid', pid };
  return { kind: 'group', group: pid === 0 ? task.process.group : -pid };
}

function describeTarget(pid: number): string {
  return pid > 0 ? `child ${pid}` : 'a child process';
}

function usageOf(kernel: Kernel, process: Process): Uint8Array {
  return encodeRusage(kernel.clock, process.usage, process.usage);
}

/** News, null for WNOHANG without any, or a result to return. */
function awaitChild(kernel: Kernel, task: Task, target: WaitTarget, options: number, what: string): ChildNews | null | SyscallResult {
  const news = findChildNews(kernel, task, target, options);
  if (news !== null) return news;
  if (options & WNOHANG) return null;
  return kernel.block(task, { queues: [task.process.childEvents], waitingFor: what, interrupted: -RESTART.ERESTARTSYS });
}

const P_ALL = 0;
const P_PID = 1;
const P_PGID = 2;
const WAITID_OPTIONS = WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | WNOTHREAD | WCLONE | WALL;

function waitid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const kind = args.i32(0);
  const id = args.i32(1);
  const options = args.u32(3);
  if (options & ~WAITID_OPTIONS || !(options & (WEXITED | WSTOPPED | WCONTINUED))) return -ERRNO.EINVAL;
  if (kind !== P_ALL && kind !== P_PID && kind !== P_PGID) return -ERRNO.EINVAL;
  if ((kind === P_PID && id <= 0) || (kind === P_PGID && id < 0)) return -ERRNO.EINVAL;
  const target = kind === P_ALL ? -1 : kind === P_PID ? id : -(id || task.process.group);
  const news = awaitChild(kernel, task, targetOf(task, target), options, describeTarget(target));
  if (typeof news === 'number' || typeof news === 'bigint' || typeof news === 'symbol') return news;
  const { user } = task.mm;
  const at = args.number(2);
  if (at !== 0 && !user.copyOut(at, news ? newsInformation(news) : new Uint8Array(128))) return -ERRNO.EFAULT;
  if (news && args.number(4) !== 0 && !user.copyOut(args.number(4), usageOf(kernel, news.process))) return -ERRNO.EFAULT;
  return 0;
}

function newsInformation(news: ChildNews): Uint8Array {
  const { pid, uid } = news.process;
  let code = CLD_CONTINUED;
  let status: number = SIGNAL.SIGCONT;
  if (news.kind === 'stopped') {
    code = CLD_STOPPED;
    status = news.signal;
  } else if (news.kind === 'exited') {
    const { status: ended } = news;
    code = ended.kind === 'exited' ? CLD_EXITED : ended.core ? CLD_DUMPED : CLD_KILLED;
    status = ended.kind === 'exited' ? ended.code : ended.signal;
  }
  return encodeSiginfo(signalInformation(SIGNAL.SIGCHLD, code, { pid, uid, status }));
}

export const PROCESS_ROWS: readonly SyscallRow[] = [
  { number: 56, name: 'clone', arguments: ['flags', 'pointer', 'pointer', 'pointer', 'u64'], handler: sysClone },
  { number: 57, name: 'fork', arguments: [], handler: fork },
  { number: 58, name: 'vfork', arguments: [], handler: vfork },
  { number: 59, name: 'execve', arguments: ['path', 'pointer', 'pointer'], handler: execve },
  { number: 60, name: 'exit', arguments: ['i32'], handler: exit },
  { number: 61, name: 'wait4', arguments: ['i32', 'pointer', 'flags', 'pointer'], handler: wait4 },
  { number: 231, name: 'exit_group', arguments: ['i32'], handler: sysExitGroup },
  { number: 247, name: 'waitid', arguments: ['i32', 'i32', 'pointer', 'flags', 'pointer'], handler: waitid },
  { number: 322, name: 'execveat', arguments: ['fd', 'path', 'pointer', 'pointer', 'flags'], handler: execveat },
  { number: 435, name: 'clone3', arguments: ['pointer', 'size'], handler: clone3 },
];
