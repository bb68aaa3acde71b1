// The io_uring of a machine: its rings, its system calls, and what it does in the context of tasks. The board makes it.

import { ERRNO } from '../kernel/abi/errno.ts';
import type { Kernel, Profile } from '../kernel/kernel.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from '../kernel/syscalls/row.ts';
import type { TaskCompanion } from '../kernel/task/companion.ts';
import type { Task } from '../kernel/task/task.ts';
import type { Inode } from '../kernel/vfs/inode.ts';
import { registerName, USE_REGISTERED_RING } from './abi/register.ts';
import { closeRing } from './close.ts';
import { enter, ringBehind } from './enter.ts';
import { permitsRegistration } from './register/restrictions.ts';
import { type RegisterRow, registerTable } from './register/table.ts';
import { flushCompletions } from './flush.ts';
import { forgetRings } from './register/registered-rings.ts';
import type { Request } from './request.ts';
import type { RingFile } from './ring-file.ts';
import type { Ring } from './ring.ts';
import { setup } from './setup.ts';
import { cancelRequestsOf } from './task-end.ts';
import { runTaskWork } from './task-work.ts';
import { endThread } from './thread-end.ts';
import type { Worker } from './workers/worker.ts';
import { WorkerPool } from './workers/worker-pool.ts';

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
  /** By tid of the submitter: who does what the submitter shall not sleep for. */
  readonly pools = new Map<number, WorkerPool>();
  /** The worker that acts now. */
  worker: Worker | null = null;
  /** Files that workers write one request after the other, and are writing. */
  readonly serialized: Inode[] = [];
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

  /** `task` is one of those that use `ring`: its workers are the ring's too. */
  join(kernel: Kernel, ring: Ring, task: Task): WorkerPool {
    let pool = this.pools.get(task.tid);
    if (!pool) {
      pool = new WorkerPool(kernel, this, task, ring);
      this.pools.set(task.tid, pool);
    }
    pool.join(ring);
    return pool;
  }

  flush(kernel: Kernel, ring: Ring): void {
    flushCompletions(kernel, ring);
  }

  toWorker(kernel: Kernel, request: Request): void {
    this.join(kernel, request.ring, request.task).queue(kernel, request);
  }

  endPool(kernel: Kernel, task: Task): void {
    this.pools.get(task.tid)?.end(kernel);
    this.pools.delete(task.tid);
  }

  /** A write of `file` by a worker is over: others may begin. */
  endSerialized(kernel: Kernel, file: Inode): void {
    this.serialized.splice(this.serialized.indexOf(file), 1);
    for (const pool of this.pools.values()) for (const account of pool.accounts) pool.attend(kernel, account, false);
  }

  private leave(kernel: Kernel, task: Task, all: boolean): void {
    this.endPool(kernel, task);
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
    if (typeof result !== 'number') return result;
    kernel.emit('ring_registered', task, { ring: ring.number, opcode, name: registerName(row.name), result });
    return result;
  };
}

function answer(kernel: Kernel, ring: Ring, task: Task, args: SyscallArguments, row: RegisterRow, opcode: number): SyscallResult {
  if (ring.issuer && ring.issuer !== task) return -ERRNO.EEXIST;
  if (!permitsRegistration(ring, opcode)) return -ERRNO.EACCES;
  if (!row.handler) return -ERRNO.EINVAL;
  if (row.bare && (args.u64(2) !== 0n || args.u32(3) !== 0)) return -ERRNO.EINVAL;
  return row.handler(kernel, ring, task, args.number(2), args.u32(3));
}
