// prctl(2). Options of other architectures, and of what is not modelled (seccomp, user dispatch, core scheduling, shadow stacks), are
// EINVAL, as on a kernel built without them.

import { CAP, SECURE_KEEP_CAPS } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import { NAME_LENGTH } from '../loader/enter-program.ts';
import { isCapable } from '../task/credentials.ts';
import { isRealTime } from '../task/run-queue.ts';
import type { Task } from '../task/task.ts';
import { byteString, bytesOf } from '../vfs/byte-streams.ts';
import { ambientCapabilities, dropFromBounding, readBounding, setKeepCapabilities, setSecureBits } from './prctl-capabilities.ts';
import { nameMemory } from './prctl-memory.ts';
import type { SyscallArguments } from './row.ts';

export type PrctlOption = (task: Task, args: SyscallArguments) => number;

const put = (task: Task, address: number, value: number): number => (task.mm.user.write32(address, value) ? 0 : -ERRNO.EFAULT);

/** The arguments from `first` on must be 0. */
function strict(first: number, option: PrctlOption): PrctlOption {
  return (task, args) => {
    for (let i = first; i < 5; i++) if (args.u64(i) !== 0n) return -ERRNO.EINVAL;
    return option(task, args);
  };
}

function setName(task: Task, args: SyscallArguments): number {
  const raw = task.mm.user.copyInString(args.number(1), NAME_LENGTH);
  const name = raw === 'too long' ? task.mm.user.copyIn(args.number(1), NAME_LENGTH) : raw;
  if (!name) return -ERRNO.EFAULT;
  task.name = byteString(name);
  return 0;
}

function getName(task: Task, args: SyscallArguments): number {
  const bytes = new Uint8Array(NAME_LENGTH + 1);
  bytes.set(bytesOf(task.name).subarray(0, NAME_LENGTH));
  return task.mm.user.copyOut(args.number(1), bytes) ? 0 : -ERRNO.EFAULT;
}

/** Room of mm->saved_auxv: every entry there could be. */
const AUXILIARY_BYTES = 448;

function getAuxiliary(task: Task, args: SyscallArguments): number {
  const whole = new Uint8Array(AUXILIARY_BYTES);
  whole.set(task.mm.auxiliary.subarray(0, AUXILIARY_BYTES));
  const wanted = Math.min(args.number(2), AUXILIARY_BYTES);
  return task.mm.user.copyOut(args.number(1), whole.subarray(0, wanted)) ? AUXILIARY_BYTES : -ERRNO.EFAULT;
}

const DEFAULT_SLACK = 50_000;

/** Real-time tasks have no slack. */
function setTimerSlack(task: Task, args: SyscallArguments): number {
  if (!isRealTime(task)) task.timerSlack = args.i64(1) <= 0 ? DEFAULT_SLACK : args.number(1);
  return 0;
}

const SPECULATION_KINDS = 3;
const TSC_ENABLED = 1;
const MCE_KILL_CLEAR = 0;
const MCE_KILL_SET = 1;
const MCE_KILL_DEFAULT = 2;

/** What becomes of a process whose memory has broken: memory does not break here. */
function setMemoryErrorPolicy(task: Task, args: SyscallArguments): number {
  const [what, policy] = [args.u32(1), args.u32(2)];
  if (what === MCE_KILL_CLEAR && policy === 0) task.process.memoryErrorPolicy = MCE_KILL_DEFAULT;
  else if (what === MCE_KILL_SET && policy <= MCE_KILL_DEFAULT) task.process.memoryErrorPolicy = policy;
  else return -ERRNO.EINVAL;
  return 0;
}

/** Processes that drain I/O: there is nothing they could wait for. */
function setIoFlusher(task: Task, args: SyscallArguments): number {
  if (!isCapable(task.credentials, CAP.SYS_RESOURCE)) return -ERRNO.EPERM;
  if (args.u64(2) !== 0n || args.u64(3) !== 0n || args.u64(4) !== 0n || args.u64(1) > 1n) return -ERRNO.EINVAL;
  task.ioFlusher = args.u64(1) === 1n;
  return 0;
}

function getIoFlusher(task: Task, args: SyscallArguments): number {
  if (!isCapable(task.credentials, CAP.SYS_RESOURCE)) return -ERRNO.EPERM;
  for (let i = 1; i < 5; i++) if (args.u64(i) !== 0n) return -ERRNO.EINVAL;
  return task.ioFlusher ? 1 : 0;
}

const THP_EXCEPT_ADVISED = 2n;

/** There are no huge pages to disable; what was asked for is told. */
function setHugePages(task: Task, args: SyscallArguments): number {
  const [disable, flags] = [args.u64(1) !== 0n, args.u64(2)];
  if (flags & ~THP_EXCEPT_ADVISED || (!disable && flags !== 0n)) return -ERRNO.EINVAL;
  task.process.hugePagesDisabled = disable ? 1 | Number(flags) : 0;
  return 0;
}

