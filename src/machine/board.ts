// Wires one machine together: memory, processors, APICs and the kernel, and carries what passes between them:
// interrupts, and the way between user mode and the kernel.

import { ApicBus, type IpiArrival } from './apic/apic-bus.ts';
import { LocalApic } from './apic/local-apic.ts';
import { type BreakpointHit, Breakpoints } from './control/breakpoints.ts';
import type { Place, StopCondition } from './control/stop-condition.ts';
import { EventQueue } from './clock/event-queue.ts';
import { storageModel } from './cost/storage.ts';
import { PRESETS, resolveCosts } from './cost/presets.ts';
import { Cpu } from './cpu/cpu.ts';
import type { CpuExit } from './cpu/exit.ts';
import type { CpuContext } from './cpu/state.ts';
import type { StepModule } from './cpu/step/step-module.ts';
import { Vcpu, wholeCycle } from './cpu/vcpu.ts';
import type { EventSink } from './events/event-sink.ts';
import type { EventPlace } from './events/schema.ts';
import { LiveBlock } from './live-block.ts';
import type { MachineSpec } from './machine-spec.ts';
import { PageTableMemory, WriteGrants } from './memory/address-space.ts';
import { PhysicalMemory } from './memory/physical-memory.ts';
import { RandomGenerator } from './random-generator.ts';
import { isSpinning, runRemote, spinTo } from './remote/executor.ts';
import { RemoteObserver } from './remote/remote-observer.ts';
import type { Steppable } from './run-loop.ts';
import { deliver } from './uintr/delivery.ts';
import { InterruptLedger } from './uintr/interrupt-ledger.ts';
import { SupervisorLinearMemory, UserLinearMemory } from './uintr/linear-memory.ts';
import { takeInterrupt } from './uintr/notification.ts';
import { isDeliverable } from './uintr/recognition.ts';
import { UintrUnit } from './uintr/uintr-unit.ts';
import { DIRECT_MAP } from '../kernel/abi/layout.ts';
import type { KernelHardware } from '../kernel/hardware.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { Task } from '../kernel/task/task.ts';
import type { KernelTimer } from '../kernel/time/kernel-timer.ts';
import { Uring } from '../uring/uring.ts';

/** Mapped ranges of all processes together: what the host keeps for them is bounded so. */
const MOST_RANGES = 1 << 19;

export class Board implements Steppable {
  static readonly transient = [
    'cpu',
    'events',
    'userMemory',
    'stopRequested',
    'live',
    'breakpoints',
    'breakpointHit',
    'conditions',
    'turns',
    'turnTime',
    'remoteObserver',
  ];
  readonly quantum: number;
  readonly hertz: number;
  readonly physical: PhysicalMemory;
  readonly vcpus: readonly Vcpu[];
  readonly kernel: Kernel;
  readonly uring = new Uring();
  readonly cpu: Cpu;
  readonly bus: ApicBus;
  readonly ledger = new InterruptLedger();
  readonly random: RandomGenerator;
  readonly remoteObserver: RemoteObserver;
  /** Instructions executed by each vCPU. */
  private readonly executed: Float64Array;
  /** Latest virtual time at which anything happened. */
  now = 0;
  stopRequested = false;
  readonly breakpoints = new Breakpoints();
  /** Why a stop was requested, if it was a breakpoint. */
  breakpointHit: BreakpointHit | null = null;
  /** What else may stop the loop. */
  conditions: readonly StopCondition[] = [];
  private turns = 0;
  /** When the last turn or stretch of instructions was over. */
  turnTime = 0;
  private readonly events: EventSink;
  readonly arrivals = new EventQueue<IpiArrival>();
  readonly kicks = new EventQueue<{ readonly vcpu: number }>();
  private readonly timers = new EventQueue<KernelTimer>();
  private readonly userMemory: UserLinearMemory;
  readonly costs: ReturnType<typeof resolveCosts>;
  private readonly live: LiveBlock;

