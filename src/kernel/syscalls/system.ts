// System calls on the machine as a whole and on a task's odds and ends: names, limits, usage, randomness, prctl, start-up of libc.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { encodeRusage } from '../task/rusage.ts';
import { BUILD, MACHINE, RELEASE, SYSTEM_NAME } from '../abi/version.ts';
import { TASK_SIZE } from '../abi/layout.ts';
import type { Kernel } from '../kernel.ts';
import { isCapable, isPrivileged } from '../task/credentials.ts';
import { RLIMIT, type Limit } from '../task/limits.ts';
import { refreshRseq } from '../task/rseq.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import { processCycles, taskCycles } from '../time/process-time.ts';
import { byteString, bytesOf } from '../vfs/byte-streams.ts';
import { prctl } from './prctl.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

const UTS_FIELD = 65;

function uname(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const bytes = new Uint8Array(6 * UTS_FIELD);
  [SYSTEM_NAME, kernel.hostname, RELEASE, BUILD, MACHINE, kernel.domainName].forEach((text, i) =>
    bytes.set(bytesOf(text).subarray(0, 64), i * UTS_FIELD),
  );
  return task.mm.user.copyOut(args.number(0), bytes) ? 0 : -ERRNO.EFAULT;
}

function setName(assign: (kernel: Kernel, name: string) => void) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    if (!isPrivileged(task.credentials)) return -ERRNO.EPERM;
    const length = args.i32(1);
    if (length < 0 || length > 64) return -ERRNO.EINVAL;
    const raw = task.mm.user.copyIn(args.number(0), length);
    if (!raw) return -ERRNO.EFAULT;
    assign(kernel, byteString(raw));
    return 0;
  };
}

function sysinfo(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { physical } = kernel.hardware;
  const bytes = new Uint8Array(112);
  const view = new DataView(bytes.buffer);
  const loads = kernel.load.scaled(kernel);
  view.setBigInt64(0, BigInt(Math.floor(kernel.clock.nanoseconds(kernel.now) / 1e9)), true);
  loads.forEach((load, i) => view.setBigUint64(8 + i * 8, BigInt(load), true));
  view.setBigUint64(32, BigInt(physical.ramBytes), true);
  view.setBigUint64(40, BigInt(physical.freeFrames * 4096), true);
  view.setUint16(80, kernel.pids.tasks.size, true);
  view.setUint32(104, 1, true);
  return task.mm.user.copyOut(args.number(0), bytes) ? 0 : -ERRNO.EFAULT;
}

const INFINITE = 0xffff_ffff_ffff_ffffn;

function encodeLimit({ soft, hard }: Limit): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  [soft, hard].forEach((value, i) => view.setBigUint64(i * 8, Number.isFinite(value) ? BigInt(value) : INFINITE, true));
  return bytes;
}

