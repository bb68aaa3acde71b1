// One kind of a pool's work, and the workers that do it: bounded work is done when the machine has done it (files), unbounded work
// may have to wait for others (pipes, sockets), so that neither keeps the other from going on.

import type { Kernel } from '../../kernel/kernel.ts';
import type { Request } from '../request.ts';
import type { Uring } from '../uring.ts';
import type { Worker } from './worker.ts';

export class WorkAccount {
  readonly kind: 'bounded' | 'unbounded';
  /** Workers that there may be. */
  limit: number;
  /** In the order of arrival. */
  readonly queue: Request[] = [];
  readonly workers: Worker[] = [];
  /** Those without work: who rests for the shortest time is last, and the first to be called. */
  readonly idle: Worker[] = [];

  constructor(kind: 'bounded' | 'unbounded', limit: number) {
    this.kind = kind;
    this.limit = limit;
  }

  /** Takes the first request that may be begun: writes of one file follow each other. */
  take(uring: Uring): Request | null {
    const at = this.queue.findIndex(({ serialized }) => serialized === null || !uring.serialized.includes(serialized));
    if (at < 0) return null;
    const [request] = this.queue.splice(at, 1);
    if (request!.serialized) uring.serialized.push(request!.serialized);
    return request!;
  }

  hasWork(uring: Uring): boolean {
    return this.queue.some(({ serialized }) => serialized === null || !uring.serialized.includes(serialized));
  }

  /** True if every worker rests, or sleeps in a request. */
  get isStuck(): boolean {
    return this.workers.every((worker) => worker.isAsleep || this.idle.includes(worker));
  }

  /** Calls a worker that rests; false without one. */
  call(kernel: Kernel): boolean {
    const worker = this.idle.pop();
    if (worker) kernel.wakeTask(worker.task, 'io_uring');
    return worker !== undefined;
  }
}