  constructor(spec: MachineSpec, events: EventSink, stepModule: StepModule) {
    const preset = PRESETS[spec.cost_preset]!;
    this.events = events;
    this.costs = resolveCosts(preset, spec.cost_overrides);
    // One vCPU sees the other's stores within the epoch, the other one epoch later: half of it each on average.
    this.quantum = 2 * this.costs.visibility;
    this.hertz = preset.hertz;
    this.physical = new PhysicalMemory(spec.ram_bytes);
    this.random = new RandomGenerator(spec.seed);
    const tables = new PageTableMemory();
    const grants = new WriteGrants();
    const enumerated = spec.abi !== 'none';
    this.vcpus = Array.from({ length: spec.vcpus }, (_, id) => {
      const unit = new UintrUnit({ enumerated, flexibleUiret: false, x2apic: true });
      unit.cr4Uintr = enumerated;
      return new Vcpu(id, new LocalApic(id), unit);
    });
    this.executed = new Float64Array(spec.vcpus);
    this.bus = new ApicBus(
      this.vcpus.map((v) => v.apic),
      this.costs.ipi_flight,
      this.arrivals,
    );
    const processor = { cpuLevel: spec.cpu_level, uintr: enumerated, vcpus: spec.vcpus, hertz: preset.hertz };
    this.cpu = new Cpu({ physical: this.physical, tables, grants, costs: this.costs, module: stepModule, cpuid: processor });
    const hardware: KernelHardware = {
      physical: this.physical,
      tables,
      grants,
      ranges: { count: 0, limit: MOST_RANGES },
      vcpus: this.vcpus,
      timers: this.timers,
      events,
      costs: this.costs,
      lastLevelCache: preset.lastLevelCache,
      hertz: preset.hertz,
      epochNanoseconds: spec.epoch,
      random: this.random,
      sendIpi: (...ipi) => this.sendIpi(...ipi),
      kick: (vcpu, at) => void this.kicks.schedule(at, { vcpu: vcpu.id }),
    };
    this.kernel = new Kernel(
      hardware,
      {
        profile: spec.abi,
        hostname: 'uintrd',
        processor,
        fileBytes: spec.limits.file_bytes,
        consoleBytes: spec.limits.console_bytes,
        storage: storageModel(spec.storage, this.costs),
        mostTasks: spec.limits.threads,
      },
      this.uring.rows(spec.abi),
    );
    this.live = new LiveBlock(this.cpu, this.kernel);
    this.kernel.companion = this.uring;
    this.remoteObserver = new RemoteObserver(() => this.deliverySequence());
    this.kernel.remotes.listener = this.remoteObserver;
    this.connectUintr();
    this.userMemory = new UserLinearMemory(this.physical, () => this.live.spaceOf(this.live.vcpu));
  }

  nextEventTime(): number {
    return Math.min(this.arrivals.nextTime(), this.kicks.nextTime(), this.timers.nextTime());
  }

  /** When something happens next by itself; Infinity if never. */
  nextTime(): number {
    let time = this.nextEventTime();
    for (const vcpu of this.vcpus) {
      if (this.isSpinning(vcpu)) continue;
      if (vcpu.mode === 'user') time = Math.min(time, vcpu.clock);
      else if (vcpu.mode === 'kernel') time = Math.min(time, vcpu.busyUntil);
    }
    return time;
  }

  /** Where execution stands (control/stop-condition.ts). */
  get place(): Place {
    return { instructions: this.cpu.instructions, turns: this.turns };
  }

  /** It executes the pause loop of a remote thread: only an event or an input can change anything about it. */
  isSpinning(vcpu: Vcpu): boolean {
    return isSpinning(vcpu, this.kernel.current(vcpu));
  }

  /** Spinning vCPUs catch up with `time`, Infinity for the last at which anything happened; `whole`: with instructions that are over by then. */
  spinTo(time: number, whole: boolean): void {
    const to = time === Number.POSITIVE_INFINITY ? this.now : time;
    for (const vcpu of this.vcpus) if (this.isSpinning(vcpu)) spinTo(this, this.costs, vcpu, to, whole);
  }

  fireEvents(time: number): void {
    this.spinTo(time, false);
    this.now = Math.max(this.now, time);
    for (let due = this.arrivals.popDue(time); due; due = this.arrivals.popDue(time)) this.arrive(due.payload, due.time);
    for (let due = this.kicks.popDue(time); due; due = this.kicks.popDue(time)) this.wake(this.vcpus[due.payload.vcpu]!, due.time);
    for (let due = this.timers.popDue(time); due; due = this.timers.popDue(time)) this.kernel.expire(due.payload);
    this.endTurn(time);
  }

