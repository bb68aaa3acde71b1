// prctl(2): the options programs use. Others are EINVAL, as on a kernel built without them.

import { ERRNO } from '../abi/errno.ts';
import { NAME_LENGTH } from '../loader/enter-program.ts';
import type { Task } from '../task/task.ts';
import { byteString, bytesOf } from '../vfs/byte-streams.ts';
import type { SyscallArguments } from './row.ts';

type Option = (task: Task, args: SyscallArguments) => number;

const put = (task: Task, address: number, value: number): number => (task.mm.user.write32(address, value) ? 0 : -ERRNO.EFAULT);

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

/** Capabilities follow the effective user, so the bounding set is everything and cannot shrink. */
const LAST_CAPABILITY = 40;

const OPTIONS: Readonly<Record<number, Option>> = {
  // PR_SET_PDEATHSIG, PR_GET_PDEATHSIG
  1: (task, args) => {
    if (args.u32(1) > 64) return -ERRNO.EINVAL;
    task.parentDeathSignal = args.u32(1);
    return 0;
  },
  2: (task, args) => put(task, args.number(1), task.parentDeathSignal),
  // PR_GET_DUMPABLE, PR_SET_DUMPABLE
  3: (task) => task.process.dumpable,
  4: (task, args) => {
    if (args.u32(1) > 1) return -ERRNO.EINVAL;
    task.process.dumpable = args.u32(1);
    return 0;
  },
  // PR_GET_KEEPCAPS, PR_SET_KEEPCAPS
  7: () => 0,
  8: (_task, args) => (args.u32(1) > 1 ? -ERRNO.EINVAL : 0),
  // PR_SET_NAME, PR_GET_NAME
  15: setName,
  16: getName,
  // PR_CAPBSET_READ, PR_CAPBSET_DROP
  23: (_task, args) => (args.u32(1) > LAST_CAPABILITY ? -ERRNO.EINVAL : 1),
  24: () => -ERRNO.EPERM,
  // PR_GET_TSC, PR_SET_TSC: always enabled
  25: (task, args) => put(task, args.number(1), 1),
  26: (_task, args) => (args.u32(1) === 1 ? 0 : -ERRNO.EINVAL),
  // PR_SET_TIMERSLACK, PR_GET_TIMERSLACK
  29: (task, args) => {
    task.timerSlack = args.number(1) || 50_000;
    return 0;
  },
  30: (task) => task.timerSlack,
  // PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER
  36: (task, args) => {
    task.process.childSubreaper = args.number(1) !== 0;
    return 0;
  },
  37: (task, args) => put(task, args.number(1), task.process.childSubreaper ? 1 : 0),
  // PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS
  38: (task, args) => {
    if (args.u32(1) !== 1) return -ERRNO.EINVAL;
    task.noNewPrivileges = true;
    return 0;
  },
  39: (task) => (task.noNewPrivileges ? 1 : 0),
  // PR_SET_THP_DISABLE, PR_GET_THP_DISABLE: there are no huge pages
  41: () => 0,
  42: () => 1,
  // PR_SET_VMA (names of anonymous memory): Linux without CONFIG_ANON_VMA_NAME
  0x5356_4d41: () => -ERRNO.EINVAL,
};

export function prctl(task: Task, args: SyscallArguments): number {
  return OPTIONS[args.u32(0)]?.(task, args) ?? -ERRNO.EINVAL;
}
