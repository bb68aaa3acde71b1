// process_vm_readv and process_vm_writev: one copy between two processes' memory, piece by piece.

import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { mayInspect } from '../task/access.ts';
import type { Task } from '../task/task.ts';
import { lengthOf, readSegments, type Segment, UIO_MAXIOV } from '../vfs/user-memory.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** Copied at a time. */
const CHUNK = 65536;

function processVm(write: boolean) {
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    if (args.u64(5) !== 0n) return -ERRNO.EINVAL;
    const local = readSegments(task, args.number(1), args.i32(2));
    if (typeof local === 'number') return local;
    if (lengthOf(local) === 0) return 0;
    const remote = readRemote(task, args.number(3), args.number(4));
    if (typeof remote === 'number') return remote;
    if (lengthOf(remote) === 0) return 0;
    const other = kernel.pids.tasks.get(args.i32(0));
    if (!other) return -ERRNO.ESRCH;
    if (!mayInspect(task, other)) return -ERRNO.EPERM;
    const [from, to] = write ? [task, other] : [other, task];
    return copySegments(from, write ? local : remote, to, write ? remote : local);
  };
}

/** The other process's side: its addresses are looked at only when something is copied. */
function readRemote(task: Task, address: number, count: number): Segment[] | number {
  if (count > UIO_MAXIOV) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, count * 16);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const segments: Segment[] = [];
  for (let at = 0; at < raw.length; at += 16) {
    const length = Number(view.getBigInt64(at + 8, true));
    if (length < 0) return -ERRNO.EINVAL;
    segments.push({ address: Number(view.getBigUint64(at, true)), length });
  }
  return segments;
}

function copySegments(from: Task, source: readonly Segment[], to: Task, target: readonly Segment[]): number {
  let [s, t, sOffset, tOffset, done] = [0, 0, 0, 0, 0];
  while (s < source.length && t < target.length) {
    const [a, b] = [source[s]!, target[t]!];
    const step = Math.min(a.length - sOffset, b.length - tOffset, CHUNK);
    if (step > 0) {
      const data = from.mm.user.copyIn(a.address + sOffset, step);
      if (!data || !to.mm.user.copyOut(b.address + tOffset, data)) return done > 0 ? done : -ERRNO.EFAULT;
    }
    done += step;
    sOffset += step;
    tOffset += step;
    if (sOffset >= a.length) [s, sOffset] = [s + 1, 0];
    if (tOffset >= b.length) [t, tOffset] = [t + 1, 0];
  }
  return done;
}

export const processMemoryRows: readonly SyscallRow[] = [
  { number: 310, name: 'process_vm_readv', arguments: ['i32', 'pointer', 'size', 'pointer', 'size', 'u64'], handler: processVm(false) },
  { number: 311, name: 'process_vm_writev', arguments: ['i32', 'pointer', 'size', 'pointer', 'size', 'u64'], handler: processVm(true) },
];
