// The end of StepMachine: so many instructions of one thread, or of whatever one vCPU runs. It is reached where the next
// instruction in user mode comes, so that a system call's kernel time belongs to the call.

import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import type { Vcpu } from '../cpu/vcpu.ts';
import { isDeliverable } from '../uintr/recognition.ts';
import type { StopCondition } from './stop-condition.ts';

export type StepSubject = { readonly tid: number } | { readonly vcpu: number };

export class StepCount implements StopCondition {
  private readonly kernel: Kernel;
  private readonly subject: StepSubject;
  private readonly count: number;
  private left: number;

  constructor(kernel: Kernel, subject: StepSubject, count: number, done = 0) {
    this.kernel = kernel;
    this.subject = subject;
    this.count = count;
    this.left = count - done;
  }

  get done(): number {
    return this.count - this.left;
  }

  /** The thread sleeps, is stopped or has ended; the vCPU is idle and nothing is on its way to it. */
  get isAsleep(): boolean {
    const { subject, kernel } = this;
    if ('tid' in subject) return this.task?.state !== 'runnable';
    return this.vcpu.mode === 'idle' && !kernel.scheduler.of(this.vcpu).kicked;
  }

  /** The thread it is about now, null if there is none. */
  get task(): Task | null {
    const { subject, kernel } = this;
    return 'tid' in subject ? (kernel.pids.tasks.get(subject.tid) ?? null) : kernel.current(this.vcpu);
  }

  allowance(vcpu: Vcpu, task: Task): number {
    return this.concerns(vcpu, task) ? Math.max(1, this.left) : Number.POSITIVE_INFINITY;
  }

  executed(vcpu: Vcpu, task: Task, instructions: number): void {
    if (this.concerns(vcpu, task)) this.left = Math.max(0, this.left - instructions);
  }

  isReached(): boolean {
    if (this.isAsleep) return true;
    const { task, vcpu, kernel } = this;
    if (this.left > 0 || !task || kernel.current(vcpu) !== task) return false;
    return vcpu.mode === 'user' && !isDeliverable(vcpu.uintr, 'user');
  }

  private get vcpu(): Vcpu {
    const { subject, kernel } = this;
    return kernel.hardware.vcpus['vcpu' in subject ? subject.vcpu : (this.task?.vcpu ?? 0)]!;
  }

  private concerns(vcpu: Vcpu, task: Task): boolean {
    return 'tid' in this.subject ? task.tid === this.subject.tid : vcpu.id === this.subject.vcpu;
  }
}