  runUser(vcpu: Vcpu, deadline: number): void {
    this.live.attend(vcpu);
    const task = this.kernel.current(vcpu)!;
    if (task.remote) {
      const before = this.cpu.instructions;
      runRemote(this, vcpu, task, deadline);
      if (this.cpu.instructions === before) this.turns++;
      return this.stopWhereWanted(vcpu.clock);
    }
    if (isDeliverable(vcpu.uintr, 'user')) this.deliver(vcpu);
    else this.leaveUser(vcpu, this.execute(vcpu, deadline));
  }

  /** Does what an exit from user code asks for. */
  leaveUser(vcpu: Vcpu, exit: CpuExit): void {
    this.now = Math.max(this.now, Math.floor(vcpu.clock));
    switch (exit.kind) {
      case 'deadline':
      case 'boundary':
        break;
      case 'syscall':
        this.kernel.syscall(vcpu);
        break;
      case 'exception':
        this.kernel.exception(vcpu, exit);
        this.turns++;
        break;
      case 'breakpoint':
        this.meetBreakpoint(vcpu);
        this.turns++;
    }
    this.stopWhereWanted(vcpu.clock);
  }

  execute(vcpu: Vcpu, deadline: number): CpuExit {
    const before = this.cpu.instructions;
    return this.counted(vcpu, before, this.cpu.run(this.conditions.length === 0 ? deadline : this.allowed(vcpu, deadline)));
  }

  /** One instruction of the vCPU in focus. */
  executeOne(vcpu: Vcpu): CpuExit {
    const before = this.cpu.instructions;
    return this.counted(vcpu, before, this.cpu.step());
  }

  /** How far the vCPU may run before a condition looks again. */
  private allowed(vcpu: Vcpu, deadline: number): number {
    const task = this.kernel.current(vcpu)!;
    let until = deadline;
    for (const condition of this.conditions) until = Math.min(until, vcpu.clock + this.cpu.leastCycles(condition.allowance(vcpu, task)));
    return until;
  }

  /** `exit` has just ended what began when the engine had executed `before` instructions. */
  private counted(vcpu: Vcpu, before: number, exit: CpuExit): CpuExit {
    const executed = this.cpu.instructions - before;
    this.executed[vcpu.id]! += executed;
    if (this.conditions.length === 0) return exit;
    const task = this.kernel.current(vcpu)!;
    for (const condition of this.conditions) condition.executed(vcpu, task, executed);
    return exit;
  }

  /** Instructions of a pause loop, which the engine has not seen. */
  countSpins(vcpu: Vcpu, instructions: number): void {
    this.executed[vcpu.id]! += instructions;
  }

  /** The registers of a vCPU's task. */
  registersOf(vcpu: Vcpu): CpuContext {
    return this.kernel.current(vcpu)!.context;
  }

  /** What conditions() are asked after, and before the loop begins. */
  stopWhereWanted(time: number): void {
    this.turnTime = Math.floor(time);
    if (this.conditions.length > 0 && this.conditions.some((condition) => condition.isReached())) this.stopRequested = true;
  }

  endTurn(time: number): void {
    this.now = Math.max(this.now, time);
    this.turns++;
    this.stopWhereWanted(time);
  }

  private meetBreakpoint(vcpu: Vcpu): void {
    const { rip } = this.cpu.context;
    this.breakpointHit = this.breakpoints.hit(this.kernel.current(vcpu)!, Number(rip), Math.floor(vcpu.clock));
    if (!this.breakpointHit) return;
    this.stopRequested = true;
    const { id } = this.breakpointHit.breakpoint;
    this.events.emit('breakpoint_hit', this.placeOf(vcpu), { breakpoint: id, rip, symbol: this.symbol(vcpu, rip) });
  }

  /** After breakpoints were added or removed. */
  breakpointsChanged(): void {
    const { breakpoints } = this;
    const focused = (): Task => this.kernel.current(this.live.vcpu!)!;
    this.suspendAll();
    this.cpu.breakpointsChanged(
      breakpoints.isEmpty
        ? null
        : {
            isAny: (rip) => breakpoints.isAny(rip),
            stops: (rip) => breakpoints.mustStop(focused(), rip),
            passed: (rip) => breakpoints.passed(focused(), rip),
          },
    );
  }

