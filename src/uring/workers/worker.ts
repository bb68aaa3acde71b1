// A worker of a pool (Linux's io-wq): a thread of the kernel in the context of the process that submitted. It takes one request after the
// other. What a request does acts when it is begun; its completion is published when the time that it took is over. A request that
// sleeps, as for a disk, keeps its worker; one that can be polled for, or that waits in a list of its own, leaves it.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { KernelThread } from '../../kernel/task/companion.ts';
import { endKernelThread, stopsWithProcess } from '../../kernel/task/kernel-thread.ts';
import type { Task } from '../../kernel/task/task.ts';
import { SETUP } from '../abi/setup.ts';
import { complete } from '../completions.ts';
import { flushCompletions, flushOnly } from '../flush.ts';
import { begin, goOn, interruption, keepsWorker } from '../issue.ts';
import type { Request } from '../request.ts';
import type { Ring } from '../ring.ts';
import { addWork } from '../work-queue.ts';
import type { WorkAccount } from './work-account.ts';
import type { WorkerPool } from './worker-pool.ts';

/** It rests so long, nanoseconds; then it ends, unless it is the last. */
const REST = 5_000_000_000;

export class Worker implements KernelThread {
  readonly pool: WorkerPool;
  readonly account: WorkAccount;
  readonly task: Task;
  /** What it is at, or sleeps in. */
  current: Request | null = null;
  /** The next of the link whose member it has completed. */
  private linked: Request[] = [];
  /** Done, their completions not yet published. */
  readonly finished: Request[] = [];
  /** The one of them whose turn it is. */
  publishes: Request | null = null;

  constructor(pool: WorkerPool, account: WorkAccount, task: Task) {
    this.pool = pool;
    this.account = account;
    this.task = task;
  }

  get isAsleep(): boolean {
    return this.current?.state === 'waiting';
  }

  run(kernel: Kernel, task: Task): void {
    const { account, pool, current } = this;
    const { timedOut } = task;
    task.timedOut = false;
    const at = account.idle.indexOf(this);
    if (at >= 0) account.idle.splice(at, 1);
    this.publish(kernel);
    if (task.state === 'dead') return;
    if (task.process.groupExit !== null) this.end(kernel);
    else if (stopsWithProcess(kernel, task)) return;
    else if (current?.state === 'queued') this.work(kernel, current, goOn);
    else if (current) this.sleep(kernel, current);
    else {
      const next = this.linked.shift() ?? account.take(pool.uring);
      if (next) this.start(kernel, next);
      else this.rest(kernel, timedOut);
    }
  }

  private start(kernel: Kernel, request: Request): void {
    request.account = null;
    request.waitingFor = '';
    request.worker = this;
    kernel.emit('work_taken', this.task, { ring: request.ring.number, request: request.number });
    kernel.charge(kernel.hardware.costs.uring_submission);
    this.work(kernel, request, begin);
  }

  private work(kernel: Kernel, request: Request, step: typeof begin): void {
    const { uring } = this.pool;
    this.current = request;
    uring.worker = this;
    step(kernel, request);
    uring.worker = null;
    if (keepsWorker(request)) this.sleep(kernel, request);
    else this.letGo(kernel, request.state === 'done');
  }

  private sleep(kernel: Kernel, { waitingFor, interruptible }: Request): void {
    kernel.block(this.task, { queues: [], waitingFor, interruptible });
    this.pool.attend(kernel, this.account, false);
  }

  /** `stays`: it remains its worker's until its completion is published. */
  private letGo(kernel: Kernel, stays = false): void {
    const { current } = this;
    this.current = null;
    if (!current) return;
    if (!stays) current.worker = null;
    if (current.serialized) this.pool.uring.endSerialized(kernel, current.serialized);
    current.serialized = null;
  }

  private rest(kernel: Kernel, timedOut: boolean): void {
    const { account, pool, task } = this;
    const isMisplaced = ((pool.affinity >>> task.vcpu) & 1) === 0;
    if (pool.rings.length === 0 || (timedOut && (account.workers.length > 1 || isMisplaced))) {
      this.end(kernel);
      return;
    }
    account.idle.push(this);
    // The last one stays however long it rests, so its time need not be watched.
    const deadline = timedOut ? null : kernel.now + kernel.clock.cycles(REST);
    kernel.block(task, { queues: [], deadline, waitingFor: `work of thread ${pool.owner.tid}` });
  }

  /** Failures, and everything of a ring that defers, complete in the context of the task; the rest here. */
  private publish(kernel: Kernel): void {
    const { uring } = this.pool;
    for (const request of this.finished.splice(0)) {
      const { ring, result } = request;
      request.worker = null;
      if (ring.closed) continue;
      if (result < 0 || ring.has(SETUP.DEFER_TASKRUN)) {
        request.isFinished = true;
        addWork(kernel, request);
        continue;
      }
      const outer = uring.worker;
      uring.worker = this;
      this.publishes = request;
      flushOnly(kernel, ring, request);
      this.publishes = null;
      uring.worker = outer;
      kernel.wake(ring.workEnds);
    }
  }

  /** The next of a link goes on where its predecessor was. */
  follow(request: Request): void {
    request.state = 'issued';
    request.begun = true;
    request.onWorker = true;
    request.credentials ??= request.task.credentials;
    request.worker = this;
    this.linked.push(request);
  }

  /** What it sleeps in is due, or has ended otherwise. */
  wake(kernel: Kernel): void {
    kernel.wakeTask(this.task, 'io_uring');
  }

  /** `request` has been ended by somebody else. */
  lose(kernel: Kernel, request: Request): void {
    request.worker = null;
    this.linked = this.linked.filter((other) => other !== request);
    if (this.current !== request) return;
    this.letGo(kernel);
    if (this.pool.uring.worker !== this) this.wake(kernel);
  }

  /** Its ring is closed: nobody will see what becomes of its requests. */
  leave(kernel: Kernel, ring: Ring): void {
    for (const request of [...this.linked, this.current]) if (request?.ring === ring) this.lose(kernel, request);
  }

  /** Ends now. What it sleeps in is interrupted. */
  end(kernel: Kernel): void {
    const { account, current, linked } = this;
    this.publish(kernel);
    this.letGo(kernel);
    this.linked = [];
    for (const request of linked) request.worker = null;
    account.workers.splice(account.workers.indexOf(this), 1);
    const at = account.idle.indexOf(this);
    if (at >= 0) account.idle.splice(at, 1);
    endKernelThread(kernel, this.task);
    if (current) complete(kernel, current, interruption(current));
    for (const request of linked) complete(kernel, request, -ERRNO.ECANCELED);
    for (const request of [current, ...linked]) if (request && !request.ring.closed) flushCompletions(kernel, request.ring);
  }
}
