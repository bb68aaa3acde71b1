// The root of the Linux-like kernel: the objects that are its state, and the doors through which the board enters.
// What happens behind a door is in the folder of its subject.

import type { CpuException } from '../machine/cpu/exit.ts';
import type { CpuidMachine } from '../machine/cpu/helpers/cpuid.ts';
import { type Vcpu, wholeCycle } from '../machine/cpu/vcpu.ts';
import type { StorageModel } from '../machine/cost/storage.ts';
import type { EventFields, EventKind, EventPlace } from '../machine/events/schema.ts';
import type { KernelHardware } from './hardware.ts';
import { IpcNamespace } from './ipc/ipc-namespace.ts';
import { KernelMemory } from './kernel-memory.ts';
import { spawn, type SpawnFailure, type SpawnRequest } from './loader/spawn.ts';
import { signalIsPending } from './signal/pending.ts';
import { SyscallTable } from './syscalls/table.ts';
import { dispatch } from './syscalls/dispatch.ts';
import { BLOCKED, type SyscallResult, type SyscallRow } from './syscalls/row.ts';
import { Remotes } from './remote/remotes.ts';
import { Network } from './net/network.ts';
import { block, type BlockRequest, timeOut, wakeTask } from './task/blocking.ts';
import { takeException } from './task/exceptions.ts';
import type { Attempt, TaskCompanion } from './task/companion.ts';
import { FutexTable } from './task/futex-table.ts';
import { takeDeviceInterrupt, takeInterrupt } from './task/interrupts.ts';
import { makeReaper } from './task/reaper.ts';
import { listTasks, type TaskListing } from './task/listing.ts';
import { PidTable } from './task/pid-table.ts';
import type { Process } from './task/process.ts';
import { resume } from './task/resume.ts';
import { RESCHEDULE_VECTOR, Scheduler } from './task/scheduler.ts';
import type { Task } from './task/task.ts';
import type { WaitQueue } from './task/wait-queue.ts';
import type { KernelTimer, TimerTarget } from './time/kernel-timer.ts';
import { LoadAverage } from './time/load-average.ts';
import { RealtimeTimers } from './time/realtime.ts';
import { leaveUserMode } from './time/process-time.ts';
import { VirtualClock } from './time/virtual-clock.ts';
import { createKernelUintr, type KernelUintr } from './uintr/kernel-uintr.ts';
import { Vfs } from './vfs/vfs.ts';

/** Which uintr system calls and ring ABI a machine has (docs/uintr.md). */
export type Profile = 'poc' | 'poc-stack-top' | 'k518' | 'rfc' | 'none';

export interface KernelOptions {
  readonly profile: Profile;
  readonly hostname: string;
  /** What CPUID describes: AT_HWCAP and /proc/cpuinfo say the same. */
  readonly processor: CpuidMachine;
  /** Threads and zombies that there may be at one time; absent: as many as there are numbers. */
  readonly mostTasks?: number;
  /** Most bytes in files of all file systems together; without a limit if absent. */
  readonly fileBytes?: number;
  /** Most bytes written to one stream of a console; without a limit if absent. */
  readonly consoleBytes?: number;
  /** The block device below the root file system; absent: none. */
  readonly storage?: StorageModel | null;
}

export class Kernel {
  /** The board wires these; they are not the kernel's state. */
  static readonly transient = ['hardware', 'table', 'tellsCalls'];

  readonly hardware: KernelHardware;
  readonly options: KernelOptions;
  readonly table: SyscallTable;
  /** Anybody listens to the begin and the end of system calls. */
  readonly tellsCalls: boolean;
  readonly clock: VirtualClock;
  readonly scheduler: Scheduler;
  readonly pids = new PidTable();
  readonly futexes = new FutexTable();
  readonly remotes = new Remotes();
  readonly ipc: IpcNamespace;
  readonly realtimeTimers = new RealtimeTimers();
  /** pid 1: adopts orphans and reaps them. */
  readonly reaper: Process;
  readonly uintr: KernelUintr;
  readonly vfs: Vfs;
  readonly memory: KernelMemory;
  readonly network = new Network();
  hostname: string;
  domainName = '(none)';
  /** Virtual time of the entry being handled. */
  now = 0;
  /** The vCPU that runs kernel code now; null inside a timer's expiry. */
  cpu: Vcpu | null = null;
  readonly load: LoadAverage;
  /** Threads ever started: for /proc/stat and sysinfo. */
  forks = 0;
  contextSwitches = 0;
  /** The rings, where there are any; the board sets it. */
  companion: TaskCompanion | null = null;
  /** An operation that must not put its task to sleep is being tried. */
  attempt: Attempt | null = null;
  /** Interrupts the kernel has taken through the IDT, by vector, one count a vCPU: for /proc/interrupts. */
  readonly interruptCounts = new Map<number, number[]>();

