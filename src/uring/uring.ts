// The io_uring of a machine: its rings, its system calls, and what it does in the context of tasks. The board makes it.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel, Profile } from '../kernel/kernel.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from '../kernel/syscalls/row.ts';
import type { TaskCompanion } from '../kernel/task/companion.ts';
import type { Task } from '../kernel/task/task.ts';
import { registerName, USE_REGISTERED_RING } from './abi/register.ts';
import { closeRing } from './close.ts';
import { enter, ringBehind } from './enter.ts';
import { permitsRegistration } from './register/restrictions.ts';
import { type RegisterRow, registerTable } from './register/table.ts';
import { forgetRings } from './register/registered-rings.ts';
import type { Request } from './request.ts';
import type { RingFile } from './ring-file.ts';
import type { Ring } from './ring.ts';
import { setup } from './setup.ts';
import { cancelRequestsOf } from './task-end.ts';
import { runTaskWork } from './task-work.ts';
import { endThread } from './thread-end.ts';

export class Uring implements TaskCompanion {
  /** Open rings by number, oldest first. */
  readonly rings = new Map<number, Ring>();
  /** Numbers given out so far. */
  made = 0;
  requests = 0;
  /** What waits for a task's attention, by tid; oldest first. */
  readonly work = new Map<number, Request[]>();
  /** By tid: rings known by index. */
  readonly registered = new Map<number, (RingFile | null)[]>();
  /** A worker's part is being played. */
  onWorker = false;
  /** Queues are being woken because completions were published. */
  announcing = false;

  rows(profile: Profile): SyscallRow[] {
    return [
      { number: 425, name: 'io_uring_setup', arguments: ['u32', 'pointer'], handler: setup(this) },
      { number: 426, name: 'io_uring_enter', arguments: ['fd', 'u32', 'u32', 'flags', 'pointer', 'size'], handler: enter(this) },
      { number: 427, name: 'io_uring_register', arguments: ['fd', 'u32', 'pointer', 'u32'], handler: register(this, profile) },
    ];
  }

  /** The last reference of a ring's descriptor is gone. */
  close(kernel: Kernel, ring: Ring): void {
    closeRing(kernel, ring);
  }

  runTaskWork(kernel: Kernel, task: Task): void {
    runTaskWork(kernel, this, task);
  }

  taskExits(kernel: Kernel, task: Task): void {
    this.leave(kernel, task, false);
    const isLast = task.process.tasks.every((other) => other === task);
    if (!isLast) return;
    for (const ring of [...this.rings.values()]) {
      const thread = ring.thread?.task;
      if (thread?.process !== task.process) continue;
      cancelRequestsOf(kernel, this, thread, true);
      endThread(kernel, ring);
    }
  }

  taskExecutes(kernel: Kernel, task: Task): void {
    this.leave(kernel, task, true);
  }

  private leave(kernel: Kernel, task: Task, all: boolean): void {
    cancelRequestsOf(kernel, this, task, all);
    forgetRings(kernel, this, task);
    for (const ring of this.rings.values()) if (ring.issuer === task) ring.deferredWork.length = 0;
  }
}

function register(uring: Uring, profile: Profile) {
  const table = registerTable(profile);
  return (kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult => {
    const word = args.u32(1);
    const opcode = word & ~USE_REGISTERED_RING;
    const row = table.get(opcode);
    if (!row) return -ERRNO.EINVAL;
    if (args.i32(0) === -1 && !(word & USE_REGISTERED_RING))
      return row.blind ? row.blind(kernel, uring, task, args.number(2), args.u32(3)) : -ERRNO.EINVAL;
    const ring = ringBehind(uring, task, args.i32(0), (word & USE_REGISTERED_RING) !== 0);
    if (typeof ring === 'number') return ring;
    const result = answer(kernel, ring, task, args, row, opcode);
    kernel.emit('ring_registered', task, { ring: ring.number, opcode, name: registerName(row.name), result });
    return result;
  };
}

function answer(kernel: Kernel, ring: Ring, task: Task, args: SyscallArguments, row: RegisterRow, opcode: number): number {
  if (ring.issuer && ring.issuer !== task) return -ERRNO.EEXIST;
  if (!permitsRegistration(ring, opcode)) return -ERRNO.EACCES;
  if (!row.handler) return -ERRNO.EINVAL;
  if (row.bare && (args.u64(2) !== 0n || args.u32(3) !== 0)) return -ERRNO.EINVAL;
  return row.handler(kernel, ring, task, args.number(2), args.u32(3));
}
