// What io_uring_enter(2) is told of a wait for completions: a signal mask, a time limit, and the least time to gather completions in.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { SyscallArguments } from '../kernel/syscalls/row.ts';
import type { Task } from '../kernel/task/task.ts';
import { cyclesAt } from '../kernel/time/clocks.ts';
import { ENTER, EXT_ARG_BYTES } from './abi/setup.ts';
import type { Ring } from './ring.ts';
import { readTimespec64 } from './timeouts.ts';

export interface WaitArguments {
  readonly mask: number;
  readonly maskSize: number;
  /** Virtual time of the end; null: never. */
  readonly deadline: number | null;
  /** Cycles in which completions are gathered before fewer than wanted will do; 0: none. */
  readonly gathering: number;
}

const REGION_ENTRY_BYTES = 64;
const REGION_TIME_VALID = 1;
const MICROSECOND = 1000;

/** io_uring_getevents_arg (EXT_ARG), io_uring_reg_wait (EXT_ARG_REG), or a mask alone. */
export function waitArguments(kernel: Kernel, ring: Ring, task: Task, args: SyscallArguments, flags: number): WaitArguments | number {
  if (!(flags & ENTER.EXT_ARG)) return { mask: args.number(4), maskSize: args.number(5), deadline: null, gathering: 0 };
  if (flags & ENTER.EXT_ARG_REG) return fromRegion(kernel, ring, args, flags);
  if (args.number(5) !== EXT_ARG_BYTES) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(args.number(4), EXT_ARG_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const [mask, at] = [Number(view.getBigUint64(0, true)), Number(view.getBigUint64(16, true))];
  const time = at === 0 ? null : readTimespec64(task, at);
  if (typeof time === 'number') return time;
  return {
    mask,
    maskSize: view.getUint32(8, true),
    deadline: deadlineOf(kernel, ring, flags, time),
    gathering: gatheringOf(kernel, view.getUint32(12, true)),
  };
}

/** The fourth argument is an offset into the registered memory. */
function fromRegion(kernel: Kernel, ring: Ring, args: SyscallArguments, flags: number): WaitArguments | number {
  const { region } = ring;
  if (!region?.holdsWaits) return -ERRNO.EINVAL;
  if (args.number(5) !== REGION_ENTRY_BYTES) return -ERRNO.EINVAL;
  const offset = args.number(4);
  if (offset % 8 !== 0 || offset + REGION_ENTRY_BYTES > region.memory.size) return -ERRNO.EFAULT;
  const { memory } = region;
  const bits = memory.read32(offset + 20);
  if (bits & ~REGION_TIME_VALID) return -ERRNO.EINVAL;
  const [seconds, nanoseconds] = [BigInt.asIntN(64, memory.read64(offset)), BigInt.asIntN(64, memory.read64(offset + 8))];
  if (bits & REGION_TIME_VALID && (seconds < 0n || nanoseconds < 0n)) return -ERRNO.EINVAL;
  const time = bits & REGION_TIME_VALID ? seconds * 1_000_000_000n + nanoseconds : null;
  return {
    mask: Number(memory.read64(offset + 24)),
    maskSize: memory.read32(offset + 32),
    deadline: deadlineOf(kernel, ring, flags, time),
    gathering: gatheringOf(kernel, memory.read32(offset + 16)),
  };
}

function deadlineOf(kernel: Kernel, ring: Ring, flags: number, time: bigint | null): number | null {
  if (time === null) return null;
  if (flags & ENTER.ABS_TIMER) return cyclesAt(kernel, ring.clock, time);
  return Math.min(kernel.now + kernel.clock.cycles(Math.min(Number(time), Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
}

function gatheringOf(kernel: Kernel, microseconds: number): number {
  return kernel.clock.cycles(microseconds * MICROSECOND);
}