const OPTIONS: Readonly<Record<number, PrctlOption>> = {
  // PR_SET_PDEATHSIG, PR_GET_PDEATHSIG
  1: (task, args) => {
    if (args.u64(1) > 64n) return -ERRNO.EINVAL;
    task.parentDeathSignal = args.u32(1);
    return 0;
  },
  2: (task, args) => put(task, args.number(1), task.parentDeathSignal),
  // PR_GET_DUMPABLE, PR_SET_DUMPABLE
  3: (task) => task.process.dumpable,
  4: (task, args) => {
    if (args.u64(1) > 1n) return -ERRNO.EINVAL;
    task.process.dumpable = args.u32(1);
    return 0;
  },
  // PR_GET_KEEPCAPS, PR_SET_KEEPCAPS
  7: (task) => (task.credentials.secureBits & SECURE_KEEP_CAPS ? 1 : 0),
  8: setKeepCapabilities,
  // PR_GET_TIMING, PR_SET_TIMING: statistical
  13: () => 0,
  14: (_task, args) => (args.u64(1) === 0n ? 0 : -ERRNO.EINVAL),
  // PR_SET_NAME, PR_GET_NAME
  15: setName,
  16: getName,
  // PR_GET_SECCOMP: no filter
  21: () => 0,
  // PR_CAPBSET_READ, PR_CAPBSET_DROP
  23: readBounding,
  24: dropFromBounding,
  // PR_GET_TSC, PR_SET_TSC: RDTSC cannot be taken away
  25: (task, args) => put(task, args.number(1), TSC_ENABLED),
  26: (_task, args) => (args.u32(1) === TSC_ENABLED ? 0 : -ERRNO.EINVAL),
  // PR_GET_SECUREBITS, PR_SET_SECUREBITS
  27: (task) => task.credentials.secureBits,
  28: setSecureBits,
  // PR_SET_TIMERSLACK, PR_GET_TIMERSLACK
  29: setTimerSlack,
  30: (task) => (isRealTime(task) ? 0 : task.timerSlack),
  // PR_TASK_PERF_EVENTS_DISABLE, _ENABLE: a task has none
  31: () => 0,
  32: () => 0,
  // PR_MCE_KILL, PR_MCE_KILL_GET
  33: strict(3, setMemoryErrorPolicy),
  34: strict(1, (task) => task.process.memoryErrorPolicy),
  // PR_SET_MM: where code and data lie follows from the program
  35: (task) => (isCapable(task.credentials, CAP.SYS_RESOURCE) ? -ERRNO.EINVAL : -ERRNO.EPERM),
  // PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER
  36: (task, args) => {
    task.process.childSubreaper = args.u64(1) !== 0n;
    return 0;
  },
  37: (task, args) => put(task, args.number(1), task.process.childSubreaper ? 1 : 0),
  // PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS
  38: strict(2, (task, args) => {
    if (args.u64(1) !== 1n) return -ERRNO.EINVAL;
    task.noNewPrivileges = true;
    return 0;
  }),
  39: strict(1, (task) => (task.noNewPrivileges ? 1 : 0)),
  // PR_GET_TID_ADDRESS
  40: (task, args) => (task.mm.user.write64(args.number(1), task.clearChildTid) ? 0 : -ERRNO.EFAULT),
  // PR_SET_THP_DISABLE, PR_GET_THP_DISABLE
  41: strict(3, setHugePages),
  42: strict(1, (task) => task.process.hugePagesDisabled),
  // PR_CAP_AMBIENT
  47: ambientCapabilities,
  // PR_GET_SPECULATION_CTRL: not affected; PR_SET_SPECULATION_CTRL
  52: strict(2, (_task, args) => (args.number(1) < SPECULATION_KINDS ? 0 : -ERRNO.ENODEV)),
  53: strict(3, (_task, args) => (args.number(1) < SPECULATION_KINDS ? -ERRNO.ENXIO : -ERRNO.ENODEV)),
  // PR_SET_IO_FLUSHER, PR_GET_IO_FLUSHER
  57: setIoFlusher,
  58: getIoFlusher,
  // PR_SET_SYSCALL_USER_DISPATCH: off
  59: strict(1, () => 0),
  // PR_SET_MEMORY_MERGE, PR_GET_MEMORY_MERGE: pages are not merged, which nobody can tell
  67: strict(2, (task, args) => {
    task.process.mergesMemory = args.u64(1) !== 0n;
    return 0;
  }),
  68: strict(1, (task) => (task.process.mergesMemory ? 1 : 0)),
  // PR_GET_AUXV
  0x4155_5856: strict(3, getAuxiliary),
  // PR_SET_VMA
  0x5356_4d41: nameMemory,
};

export function prctl(task: Task, args: SyscallArguments): number {
  return OPTIONS[args.u32(0)]?.(task, args) ?? -ERRNO.EINVAL;
}