  instructionsOf(vcpu: Vcpu): number {
    return this.executed[vcpu.id]!;
  }

  finishKernelWork(vcpu: Vcpu): void {
    vcpu.clock = vcpu.busyUntil;
    this.now = Math.max(this.now, vcpu.clock);
    this.kernel.resume(vcpu);
    this.takeInterrupts(vcpu);
    this.endTurn(vcpu.clock);
  }

  /** Every task.context is in memory of its own, for those who keep, hash or share it. */
  suspendAll(): void {
    this.live.clear();
  }

  /** Delivers the user interrupt that is deliverable; false if that faulted. */
  deliver(vcpu: Vcpu): boolean {
    wholeCycle(vcpu);
    vcpu.clock += this.costs.delivery;
    const fault = deliver(vcpu.uintr, this.cpu.context, this.userMemory);
    this.now = Math.max(this.now, vcpu.clock);
    if (fault) this.kernel.exception(vcpu, fault);
    this.endTurn(vcpu.clock);
    return fault === null;
  }

  /** Of the event that has reported a delivery just made; 0 if none has. */
  private deliverySequence(): number {
    const { events } = this;
    if (!events.wants('user_interrupt_delivered')) return 0;
    return (events.emitted ?? 0) - (events.wants('uif_changed') ? 1 : 0);
  }

  private wake(vcpu: Vcpu, time: number): void {
    if (vcpu.mode !== 'idle') return;
    vcpu.clock = Math.max(vcpu.clock, time);
    this.kernel.resume(vcpu);
    this.takeInterrupts(vcpu);
  }

  private arrive(arrival: IpiArrival, time: number): void {
    const vcpu = this.vcpus.find((v) => v.apic === this.bus.arrive(arrival));
    if (!vcpu) return;
    vcpu.clock = Math.max(vcpu.clock, time);
    wholeCycle(vcpu);
    this.events.emit('ipi_arrived', this.placeOf(vcpu), { interrupt: arrival.interrupt, idt_vector: arrival.vector, mode: vcpu.mode });
    this.takeInterrupts(vcpu);
  }

  /** Everything the local APIC has for this processor, in order of priority. */
  private takeInterrupts(vcpu: Vcpu): void {
    while (vcpu.apic.pending() >= 0) {
      if (vcpu.mode === 'user') this.live.attend(vcpu);
      const cost = this.costs.notification_processing;
      if (vcpu.apic.pending() === vcpu.uintr.uinv) {
        if (vcpu.mode === 'user') vcpu.clock += cost;
        else if (vcpu.mode === 'kernel') vcpu.charge(cost);
      }
      const taken = takeInterrupt(vcpu.uintr, vcpu.apic, vcpu.mode);
      if (!taken) return;
      if (taken.kind === 'notification') continue;
      if (taken.kind === 'exception') this.kernel.exception(vcpu, taken);
      else this.kernel.interrupt(vcpu, taken.vector);
    }
  }

  private sendIpi(
    from: Vcpu,
    destination: number,
    vector: number,
    interrupt = 0,
    departs = from.mode === 'kernel' ? this.kernel.now : from.clock,
  ): void {
    if (destination === from.id) this.bus.sendSelf(from.apic, vector);
    else this.bus.sendFixed(from.apic, destination, vector, interrupt, departs);
  }

  private connectUintr(): void {
    for (const vcpu of this.vcpus) {
      vcpu.uintr.connect({
        memory: new SupervisorLinearMemory(this.physical, DIRECT_MAP, () => this.live.spaceOf(vcpu)),
        ipi: {
          sendFixed: (destination, vector, interrupt, departs) => this.bus.sendFixed(vcpu.apic, destination, vector, interrupt, departs),
        },
        events: this.events,
        ledger: this.ledger,
        places: { place: () => this.placeOf(vcpu), symbol: (address) => this.symbol(vcpu, address) },
      });
    }
  }

  private placeOf(vcpu: Vcpu): EventPlace {
    const task = this.kernel.current(vcpu);
    return { cycle: Math.floor(vcpu.clock), vcpu: vcpu.id, pid: task?.process.pid ?? 0, tid: task?.tid ?? 0 };
  }

  private symbol(vcpu: Vcpu, address: bigint): string {
    return this.kernel.current(vcpu)?.process.symbols?.describe(Number(address)) ?? '';
  }
}
