// The uintr part of the kernel on real UPIDs, UITTs, UINTR units and APICs; scheduling is done by hand, so that a test
// decides who is current where. Threads have no memory of their own beyond a few bytes of code.

import { ApicBus, type IpiArrival } from '../../../src/machine/apic/apic-bus.ts';
import { LocalApic } from '../../../src/machine/apic/local-apic.ts';
import { EventQueue } from '../../../src/machine/clock/event-queue.ts';
import { PRESETS, resolveCosts } from '../../../src/machine/cost/presets.ts';
import type { CpuException } from '../../../src/machine/cpu/exit.ts';
import { CpuContext } from '../../../src/machine/cpu/state.ts';
import { Vcpu } from '../../../src/machine/cpu/vcpu.ts';
import type { EventFields, EventKind } from '../../../src/machine/events/schema.ts';
import { PhysicalMemory } from '../../../src/machine/memory/physical-memory.ts';
import { InterruptLedger } from '../../../src/machine/uintr/interrupt-ledger.ts';
import { SupervisorLinearMemory } from '../../../src/machine/uintr/linear-memory.ts';
import { takeInterrupt } from '../../../src/machine/uintr/notification.ts';
import type { ProcessorMode } from '../../../src/machine/uintr/ports.ts';
import { senduipi, type SenduipiOutcome } from '../../../src/machine/uintr/senduipi.ts';
import { parseUpidControl, type UpidControl } from '../../../src/machine/uintr/upid.ts';
import { UintrUnit } from '../../../src/machine/uintr/uintr-unit.ts';
import { ERRNO, errorName } from '../../../src/kernel/abi/errno.ts';
import { DIRECT_MAP } from '../../../src/kernel/abi/layout.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import type { Mm } from '../../../src/kernel/mm/mm.ts';
import { BLOCKED, type SyscallResult, type SyscallRow } from '../../../src/kernel/syscalls/row.ts';
import { GivenArguments } from '../../../src/kernel/syscalls/arguments.ts';
import { uintrSyscallRows } from '../../../src/kernel/syscalls/uintr.ts';
import type { Task } from '../../../src/kernel/task/task.ts';
import { VirtualClock } from '../../../src/kernel/time/virtual-clock.ts';
import { onExitToUser, onInterrupt, onSwitchIn, onSwitchOut } from '../../../src/kernel/uintr/hooks.ts';
import { createKernelUintr, type KernelUintr } from '../../../src/kernel/uintr/kernel-uintr.ts';
import { readControl, readRequests, type UpidContext } from '../../../src/kernel/uintr/upid-context.ts';
import { FdTable } from '../../../src/kernel/vfs/fd-table.ts';

const physical = new PhysicalMemory(1 << 20);

export interface RecordedEvent {
  readonly kind: EventKind;
  readonly tid: number;
  readonly fields: Record<string, unknown>;
}

export class Bench {
  readonly kernel: Kernel;
  readonly uintr: KernelUintr;
  readonly vcpus: readonly Vcpu[];
  readonly events: RecordedEvent[] = [];
  readonly woken: string[] = [];
  readonly bus: ApicBus;
  readonly free: number;
  private readonly current: (Task | null)[] = [null, null];
  private readonly arrivals = new EventQueue<IpiArrival>();
  private readonly rows: ReadonlyMap<string, SyscallRow>;
  private nextTid = 1;
  private now = 0;

