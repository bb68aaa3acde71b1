// Which task runs on which vCPU: a run queue each, wake-up placement, preemption, idle vCPUs that take work from busy ones.
// Fair sharing in the manner of sched(7)'s SCHED_OTHER, real-time policies above it. Timer interrupts only where tasks compete.

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import type { Kernel } from '../kernel.ts';
import { endStretch } from '../time/process-time.ts';
import { onSwitchIn, onSwitchOut } from '../uintr/hooks.ts';
import { refreshRseq } from './rseq.ts';
import { addRuntime, compareTasks, isRealTime, RunQueue, urgencyOf } from './run-queue.ts';
import type { Scheduling, Task } from './task.ts';

/** IDT vector of the reschedule IPI, as Linux numbers it. */
export const RESCHEDULE_VECTOR = 0xfd;
/** Longest stretch a task keeps a vCPU that others want, nanoseconds (a tick of CONFIG_HZ=250). */
const SLICE = 4_000_000;
/** As long under SCHED_RR among equals. */
const ROUND_ROBIN_SLICE = 100_000_000;
/** A sleeper that wakes is owed at most this much, nanoseconds. */
const SLEEPER_CREDIT = 2_000_000;
/** A woken task preempts one that is ahead of it by more than this, nanoseconds. */
const WAKEUP_GRANULARITY = 1_000_000;

/** One vCPU as the scheduler sees it. */
export interface Processor {
  readonly vcpu: number;
  readonly queue: RunQueue;
  current: Task | null;
  needsReschedule: boolean;
  /** The current task has had its turn (sched_yield, the end of a SCHED_RR slice): equals go first. */
  givesWay: boolean;
  /** Handle of the slice timer, 0 if not armed. */
  sliceTimer: number;
  /** A kick or IPI is on its way to this idle vCPU. */
  kicked: boolean;
  /** Cycles spent idle; since when, if it is. */
  idle: number;
  idleSince: number;
  /** Cycles of user code (of niced tasks apart) and of the kernel for tasks. */
  readonly used: { user: number; nice: number; system: number };
}

export class Scheduler {
  readonly processors: Processor[];

  constructor(vcpus: number) {
    this.processors = Array.from({ length: vcpus }, (_, vcpu) => ({
      vcpu,
      queue: new RunQueue(vcpu),
      current: null,
      needsReschedule: false,
      givesWay: false,
      sliceTimer: 0,
      kicked: false,
      idle: 0,
      idleSince: 0,
      used: { user: 0, nice: 0, system: 0 },
    }));
  }

  of(vcpu: Vcpu): Processor {
    return this.processors[vcpu.id]!;
  }

  currentOn(vcpu: number): Task | null {
    return this.processors[vcpu]?.current ?? null;
  }

  isCurrent(task: Task): boolean {
    return this.processors[task.vcpu]!.current === task;
  }

  /** How long a task runs while others want its vCPU, nanoseconds; 0: until it sleeps or gives way. */
  sliceOf({ scheduling }: Task): number {
    return scheduling.policy === 1 ? 0 : scheduling.policy === 2 ? ROUND_ROBIN_SLICE : SLICE;
  }

  /** Every vCPU's bit. */
  get everywhere(): number {
    return this.processors.length === 32 ? 0xffff_ffff : (1 << this.processors.length) - 1;
  }

  /** Time of a task on the processor it is on, for /proc/stat. */
  noteUse(task: Task, mode: 'user' | 'system', cycles: number): void {
    const { used } = this.processors[task.vcpu]!;
    if (mode === 'system') used.system += cycles;
    else if (task.scheduling.nice > 0) used.nice += cycles;
    else used.user += cycles;
  }

  /** Cycles that processor `vcpu` has idled until now. */
  idleCycles(kernel: Kernel, vcpu: number): number {
    const { idle, idleSince, current } = this.processors[vcpu]!;
    const isIdle = current === null && kernel.hardware.vcpus[vcpu]!.mode === 'idle';
    return idle + (isIdle ? Math.max(0, kernel.now - idleSince) : 0);
  }