  /** `extraRows`: system calls of units the kernel does not know, such as the rings. */
  constructor(hardware: KernelHardware, options: KernelOptions, extraRows: readonly SyscallRow[] = []) {
    this.hardware = hardware;
    this.options = options;
    this.hostname = options.hostname;
    this.table = new SyscallTable(options.profile, extraRows);
    this.tellsCalls = hardware.events.wants('syscall_entered') || hardware.events.wants('syscall_exited');
    this.clock = new VirtualClock(hardware.hertz, hardware.epochNanoseconds);
    this.load = new LoadAverage(this);
    this.scheduler = new Scheduler(hardware.vcpus.length);
    this.reaper = makeReaper(this);
    this.uintr = createKernelUintr(this);
    this.memory = new KernelMemory(hardware.physical.ramBytes);
    this.vfs = new Vfs(hardware, options.hostname, options.fileBytes ?? Number.POSITIVE_INFINITY, options.storage ?? null);
    this.ipc = new IpcNamespace(hardware);
  }

  // Doors for the board. Each is entered with the contexts of all tasks whole.

  /** SYSCALL was executed on `vcpu`. */
  syscall(vcpu: Vcpu): void {
    const task = this.enter(vcpu);
    if (task) dispatch(this, vcpu, task);
  }

  exception(vcpu: Vcpu, exception: CpuException): void {
    const task = this.enter(vcpu);
    if (task) takeException(this, vcpu, task, exception);
  }

  /** An ordinary interrupt came through the IDT, in any mode. */
  interrupt(vcpu: Vcpu, vector: number): void {
    this.enter(vcpu);
    takeInterrupt(this, vcpu, vector);
  }

  /** A timer is due. */
  expire(timer: KernelTimer): void {
    this.now = Math.max(this.now, timer.at);
    this.cpu = null;
    if (timer.kind === 'wake') timeOut(this, timer.task);
    else if (timer.kind === 'slice') this.scheduler.sliceExpired(this, timer.vcpu);
    else if (timer.kind === 'device') {
      takeDeviceInterrupt(this, this.hardware.vcpus[timer.vcpu]!);
      timer.target.timerExpired(this);
    } else {
      this.chargeTimerInterrupt(this.hardware.vcpus[timer.vcpu]!);
      timer.target.timerExpired(this);
    }
  }

  /** Kernel work of `vcpu` is done, or it was kicked out of idle: decides what it does next and sets its mode. */
  resume(vcpu: Vcpu): void {
    this.enter(vcpu);
    resume(this, vcpu);
  }

  /** The task that occupies `vcpu`; null when idle. */
  current(vcpu: Vcpu): Task | null {
    return this.scheduler.currentOn(vcpu.id);
  }

  /** Something is noted at an instruction boundary of user code on `vcpu`. */
  enterUserBoundary(vcpu: Vcpu): void {
    this.enter(vcpu);
  }

  /** Something from outside the machine is about to act on it at virtual time `now`: no vCPU runs kernel code. */
  enterFromOutside(now: number): void {
    this.now = Math.max(this.now, now);
    this.cpu = null;
  }

  /** Starts a program from the machine's file system as a child of pid 1. */
  spawn(request: SpawnRequest): { readonly process: Process } | SpawnFailure {
    return spawn(this, request);
  }

  /** Every thread, for reports: what it does, where, and what it waits for. */
  listTasks(): TaskListing[] {
    return listTasks(this);
  }

  private enter(vcpu: Vcpu): Task | null {
    wholeCycle(vcpu);
    this.now = vcpu.clock;
    this.cpu = vcpu;
    return this.scheduler.currentOn(vcpu.id);
  }

  // Services to system-call handlers and files.