  constructor(profile: string, hardware: { readonly enumerated?: boolean; readonly x2apic?: boolean } = {}) {
    const { enumerated = true, x2apic = true } = hardware;
    this.vcpus = [0, 1].map((id) => new Vcpu(id, new LocalApic(id, x2apic), new UintrUnit({ enumerated, flexibleUiret: false, x2apic })));
    const costs = resolveCosts(PRESETS['spr-2.0ghz']!, {});
    this.bus = new ApicBus(
      this.vcpus.map((vcpu) => vcpu.apic),
      costs.ipi_flight,
      this.arrivals,
    );
    const record = (kind: EventKind, tid: number, fields: object): void => void this.events.push({ kind, tid, fields: { ...fields } });
    const sink = {
      wants: () => true,
      emit: <K extends EventKind>(kind: K, place: { tid: number }, fields: EventFields<K>) => record(kind, place.tid, fields),
    };
    const ledger = new InterruptLedger();
    for (const vcpu of this.vcpus) {
      vcpu.uintr.connect({
        memory: new SupervisorLinearMemory(physical, DIRECT_MAP, () => null),
        ipi: {
          sendFixed: (destination, vector, interrupt, departs) => this.bus.sendFixed(vcpu.apic, destination, vector, interrupt, departs),
        },
        events: sink,
        places: { place: () => ({ cycle: this.now, vcpu: vcpu.id, pid: 1, tid: this.current[vcpu.id]?.tid ?? 0 }), symbol: () => '' },
        ledger,
      });
    }
    const sendIpi = (from: Vcpu, destination: number, vector: number, interrupt = 0): void => {
      if (destination === from.apic.id) this.bus.sendSelf(from.apic, vector);
      else this.bus.sendFixed(from.apic, destination, vector, interrupt, this.now);
    };
    const kernel = {
      hardware: { physical, vcpus: this.vcpus, costs, events: sink, sendIpi },
      options: { profile },
      clock: new VirtualClock(2_000_000_000, 0n),
      now: 0,
      current: (vcpu: Vcpu) => this.current[vcpu.id],
      emit: (kind: EventKind, task: Task | null, fields: object) => record(kind, task?.tid ?? 0, fields),
      kernelTime: () => this.now,
      block: (task: Task, request: { readonly waitingFor: string; readonly deadline?: number }) => {
        task.state = 'blocked';
        const { waitingFor, deadline = null } = request;
        task.blocked = { queues: [], deadline, timer: 0, waitingFor, interruptible: true, onRealtime: false };
        return BLOCKED;
      },
      wakeTask: (task: Task, by: string) => {
        if (task.state !== 'blocked') return;
        task.state = 'runnable';
        task.blocked = null;
        this.woken.push(`${task.tid} by ${by}`);
      },
    };
    this.kernel = kernel as unknown as Kernel;
    this.uintr = createKernelUintr(this.kernel);
    Object.assign(kernel, { uintr: this.uintr });
    this.rows = new Map(uintrSyscallRows(profile).map((row) => [row.name, row]));
    this.free = physical.freeFrames;
  }

  /** Everything that was allocated has been given back. */
  get leaked(): number {
    return this.free - physical.freeFrames;
  }

  /** A new thread; with `like` one of the same process. */
  thread(like?: Task): Task {
    const tid = this.nextTid++;
    const code = new Uint8Array(16);
    const user = {
      copyInPartial: (_address: number, into: Uint8Array) => (into.set(code.subarray(0, into.length)), Math.min(16, into.length)),
    };
    const mm = like?.mm ?? ({ uitt: null, user, code } as unknown as Mm);
    const process = { pid: tid, symbols: null };
    const task = {
      tid,
      process,
      name: `t${tid}`,
      state: 'runnable',
      context: CpuContext.fresh(),
      mm,
      files: like?.files ?? new FdTable(1024, { count: 0, limit: 1024 }),
      uintr: null,
    };
    return Object.assign(task, { vcpu: 0, blocked: null, progress: null, timedOut: false }) as unknown as Task;
  }

  /** A forked process's only thread: other files, another mm. */
  forked(parent: Task): Task {
    const child = this.thread();
    Object.assign(child, { files: parent.files.copy() });
    return child;
  }

  /** The bytes at RIP of every thread of the process. */
  setCode(task: Task, ...bytes: number[]): void {
    (task.mm as unknown as { code: Uint8Array }).code.set(bytes);
  }

  /** Makes `task` current on a vCPU and lets it reach user mode there. */
  run(task: Task, vcpu = 0): this {
    this.dispatch(task, vcpu);
    this.exit(task);
    return this;
  }