  allows(task: Task, vcpu: number): boolean {
    return ((task.affinity >>> vcpu) & 1) === 1;
  }

  /** Makes a task that became runnable wait for a vCPU, and sees to it that the vCPU notices. Returns the vCPU. */
  enqueue(kernel: Kernel, task: Task, isNew: boolean): number {
    const processor = this.processors[this.place(task)]!;
    const credit = isNew ? 0 : kernel.clock.cycles(SLEEPER_CREDIT);
    task.scheduling.virtualRuntime = Math.max(task.scheduling.virtualRuntime, processor.queue.floor - credit);
    processor.queue.add(task);
    this.notice(kernel, processor, task);
    return processor.vcpu;
  }

  /**
   * The vCPU a woken task should run on: where it ran last if that is free, else any free one; a real-time task then goes where the
   * least urgent one runs, others to the least loaded.
   */
  place(task: Task): number {
    const allowed = this.processors.filter((processor) => this.allows(task, processor.vcpu));
    const isFree = (processor: Processor): boolean => processor.current === null && processor.queue.length === 0;
    const last = allowed.find((processor) => processor.vcpu === task.vcpu);
    if (last && isFree(last)) return last.vcpu;
    const free = allowed.find(isFree);
    if (free) return free.vcpu;
    if (isRealTime(task)) return leastUrgent(last ? [last, ...allowed] : allowed).vcpu;
    const load = (processor: Processor): number => processor.queue.length + (processor.current ? 1 : 0);
    let best = last ?? allowed[0]!;
    for (const processor of allowed) if (load(processor) < load(best)) best = processor;
    return best.vcpu;
  }

  private notice(kernel: Kernel, processor: Processor, task: Task): void {
    const { current } = processor;
    if (current === null) return this.rouse(kernel, processor);
    if (this.shouldPreempt(kernel, current, task)) this.requestReschedule(kernel, processor.vcpu);
    else this.armSlice(kernel, processor);
  }

  private shouldPreempt(kernel: Kernel, current: Task, woken: Task): boolean {
    if (isRealTime(woken) || isRealTime(current)) return compareTasks(woken, current) < 0;
    if (woken.scheduling.policy !== 0) return false;
    if (current.scheduling.policy === 5) return true;
    const lead = current.scheduling.virtualRuntime + (kernel.now - current.scheduling.since) - woken.scheduling.virtualRuntime;
    return lead > kernel.clock.cycles(WAKEUP_GRANULARITY);
  }

  private rouse(kernel: Kernel, processor: Processor): void {
    const vcpu = kernel.hardware.vcpus[processor.vcpu]!;
    if (processor.kicked || vcpu.mode !== 'idle') return;
    processor.kicked = true;
    if (kernel.cpu === null || kernel.cpu === vcpu) kernel.hardware.kick(vcpu, kernel.kernelTime());
    else kernel.sendReschedule(kernel.cpu, vcpu);
  }

  /** The vCPU must look at its run queue and at its task's signals soon. */
  requestReschedule(kernel: Kernel, id: number): void {
    const processor = this.processors[id]!;
    processor.needsReschedule = true;
    kernel.interruptRemotely(kernel.hardware.vcpus[id]!);
  }

  private armSlice(kernel: Kernel, processor: Processor): void {
    const { current } = processor;
    if (processor.sliceTimer !== 0 || !current) return;
    const slice = this.sliceOf(current);
    if (slice === 0) return;
    const at = Math.max(kernel.now, current.scheduling.since + kernel.clock.cycles(slice));
    processor.sliceTimer = kernel.hardware.timers.schedule(at, { kind: 'slice', at, vcpu: processor.vcpu });
  }

  private disarmSlice(kernel: Kernel, processor: Processor): void {
    if (processor.sliceTimer !== 0) kernel.hardware.timers.cancel(processor.sliceTimer);
    processor.sliceTimer = 0;
  }

  /** The slice timer of a vCPU has fired. */
  sliceExpired(kernel: Kernel, id: number): void {
    const processor = this.processors[id]!;
    processor.sliceTimer = 0;
    if (!processor.current || processor.queue.length === 0) return;
    processor.needsReschedule = true;
    processor.givesWay = isRealTime(processor.current);
    kernel.chargeTimerInterrupt(kernel.hardware.vcpus[id]!);
    this.balance(kernel, processor);
  }

