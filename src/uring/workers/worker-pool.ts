// The workers of one submitting task, for all rings that it uses (Linux's io_wq): what waits for them, how many there may be and where
// they may run. The pool lives as long as its task; its workers end with the last of its rings.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { createKernelThread, startKernelThread } from '../../kernel/task/kernel-thread.ts';
import { RLIMIT } from '../../kernel/task/limits.ts';
import type { Task } from '../../kernel/task/task.ts';
import { complete } from '../completions.ts';
import { flushCompletions } from '../flush.ts';
import { operationOf } from '../operations/table.ts';
import type { Request } from '../request.ts';
import type { Ring } from '../ring.ts';
import type { Uring } from '../uring.ts';
import { WorkAccount } from './work-account.ts';
import { Worker } from './worker.ts';

/** Bounded workers for each processor. */
const BOUNDED_PER_PROCESSOR = 4;

export class WorkerPool {
  readonly uring: Uring;
  readonly owner: Task;
  /** That its task uses, oldest first. */
  readonly rings: Ring[] = [];
  readonly accounts: readonly [bounded: WorkAccount, unbounded: WorkAccount];
  /** Bit n: new workers may run on vCPU n. */
  affinity: number;

  constructor(kernel: Kernel, uring: Uring, owner: Task, { sqEntries }: Ring) {
    this.uring = uring;
    this.owner = owner;
    const bounded = Math.min(sqEntries, BOUNDED_PER_PROCESSOR * kernel.hardware.vcpus.length);
    this.accounts = [new WorkAccount('bounded', bounded), new WorkAccount('unbounded', mostProcesses(owner))];
    this.affinity = kernel.scheduler.everywhere;
  }

  join(ring: Ring): void {
    if (this.rings.includes(ring)) return;
    this.rings.push(ring);
    if (ring.workerLimits) this.limit(ring.workerLimits);
  }

  /** Sets the limits that are not 0; answers what they were. */
  limit(wanted: readonly number[]): number[] {
    const most = mostProcesses(this.owner);
    return this.accounts.map((account, i) => {
      const before = account.limit;
      if (wanted[i]) account.limit = Math.min(wanted[i]!, most);
      return before;
    });
  }

  /** Where workers may run from now on; those that rest elsewhere end when they have rested. */
  bind(kernel: Kernel, affinity: number): void {
    this.affinity = affinity;
    for (const { idle } of this.accounts) for (const { task } of [...idle]) kernel.wakeTask(task, 'io_uring');
  }

  /** A request waits for a worker. */
  queue(kernel: Kernel, request: Request): void {
    const { ring } = request;
    const { serialized } = request;
    // What is handed over unseen, with its file not yet looked up, counts as what its operation may be.
    const account = this.accounts[operationOf(request.opcode).unbounded && !serialized ? 1 : 0];
    this.join(ring);
    request.credentials ??= request.task.credentials;
    request.account = account;
    account.queue.push(request);
    request.waitingFor = 'a worker';
    const { kind } = account;
    kernel.emit('work_queued', request.task, { ring: ring.number, request: request.number, owner_tid: this.owner.tid, kind });
    this.attend(kernel, account, request.onWorker);
    if (account.workers.length > 0) return;
    for (const lost of [...account.queue]) complete(kernel, lost, -ERRNO.ECANCELED);
  }

  /** There may be work without anybody to do it: calls a worker that rests or, where none is at work or the work is to be done at once, makes one. */
  attend(kernel: Kernel, account: WorkAccount, atOnce: boolean): void {
    if (!account.hasWork(this.uring) || account.call(kernel)) return;
    if (account.workers.length < account.limit && (atOnce || account.isStuck)) this.hire(kernel, account);
  }

  private hire(kernel: Kernel, account: WorkAccount): void {
    const { owner, affinity } = this;
    const task = createKernelThread(kernel, owner, `iou-wrk-${owner.tid}`);
    if (typeof task === 'number') return;
    if (affinity !== 0) task.affinity = affinity;
    const worker = new Worker(this, account, task);
    task.kernelThread = worker;
    account.workers.push(worker);
    startKernelThread(kernel, task, 'io_uring');
  }

  /** `ring` is closed. */
  leave(kernel: Kernel, ring: Ring): void {
    const at = this.rings.indexOf(ring);
    if (at < 0) return;
    this.rings.splice(at, 1);
    const workers = this.accounts.flatMap((account) => account.workers);
    for (const worker of workers) worker.leave(kernel, ring);
    // One that is at work ends when it finds no more of it.
    if (this.rings.length === 0) for (const worker of workers) if (worker !== this.uring.worker) worker.end(kernel);
  }

  /** Its task ends, or executes a program: what waits is cancelled, what is being done is interrupted. */
  end(kernel: Kernel): void {
    const waiting = this.accounts.flatMap(({ queue }) => queue);
    for (const request of waiting) complete(kernel, request, -ERRNO.ECANCELED);
    for (const { workers } of this.accounts) for (const worker of [...workers]) worker.end(kernel);
    for (const { ring } of waiting) if (!ring.closed) flushCompletions(kernel, ring);
  }
}

/** RLIMIT_NPROC, as far as a number of workers goes. */
function mostProcesses({ process }: Task): number {
  return Math.min(process.limits[RLIMIT.NPROC]!.soft, 0xffff_ffff);
}