  /** Puts `task` to sleep; a handler returns the result as it is. */
  block(task: Task, request: BlockRequest): SyscallResult {
    if (this.attempt?.task !== task) {
      const result = block(this, task, request);
      // What came while the call was at work would find nobody to wake: the call runs again after it.
      if (result === BLOCKED && task.hasCompanionWork) this.wakeTask(task, 'io_uring');
      return result;
    }
    this.attempt.wanted = request;
    return BLOCKED;
  }

  /** Wakes the first `count` waiters, in their order; returns how many there were. */
  wake(queue: WaitQueue, count = Number.POSITIVE_INFINITY): number {
    let woken = 0;
    queue.tellListeners(this);
    while (woken < count && queue.waiters.length > 0) {
      this.wakeTask(queue.waiters[0]!, queue.what);
      woken++;
    }
    return woken;
  }

  /** Makes a blocked task runnable; nothing happens to one that is not. `by` is for the event. */
  wakeTask(task: Task, by = ''): void {
    wakeTask(this, task, by);
  }

  /** A signal that `task` must act on is waiting: a long operation should end. */
  signalPending(task: Task): boolean {
    return signalIsPending(task);
  }

  /** Kernel work on the vCPU that runs kernel code now; free inside a timer's expiry. */
  charge(cycles: number): void {
    this.cpu?.charge(cycles);
  }

  /** The cost of moving `bytes` bytes between user memory and the kernel. */
  chargeCopy(bytes: number): void {
    this.charge(Math.ceil(bytes / 64) * this.hardware.costs.copy_per_64_bytes);
  }

  /** When the work charged so far is done. */
  kernelTime(): number {
    return this.cpu?.mode === 'kernel' ? Math.max(this.now, this.cpu.busyUntil) : this.now;
  }

  /** The timer interrupt of `vcpu`; an idle one is woken only by what the timer does. */
  chargeTimerInterrupt(vcpu: Vcpu): void {
    leaveUserMode(this, vcpu);
    if (vcpu.mode !== 'idle') vcpu.charge(this.hardware.costs.timer_interrupt);
  }

  /** Brings a vCPU that may be in user mode into the kernel: by an IPI, or at once where no other vCPU is the sender. */
  interruptRemotely(vcpu: Vcpu): void {
    if (vcpu === this.cpu || vcpu.mode === 'idle') return;
    if (this.cpu) this.sendReschedule(this.cpu, vcpu);
    else this.chargeTimerInterrupt(vcpu);
  }

  /** A reschedule IPI: `to` shall look at its run queue, at the signals of its task, or come out of idle. */
  sendReschedule(from: Vcpu, to: Vcpu): void {
    const departs = this.kernelTime();
    this.hardware.sendIpi(from, to.apic.id, RESCHEDULE_VECTOR, 0, departs);
    this.emit('reschedule_sent', this.current(from), { target_vcpu: to.id, arrives_at: departs + this.hardware.costs.ipi_flight });
  }

  /** Calls target.timerExpired() at virtual time `at`; returns a handle for cancelTimer. */
  setTimer(at: number, target: TimerTarget, vcpu = this.cpu?.id ?? 0): number {
    return this.hardware.timers.schedule(at, { kind: 'target', at, vcpu, target });
  }

  /** Calls target.timerExpired() at virtual time `at`, by an interrupt of the block device on `vcpu`. */
  setDeviceInterrupt(at: number, target: TimerTarget, vcpu: number): void {
    this.hardware.timers.schedule(at, { kind: 'device', at, vcpu, target });
  }

  cancelTimer(handle: number): void {
    if (handle !== 0) this.hardware.timers.cancel(handle);
  }

  /** CLOCK_REALTIME now, nanoseconds. */
  realtime(): bigint {
    return this.clock.realtime(this.now);
  }

  /** Where and when an event of `task` happens. */
  place(task: Task | null): EventPlace {
    return { cycle: this.now, vcpu: this.cpu?.id ?? task?.vcpu ?? -1, pid: task?.process.pid ?? 0, tid: task?.tid ?? 0 };
  }

  emit<K extends EventKind>(kind: K, task: Task | null, fields: EventFields<K>): void {
    if (this.hardware.events.wants(kind)) this.hardware.events.emit(kind, this.place(task), fields);
  }
}