  dispatch(task: Task, vcpu: number): void {
    const previous = this.current[vcpu];
    if (previous && previous !== task) this.leave(previous);
    if (this.current[vcpu] === task) return;
    this.current[vcpu] = task;
    task.vcpu = vcpu;
    onSwitchIn(this.kernel, task, this.vcpus[vcpu]!);
  }

  /** The return to user mode, with the interrupts that are waiting at the local APIC then. */
  exit(task: Task): void {
    onExitToUser(this.kernel, task, this.vcpus[task.vcpu]!);
    this.takeInterrupts(this.vcpus[task.vcpu]!, 'user');
  }

  /** `task` leaves its vCPU, which then is idle. */
  leave(task: Task): void {
    onSwitchOut(this.kernel, task, this.vcpus[task.vcpu]!);
    this.current[task.vcpu] = null;
  }

  /** `task` sleeps in an interruptible system call. */
  sleep(task: Task): void {
    task.state = 'blocked';
    this.leave(task);
  }

  call(task: Task, name: string, ...values: (number | bigint)[]): string | number {
    return describe(this.result(task, name, ...values));
  }

  result(task: Task, name: string, ...values: (number | bigint)[]): SyscallResult {
    const row = this.rows.get(name);
    return row?.handler ? row.handler(this.kernel, task, new GivenArguments(...values)) : -ERRNO.ENOSYS;
  }

  send(task: Task, index: number | bigint): SenduipiOutcome {
    return senduipi(this.vcpus[task.vcpu]!.uintr, BigInt(index), this.now);
  }

  /** Lets every IPI under way arrive, in the mode its vCPU is in. */
  arrive(mode?: ProcessorMode): this {
    this.now += this.bus.flight;
    for (let due = this.arrivals.popDue(this.now); due; due = this.arrivals.popDue(this.now)) {
      this.bus.arrive(due.payload);
      const vcpu = this.vcpus[due.payload.destination]!;
      this.takeInterrupts(vcpu, mode ?? (this.current[vcpu.id] ? 'user' : 'idle'));
    }
    return this;
  }

  get inFlight(): { readonly destination: number; readonly vector: number }[] {
    return this.arrivals.list().map(({ payload }) => ({ destination: payload.destination, vector: payload.vector }));
  }

  control(upid: UpidContext): UpidControl & { readonly blocked: boolean } {
    const low = readControl(this.kernel, upid);
    return { ...parseUpidControl(low), blocked: ((low >> 7n) & 1n) === 1n };
  }

  requests(upid: UpidContext): bigint {
    return readRequests(this.kernel, upid);
  }

  unit(task: Task): UintrUnit {
    return this.vcpus[task.vcpu]!.uintr;
  }

  of(kind: EventKind): Record<string, unknown>[] {
    return this.events.filter((event) => event.kind === kind).map((event) => event.fields);
  }

  private takeInterrupts(vcpu: Vcpu, mode: ProcessorMode): void {
    for (let taken = takeInterrupt(vcpu.uintr, vcpu.apic, mode); taken; taken = takeInterrupt(vcpu.uintr, vcpu.apic, mode)) {
      if (taken.kind === 'notification') continue;
      if (taken.kind === 'exception') throw new Error(`exception ${taken.vector} in notification processing`);
      if (!onInterrupt(this.kernel, vcpu, taken.vector)) throw new Error(`nobody takes vector ${taken.vector}`);
      vcpu.apic.eoi();
    }
  }
}

/** 3, "EINVAL", "blocked". */
export function describe(result: SyscallResult): string | number {
  if (result === BLOCKED) return 'blocked';
  if (typeof result === 'symbol') return 'context replaced';
  const value = Number(result);
  return value < 0 ? errorName(-value) : value;
}

export function exception(vector: number): CpuException {
  return { kind: 'exception', vector, errorCode: 0, address: 0n };
}
