// System calls that replace, end and await processes and threads; cloning.ts makes them.

import { ERRNO, RESTART } from '../abi/errno.ts';
import { AT_EMPTY_PATH, AT_EXECVE_CHECK, AT_FDCWD, AT_SYMLINK_NOFOLLOW, O_NONBLOCK } from '../abi/fcntl.ts';
import { CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, SIGNAL } from '../abi/signal.ts';
import { encodeRusage } from '../task/rusage.ts';
import { PidFile } from '../ipc/pid-file.ts';
import type { Kernel } from '../kernel.ts';
import { execute } from '../loader/exec.ts';
import { checkProgram, findProgram } from '../loader/program-file.ts';
import { signalInformation } from '../signal/state.ts';
import { encodeSiginfo, SIGINFO_BYTES } from '../signal/siginfo.ts';
import { exitGroup, exitTask } from '../task/exit.ts';
import { addUsage, type Process } from '../task/process.ts';
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
  const relative = directory !== AT_FDCWD && !path.startsWith('/');
  return execute(kernel, task, {
    path: relative ? `/dev/fd/${directory}${path === '' ? '' : `/${path}`}` : path,
    byDescriptor: path === '',
    pathVanishes: relative && task.files.entry(directory)!.closeOnExec,
    arguments: strings.length === 0 ? [new Uint8Array(0)] : strings,
    environment: variables,
    start: origin.start,
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
  if (typeof news === 'number' || typeof news === 'symbol') return news;
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
  const sum = { ...process.usage };
  addUsage(sum, process.childrenUsage);
  for (const task of process.threads) addUsage(sum, task.usage);
  return encodeRusage(kernel.clock, sum, sum);
}

/** News, null for WNOHANG without any, or a result to return. */
function awaitChild(
  kernel: Kernel,
  task: Task,
  target: WaitTarget,
  options: number,
  what: string,
): ChildNews | null | number | typeof BLOCKED {
  const news = findChildNews(kernel, task, target, options);
  if (news !== null) return news;
  if (options & WNOHANG) return null;
  const interrupted = -RESTART.ERESTARTSYS;
  const result = kernel.block(task, { queues: [task.process.childEvents], waitingFor: what, interrupted });
  return result === BLOCKED ? BLOCKED : Number(result);
}

const P_ALL = 0;
const P_PID = 1;
const P_PGID = 2;
const P_PIDFD = 3;
const WAITID_OPTIONS = WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | WNOTHREAD | WCLONE | WALL;

/** Whatever the outcome, the structure is written: zeroes where there is no news. */
function waitid(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const news = awaitNamed(kernel, task, args);
  if (news === BLOCKED) return BLOCKED;
  const told = typeof news === 'object' && news !== null ? news : null;
  if (told && args.number(4) !== 0 && !task.mm.user.copyOut(args.number(4), usageOf(kernel, told.process))) return -ERRNO.EFAULT;
  const at = args.number(2);
  const result = typeof news === 'number' ? news : 0;
  if (at === 0) return result;
  const bytes = told ? newsInformation(told) : new Uint8Array(SIGINFO_BYTES);
  // Only the fields that have a meaning are stored: number, error, code; then pid, uid, status.
  const stored = task.mm.user.copyOut(at, bytes.subarray(0, 12)) && task.mm.user.copyOut(at + 16, bytes.subarray(16, 28));
  return stored ? result : -ERRNO.EFAULT;
}

/** News, null for none, or a result. */
function awaitNamed(kernel: Kernel, task: Task, args: SyscallArguments): ChildNews | null | number | typeof BLOCKED {
  const options = args.u32(3);
  if (options & ~WAITID_OPTIONS || !(options & (WEXITED | WSTOPPED | WCONTINUED))) return -ERRNO.EINVAL;
  const named = waitidTarget(task, args.i32(0), args.i32(1));
  if (typeof named === 'number') return named;
  const news = awaitChild(kernel, task, named.target, named.nonBlocking ? options | WNOHANG : options, named.what);
  if (news === null) return named.nonBlocking && !(options & WNOHANG) ? -ERRNO.EAGAIN : null;
  return news;
}

interface NamedTarget {
  readonly target: WaitTarget;
  readonly what: string;
  /** A pidfd that does not wait. */
  readonly nonBlocking?: boolean;
}

function waitidTarget(task: Task, kind: number, id: number): NamedTarget | number {
  if (kind === P_ALL) return { target: { kind: 'any' }, what: describeTarget(-1) };
  if (kind === P_PID) return id > 0 ? { target: { kind: 'pid', pid: id }, what: describeTarget(id) } : -ERRNO.EINVAL;
  if (kind === P_PGID)
    return id >= 0 ? { target: { kind: 'group', group: id || task.process.group }, what: describeTarget(-1) } : -ERRNO.EINVAL;
  if (kind !== P_PIDFD || id < 0) return -ERRNO.EINVAL;
  const file = task.files.get(id);
  if (!(file instanceof PidFile)) return -ERRNO.EBADF;
  const { process } = file;
  return { target: { kind: 'process', process }, what: describeTarget(process.pid), nonBlocking: (file.flags & O_NONBLOCK) !== 0 };
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
  { number: 59, name: 'execve', arguments: ['path', 'pointer', 'pointer'], handler: execve },
  { number: 60, name: 'exit', arguments: ['i32'], handler: exit },
  { number: 61, name: 'wait4', arguments: ['i32', 'pointer', 'flags', 'pointer'], handler: wait4 },
  { number: 231, name: 'exit_group', arguments: ['i32'], handler: sysExitGroup },
  { number: 247, name: 'waitid', arguments: ['i32', 'i32', 'pointer', 'flags', 'pointer'], handler: waitid },
  { number: 322, name: 'execveat', arguments: ['fd', 'path', 'pointer', 'pointer', 'flags'], handler: execveat },
];