  /** Where another vCPU has two tasks fewer, the last of this one's goes there. */
  private balance(kernel: Kernel, processor: Processor): void {
    const { queue } = processor;
    const other = this.processors.find(
      (one) => one.vcpu !== processor.vcpu && one.current !== null && one.queue.length + 2 <= queue.length && queue.firstFor(one.vcpu),
    );
    const task = other && queue.tasks.findLast((one) => this.allows(one, other.vcpu));
    if (!other || !task || isRealTime(task)) return;
    queue.remove(task);
    task.scheduling.virtualRuntime += other.queue.floor - queue.floor;
    other.queue.add(task);
    this.notice(kernel, other, task);
  }

  /** Sees to it that `vcpu` has a task to go on with: the one it had, another, or none. */
  schedule(kernel: Kernel, vcpu: Vcpu): 'same' | 'switched' | 'idle' {
    const processor = this.of(vcpu);
    const previous = processor.current;
    const wants = processor.needsReschedule;
    processor.needsReschedule = false;
    if (previous && previous.state === 'runnable' && this.allows(previous, vcpu.id)) {
      if (!wants) return 'same';
      this.account(kernel, processor, previous);
      const rival = processor.queue.best();
      if (!rival || !this.hasToGo(processor, previous, rival)) {
        processor.givesWay = false;
        if (rival) this.armSlice(kernel, processor);
        return 'same';
      }
    }
    const next = processor.queue.best() ?? this.steal(vcpu.id);
    if (previous) this.switchOut(kernel, vcpu, processor, previous);
    if (!next) return this.goIdle(kernel, vcpu, processor);
    this.switchIn(kernel, vcpu, processor, next);
    return 'switched';
  }

  /** Among equals a real-time task goes on until it gives way; others take turns by their run time. */
  private hasToGo(processor: Processor, current: Task, rival: Task): boolean {
    const order = compareTasks(current, rival);
    return order > 0 || (order === 0 && (processor.givesWay || !isRealTime(current)));
  }

  private account(kernel: Kernel, processor: Processor, task: Task): void {
    addRuntime(task, kernel.now - task.scheduling.since);
    task.scheduling.since = kernel.now;
    processor.queue.floor = Math.max(processor.queue.floor, task.scheduling.virtualRuntime);
  }

  private switchOut(kernel: Kernel, vcpu: Vcpu, processor: Processor, task: Task): void {
    this.account(kernel, processor, task);
    endStretch(kernel, task, 'system');
    this.disarmSlice(kernel, processor);
    if (task.state !== 'dead' && task.state !== 'zombie') onSwitchOut(kernel, task, vcpu);
    const preempted = task.state === 'runnable';
    if (preempted) task.usage.involuntarySwitches++;
    else task.usage.voluntarySwitches++;
    kernel.emit('switched_out', task, {
      reason: preempted ? 'preempted' : task.state === 'blocked' ? (task.blocked?.waitingFor ?? 'blocked') : task.state,
    });
    processor.current = null;
    const { givesWay } = processor;
    processor.givesWay = false;
    if (!preempted) return;
    if (this.allows(task, vcpu.id)) processor.queue.add(task, isRealTime(task) && !givesWay);
    else this.enqueue(kernel, task, false);
  }

  private switchIn(kernel: Kernel, vcpu: Vcpu, processor: Processor, task: Task): void {
    this.forget(task);
    const migratedFrom = task.hasRun && task.vcpu !== vcpu.id ? task.vcpu : -1;
    task.hasRun = true;
    task.vcpu = vcpu.id;
    task.scheduling.since = kernel.now;
    task.stretchStart = kernel.now;
    kernel.contextSwitches++;
    processor.current = task;
    vcpu.charge(kernel.hardware.costs.context_switch);
    onSwitchIn(kernel, task, vcpu);
    refreshRseq(task);
    kernel.emit('switched_in', task, { migrated_from: migratedFrom, returns_at: kernel.kernelTime() });
    if (processor.queue.length > 0) this.armSlice(kernel, processor);
  }