function decodeLimit(raw: Uint8Array): Limit {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read = (at: number): number => {
    const value = view.getBigUint64(at, true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  };
  return { soft: read(0), hard: read(8) };
}

/** One's own process, or one all of whose ids are the caller's (prlimit(2)). */
function mayLimit(task: Task, target: Process): boolean {
  if (target === task.process || isPrivileged(task.credentials)) return true;
  const { uid, gid } = task.credentials;
  const theirs = target.leader?.credentials;
  if (!theirs) return false;
  return (
    [theirs.uid, theirs.euid, theirs.suid].every((id) => id === uid) && [theirs.gid, theirs.egid, theirs.sgid].every((id) => id === gid)
  );
}

function limitCall(kernel: Kernel, task: Task, pid: number, resource: number, next: number, old: number): number {
  const raw = next === 0 ? null : task.mm.user.copyIn(next, 16);
  if (next !== 0 && !raw) return -ERRNO.EFAULT;
  const target = pid === 0 ? task.process : kernel.pids.processes.get(pid);
  if (!target) return -ERRNO.ESRCH;
  if (!mayLimit(task, target)) return -ERRNO.EPERM;
  const current = target.limits[resource];
  if (!current) return -ERRNO.EINVAL;
  if (raw) {
    const wanted = decodeLimit(raw);
    if (wanted.soft > wanted.hard) return -ERRNO.EINVAL;
    if (resource === RLIMIT.NOFILE && wanted.hard > 1_048_576) return -ERRNO.EPERM;
    if (wanted.hard > current.hard && !isCapable(task.credentials, CAP.SYS_RESOURCE)) return -ERRNO.EPERM;
    target.limits[resource] = wanted;
    if (resource === RLIMIT.CPU) target.cpuLimit.watch(kernel);
    for (const thread of target.tasks) {
      if (resource === RLIMIT.NOFILE) thread.files.limit = wanted.soft;
      if (resource === RLIMIT.STACK) thread.mm.stackLimit = wanted.soft;
    }
  }
  return old !== 0 && !task.mm.user.copyOut(old, encodeLimit(current)) ? -ERRNO.EFAULT : 0;
}

function getrusage(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { process } = task;
  const who = args.i32(0);
  let bytes: Uint8Array;
  if (who === 0) {
    const sum = {
      ...process.usage,
      minorFaults: process.usage.minorFaults,
      peakPages: Math.max(process.usage.peakPages, task.mm.peakPages),
    };
    for (const { usage } of process.threads) {
      sum.minorFaults += usage.minorFaults;
      sum.voluntarySwitches += usage.voluntarySwitches;
      sum.involuntarySwitches += usage.involuntarySwitches;
    }
    bytes = encodeRusage(kernel.clock, processCycles(kernel, process), sum);
  } else if (who === -1) bytes = encodeRusage(kernel.clock, process.childrenUsage, process.childrenUsage);
  else if (who === 1) bytes = encodeRusage(kernel.clock, taskCycles(kernel, task), { ...task.usage, peakPages: task.mm.peakPages });
  else return -ERRNO.EINVAL;
  return task.mm.user.copyOut(args.number(1), bytes) ? 0 : -ERRNO.EFAULT;
}

const LONGEST_RANDOM = 0x7fff_ffff;
const RANDOM_CHUNK = 65_536;

function getrandom(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(2);
  if (flags & ~7 || (flags & 6) === 6) return -ERRNO.EINVAL;
  const length = Math.min(args.number(1), LONGEST_RANDOM);
  let done = 0;
  while (done < length) {
    const chunk = kernel.hardware.random.bytes(Math.min(RANDOM_CHUNK, length - done));
    const copied = task.mm.user.copyOutPartial(args.number(0) + done, chunk);
    done += copied;
    if (copied < chunk.length) return done > 0 ? done : -ERRNO.EFAULT;
  }
  kernel.chargeCopy(done);
  return done;
}

function setTidAddress(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  task.clearChildTid = args.number(0);
  return task.tid;
}

const ARCH_SET_GS = 0x1001;
const ARCH_SET_FS = 0x1002;
const ARCH_GET_FS = 0x1003;
const ARCH_GET_GS = 0x1004;

/** Numbers of the segment registers. */
const FS = 4,
  GS = 5;
const ARCH_GET_CPUID = 0x1011;
const ARCH_GET_XCOMP_SUPP = 0x1021;
const ARCH_GET_XCOMP_PERM = 0x1022;
/** x87 and SSE: what user code may enable. */
const XSTATE_FEATURES = 3;

function archPrctl(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const { context } = task;
  const value = args.u64(1);
  switch (args.u32(0)) {
    case ARCH_SET_FS:
      if (value >= BigInt(TASK_SIZE)) return -ERRNO.EPERM;
      context.fsBase = value;
      context.setSelector(FS, 0);
      return 0;
    case ARCH_SET_GS:
      if (value >= BigInt(TASK_SIZE)) return -ERRNO.EPERM;
      context.gsBase = value;
      context.setSelector(GS, 0);
      return 0;
    case ARCH_GET_FS:
      return task.mm.user.write64(args.number(1), context.fsBase) ? 0 : -ERRNO.EFAULT;
    case ARCH_GET_GS:
      return task.mm.user.write64(args.number(1), context.gsBase) ? 0 : -ERRNO.EFAULT;
    case ARCH_GET_CPUID:
      return 1;
    case ARCH_GET_XCOMP_SUPP:
    case ARCH_GET_XCOMP_PERM:
      return task.mm.user.write64(args.number(1), XSTATE_FEATURES) ? 0 : -ERRNO.EFAULT;
    default:
      return -ERRNO.EINVAL;
  }
}

const RSEQ_LEAST = 32;
const RSEQ_UNREGISTER = 1;

/** Registers the thread's area, which task/rseq.ts keeps. */
function rseq(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const area = args.number(0);
  const length = args.u32(1);
  const flags = args.u32(2);
  if (flags & ~RSEQ_UNREGISTER) return -ERRNO.EINVAL;
  if (flags & RSEQ_UNREGISTER) {
    if (task.rseq === 0 || task.rseq !== area || task.rseqLength !== length) return -ERRNO.EINVAL;
    task.rseq = 0;
    return 0;
  }
  if (task.rseq !== 0) return task.rseq === area && task.rseqLength === length ? -ERRNO.EBUSY : -ERRNO.EINVAL;
  if (args.u64(0) % 32n !== 0n || length < RSEQ_LEAST) return -ERRNO.EINVAL;
  if (task.mm.user.locate(area, 'write') < 0) return -ERRNO.EFAULT;
  task.rseq = area;
  task.rseqLength = length;
  refreshRseq(task);
  return 0;
}

const PERSONALITY_ASK = 0xffff_ffff;

/** Kept and told back: programs act on it, the kernel does not. Address-space randomisation is off as it is. */
function personality(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const old = task.personality;
  if (args.u32(0) !== PERSONALITY_ASK) task.personality = args.u32(0);
  return old;
}

const MEMBARRIER_QUERY = 0;
const MEMBARRIER_GLOBAL = 1;
const MEMBARRIER_GLOBAL_EXPEDITED = 2;
const MEMBARRIER_REGISTER_GLOBAL = 4;
/** Private, private for cores, private for rseq: each expects the bit above it to have been registered. */
const MEMBARRIER_PRIVATE = 8 | 32 | 128;
const MEMBARRIER_PRIVATE_RSEQ = 128;
const MEMBARRIER_REGISTRATIONS = MEMBARRIER_REGISTER_GLOBAL | (MEMBARRIER_PRIVATE << 1);
const MEMBARRIER_GET_REGISTRATIONS = 512;
const MEMBARRIER_COMMANDS = 0x3ff;
const MEMBARRIER_FLAG_CPU = 1;

/** vCPUs take turns and see memory in order, so every barrier holds already; registrations are kept. */
function membarrier(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [command, flags] = [args.u32(0), args.u32(1)];
  const { mm } = task;
  if (flags !== 0 && !(command === MEMBARRIER_PRIVATE_RSEQ && flags === MEMBARRIER_FLAG_CPU)) return -ERRNO.EINVAL;
  if (command === MEMBARRIER_QUERY) return MEMBARRIER_COMMANDS;
  if (command === MEMBARRIER_GLOBAL || command === MEMBARRIER_GLOBAL_EXPEDITED) return 0;
  if (command === MEMBARRIER_GET_REGISTRATIONS) return mm.barriers;
  if (!(command & MEMBARRIER_COMMANDS) || command & (command - 1)) return -ERRNO.EINVAL;
  if (command & MEMBARRIER_PRIVATE) return mm.barriers & (command << 1) ? 0 : -ERRNO.EPERM;
  if (!(command & MEMBARRIER_REGISTRATIONS)) return -ERRNO.EINVAL;
  mm.barriers |= command;
  return 0;
}

export const SYSTEM_ROWS: readonly SyscallRow[] = [
  { number: 63, name: 'uname', arguments: ['pointer'], handler: uname },
  {
    number: 97,
    name: 'getrlimit',
    arguments: ['u32', 'pointer'],
    handler: (kernel, task, args) => {
      const found = limitCall(kernel, task, 0, args.u32(0), 0, args.number(1));
      return found === 0 && args.number(1) === 0 ? -ERRNO.EFAULT : found;
    },
  },
  { number: 98, name: 'getrusage', arguments: ['i32', 'pointer'], handler: getrusage },
  { number: 99, name: 'sysinfo', arguments: ['pointer'], handler: sysinfo },
  {
    number: 135,
    name: 'personality',
    arguments: ['u32'],
    handler: personality,
    deviation: 'kept and told back; the kernel itself does not act on it',
  },
  {
    number: 157,
    name: 'prctl',
    arguments: ['i32', 'u64', 'u64', 'u64', 'u64'],
    handler: (_kernel, task, args) => prctl(task, args),
    deviation: 'PR_SET_MDWE and names of anonymous memory are refused, as on kernels without them',
  },
  {
    number: 158,
    name: 'arch_prctl',
    arguments: ['i32', 'u64'],
    handler: archPrctl,
    deviation: 'there are no dynamic features to permit, and no shadow stacks',
  },
  {
    number: 160,
    name: 'setrlimit',
    arguments: ['u32', 'pointer'],
    handler: (kernel, task, args) => (args.number(1) === 0 ? -ERRNO.EFAULT : limitCall(kernel, task, 0, args.u32(0), args.number(1), 0)),
  },
  {
    number: 170,
    name: 'sethostname',
    arguments: ['pointer', 'size'],
    handler: setName((kernel, name) => {
      kernel.hostname = name;
    }),
  },
  {
    number: 171,
    name: 'setdomainname',
    arguments: ['pointer', 'size'],
    handler: setName((kernel, name) => {
      kernel.domainName = name;
    }),
  },
  { number: 218, name: 'set_tid_address', arguments: ['pointer'], handler: setTidAddress },
  {
    number: 302,
    name: 'prlimit64',
    arguments: ['i32', 'u32', 'pointer', 'pointer'],
    handler: (kernel, task, args) => limitCall(kernel, task, args.i32(0), args.u32(1), args.number(2), args.number(3)),
  },
  { number: 318, name: 'getrandom', arguments: ['pointer', 'size', 'flags'], handler: getrandom },
  { number: 324, name: 'membarrier', arguments: ['i32', 'flags', 'i32'], handler: membarrier },
  { number: 334, name: 'rseq', arguments: ['pointer', 'u32', 'flags', 'u32'], handler: rseq },
];
