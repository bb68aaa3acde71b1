// IORING_SETUP_SQPOLL: a thread of the kernel that takes entries off the ring by itself. It looks, sleeps after a while without
// finding anything, and says so in the ring. While it looks it occupies a vCPU, as Linux's does.

import type { Kernel } from '../kernel/kernel.ts';
import { GivenArguments } from '../kernel/syscalls/arguments.ts';
import type { KernelThread } from '../kernel/task/companion.ts';
import { createKernelThread, startKernelThread, stopsWithProcess } from '../kernel/task/kernel-thread.ts';
import type { Task } from '../kernel/task/task.ts';
import { WaitQueue } from '../kernel/task/wait-queue.ts';
import { VectorFile } from '../kernel/uintr/vector-file.ts';
import { SQ } from './abi/setup.ts';
import { flushOverflow } from './completions.ts';
import type { Ring } from './ring.ts';
import { publishDone, take } from './submit.ts';
import { cancelRequestsOf } from './task-end.ts';
import { runTaskWork } from './task-work.ts';
import { endThread } from './thread-end.ts';

/** CONFIG_HZ=250: idle times count in jiffies; 0 means a second. */
const JIFFIES = 250;
/** The longer nothing happens, the rarer it looks: between one look's cost and this, nanoseconds. */
const RAREST_LOOK = 10_000;
/** A look is as far from the last one as this part of the time since anything happened. */
const BACK_OFF = 64;

export class SqThread implements KernelThread {
  readonly ring: Ring;
  readonly task: Task;
  /** Cycles without work before it sleeps. */
  readonly idle: number;
  /** When it last had something to do. */
  busyAt: number;
  /** Woken by io_uring_enter with SQ_WAKEUP. */
  readonly wakeUps: WaitQueue;
  /** The vector descriptor that the parameters named (profile rfc): connected to when the thread first runs; -1 without. */
  uintrFd: number;

  constructor(kernel: Kernel, ring: Ring, task: Task, idleMilliseconds: number, uintrFd: number) {
    this.ring = ring;
    this.task = task;
    const jiffies = idleMilliseconds === 0 ? JIFFIES : Math.ceil((idleMilliseconds * JIFFIES) / 1000);
    this.idle = kernel.clock.cycles((jiffies * 1_000_000_000) / JIFFIES);
    this.busyAt = kernel.now;
    this.wakeUps = new WaitQueue(`entries of ring ${ring.number}`);
    this.uintrFd = uintrFd;
  }

  run(kernel: Kernel, task: Task): void {
    const { ring } = this;
    if (task.process.groupExit !== null) {
      cancelRequestsOf(kernel, ring.uring, task, true);
      endThread(kernel, ring);
      return;
    }
    if (this.uintrFd >= 0) this.connect(kernel);
    ring.setSqFlag(SQ.NEED_WAKEUP, false);
    if (task.process.stoppedBy !== 0) {
      this.publish(kernel);
      stopsWithProcess(kernel, task);
      return;
    }
    const busy = this.work(kernel, task);
    if (ring.closed || task.state !== 'runnable') return;
    if (busy) this.busyAt = kernel.now;
    const since = kernel.now - this.busyAt;
    if (since >= this.idle) {
      ring.setSqFlag(SQ.NEED_WAKEUP, true);
      kernel.block(task, { queues: [this.wakeUps], waitingFor: `entries of ring ${ring.number}` });
      this.busyAt = kernel.now;
      return;
    }
    const rarest = kernel.clock.cycles(RAREST_LOOK);
    kernel.charge(Math.max(1, kernel.hardware.costs.uring_poll, Math.min(rarest, Math.floor(since / BACK_OFF))));
  }

  /** What an entry, or a request that went on, did takes until now, when this thread goes on: others must not see it complete before. */
  private publish(kernel: Kernel): boolean {
    const { ring } = this;
    const isAny = !ring.completed.isEmpty || ring.sqHeadSeen !== ring.sqHead;
    if (ring.closed || ring.disabled) return isAny;
    flushOverflow(kernel, ring);
    publishDone(kernel, ring);
    return isAny;
  }

  /** True if there was anything to do. */
  private work(kernel: Kernel, task: Task): boolean {
    const { ring } = this;
    let busy = this.publish(kernel);
    if (task.hasCompanionWork) busy = runTaskWork(kernel, ring.uring, task) || busy;
    if (ring.closed || ring.disabled) return busy;
    if (ring.pendingEntries === 0) return busy;
    const taken = take(kernel, ring, task, ring.pendingEntries);
    return busy || taken > 0;
  }

  /** uintr_register_sender as the thread itself would call it; any failure leaves the ring without interrupts. */
  private connect(kernel: Kernel): void {
    const file = this.task.files.get(this.uintrFd);
    const row = kernel.table.list().find(({ name }) => name === 'uintr_register_sender');
    const arguments_ = new GivenArguments(this.uintrFd, 0);
    this.uintrFd = -1;
    if (!(file instanceof VectorFile) || !row?.handler) return;
    const index = Number(row.handler(kernel, this.task, arguments_));
    if (index >= 0) this.ring.threadInterrupt = { index, vector: file.vector, upid: file.upid.address };
  }
}

/** Makes and starts the thread of a new ring; -EAGAIN. */
export function startThread(kernel: Kernel, ring: Ring, creator: Task, idleMilliseconds: number, vcpu: number, uintrFd: number): number {
  const task = createKernelThread(kernel, creator, `iou-sqp-${creator.process.pid}`);
  if (typeof task === 'number') return task;
  if (vcpu >= 0) task.affinity = 2 ** vcpu;
  const thread = new SqThread(kernel, ring, task, idleMilliseconds, uintrFd);
  task.kernelThread = thread;
  ring.thread = thread;
  startKernelThread(kernel, task, 'io_uring_setup');
  return 0;
}