  private goIdle(kernel: Kernel, vcpu: Vcpu, processor: Processor): 'switched' | 'idle' {
    if (vcpu.busyUntil > vcpu.clock) return 'switched';
    processor.kicked = false;
    processor.idleSince = kernel.now;
    vcpu.mode = 'idle';
    kernel.hardware.events.emit('vcpu_idle', { cycle: kernel.now, vcpu: vcpu.id, pid: 0, tid: 0 }, {});
    return 'idle';
  }

  /** A task of the longest queue that may run here; null if nobody has one to spare. A vCPU on its way out of idle keeps its first. */
  private steal(vcpu: number): Task | null {
    let busiest: Task | null = null;
    let length = 0;
    for (const { queue, current } of this.processors) {
      if (queue.length <= length || (current === null && queue.length < 2)) continue;
      const candidate = queue.firstFor(vcpu);
      if (!candidate) continue;
      busiest = candidate;
      length = queue.length;
    }
    return busiest;
  }

  /** An interrupt ends the idle state of a vCPU; its own cost is its caller's. */
  leaveIdle(kernel: Kernel, vcpu: Vcpu): void {
    const processor = this.of(vcpu);
    processor.kicked = false;
    processor.idle += kernel.now - processor.idleSince;
    vcpu.charge(kernel.hardware.costs.idle_exit);
  }

  /** A task gives way (sched_yield): the others of its queue go first, of a real-time task those of its priority. */
  yield(kernel: Kernel, task: Task): void {
    const processor = this.processors[task.vcpu]!;
    const last = processor.queue.tasks.at(-1);
    if (!last) return kernel.charge(kernel.hardware.costs.scheduler_pass);
    this.account(kernel, processor, task);
    if (!isRealTime(task) && !isRealTime(last))
      task.scheduling.virtualRuntime = Math.max(task.scheduling.virtualRuntime, last.scheduling.virtualRuntime + 1);
    processor.givesWay = true;
    processor.needsReschedule = true;
  }

  /** Changes what decides when a task runs; it, or whom it now precedes or follows, runs accordingly. */
  change(kernel: Kernel, task: Task, changes: Partial<Omit<Scheduling, 'queuedOn' | 'since'>>): void {
    const processor = this.processors[task.vcpu]!;
    if (processor.current === task) {
      this.account(kernel, processor, task);
      this.disarmSlice(kernel, processor);
      Object.assign(task.scheduling, changes);
      this.requestReschedule(kernel, task.vcpu);
      return;
    }
    const { queuedOn } = task.scheduling;
    this.forget(task);
    Object.assign(task.scheduling, changes);
    if (queuedOn < 0) return;
    this.processors[queuedOn]!.queue.add(task);
    this.notice(kernel, this.processors[queuedOn]!, task);
  }

  /** The affinity of a task has changed. */
  affinityChanged(kernel: Kernel, task: Task): void {
    if (this.isCurrent(task)) {
      if (!this.allows(task, task.vcpu)) this.requestReschedule(kernel, task.vcpu);
      return;
    }
    if (task.scheduling.queuedOn < 0) return;
    this.forget(task);
    this.enqueue(kernel, task, false);
  }

  /** A task no longer waits for a vCPU: it gets one, has ended, or stops for good. */
  forget(task: Task): void {
    const { queuedOn } = task.scheduling;
    if (queuedOn >= 0) this.processors[queuedOn]!.queue.remove(task);
  }

  get runnable(): number {
    return this.processors.reduce((sum, processor) => sum + processor.queue.length + (processor.current?.state === 'runnable' ? 1 : 0), 0);
  }
}

/** Where the current task has the lowest real-time priority; the first of equals. */
function leastUrgent(processors: readonly Processor[]): Processor {
  const urgency = ({ current }: Processor): number => (current ? urgencyOf(current.scheduling) : -1);
  return processors.reduce((least, one) => (urgency(one) < urgency(least) ? one : least));
}
