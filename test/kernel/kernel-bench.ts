// The real kernel on a board without processors that execute: a test plays the user code of each task through the kernel's doors.

import { LocalApic } from '../../src/machine/apic/local-apic.ts';
import { EventQueue } from '../../src/machine/clock/event-queue.ts';
import { type CostOverrides, PRESETS, resolveCosts } from '../../src/machine/cost/presets.ts';
import { type Storage, storageModel } from '../../src/machine/cost/storage.ts';
import type { CpuException } from '../../src/machine/cpu/exit.ts';
import { R10, R8, R9, RAX, RCX, RDI, RDX, RSI } from '../../src/machine/cpu/state.ts';
import { Vcpu } from '../../src/machine/cpu/vcpu.ts';
import { PageTableMemory, WriteGrants } from '../../src/machine/memory/address-space.ts';
import { PhysicalMemory } from '../../src/machine/memory/physical-memory.ts';
import { UintrUnit } from '../../src/machine/uintr/uintr-unit.ts';
import { InterruptLedger } from '../../src/machine/uintr/interrupt-ledger.ts';
import { SupervisorLinearMemory } from '../../src/machine/uintr/linear-memory.ts';
import { errorName } from '../../src/kernel/abi/errno.ts';
import { DIRECT_MAP } from '../../src/kernel/abi/layout.ts';
import type { KernelHardware } from '../../src/kernel/hardware.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import type { Process } from '../../src/kernel/task/process.ts';
import type { Task } from '../../src/kernel/task/task.ts';
import type { KernelTimer } from '../../src/kernel/time/kernel-timer.ts';
import { putHostFile } from '../../src/kernel/vfs/host-files.ts';
import { makeElf } from './elf-maker.ts';

export interface SeenEvent {
  readonly kind: string;
  readonly cycle: number;
  readonly vcpu: number;
  readonly tid: number;
  readonly fields: Record<string, unknown>;
}

interface Arrival {
  readonly vcpu: number;
  /** IDT vector, -1 for a kick. */
  readonly vector: number;
}

const REGISTERS = [RDI, RSI, RDX, R10, R8, R9] as const;
const FLIGHT = 257;
/** Where a spawned test program is loaded: a page of code, a page of data. */
export const CODE = 0x401000;
export const DATA = 0x402000;

export class KernelBench {
  readonly kernel: Kernel;
  readonly vcpus: Vcpu[];
  readonly events: SeenEvent[] = [];
  readonly timers = new EventQueue<KernelTimer>();
  private readonly arrivals = new EventQueue<Arrival>();

  constructor({
    vcpus = 2,
    ramBytes = 16 << 20,
    storage = 'none' as Storage,
    preset: name = 'spr-2.0ghz',
    costs = {} as CostOverrides,
  } = {}) {
    const preset = PRESETS[name]!;
    this.vcpus = Array.from(
      { length: vcpus },
      (_, id) => new Vcpu(id, new LocalApic(id), new UintrUnit({ enumerated: true, flexibleUiret: false, x2apic: true })),
    );
    let seed = 0;
    const hardware: KernelHardware = {
      physical: new PhysicalMemory(ramBytes),
      tables: new PageTableMemory(),
      grants: new WriteGrants(),
      vcpus: this.vcpus,
      timers: this.timers,
      events: {
        wants: () => true,
        emit: (kind, place, fields) =>
          void this.events.push({ kind, cycle: place.cycle, vcpu: place.vcpu, tid: place.tid, fields: { ...fields } }),
      },
      costs: resolveCosts(preset, costs),
      lastLevelCache: preset.lastLevelCache,
      hertz: preset.hertz,
      epochNanoseconds: 1_700_000_000_000_000_000n,
      random: { bytes: (count) => Uint8Array.from({ length: count }, () => ++seed & 0xff) },
      sendIpi: (from, destination, vector) => void this.arrivals.schedule(from.clock + FLIGHT, { vcpu: destination, vector }),
      kick: (vcpu, at) => void this.arrivals.schedule(at, { vcpu: vcpu.id, vector: -1 }),
    };
    const ledger = new InterruptLedger();
    for (const vcpu of this.vcpus) {
      vcpu.uintr.connect({
        memory: new SupervisorLinearMemory(hardware.physical, DIRECT_MAP, () => null),
        ipi: { sendFixed: () => 0 },
        events: hardware.events,
        ledger,
        places: { place: () => ({ cycle: vcpu.clock, vcpu: vcpu.id, pid: 0, tid: 0 }), symbol: () => '' },
      });
    }
    this.kernel = new Kernel(hardware, {
      profile: 'none',
      hostname: 'bench',
      processor: { cpuLevel: 'x86-64-v2', uintr: true, vcpus, hertz: 2_000_000_000 },
      storage: storageModel(storage, hardware.costs),
    });
  }

  /** A process whose program does nothing by itself; settled in user mode if a vCPU is free. */
  spawn(affinity = 0): Task {
    putHostFile(this.kernel, '/bin/test', makeElf({ code: new Uint8Array(64) }), 0o755);
    const made = this.kernel.spawn({ path: '/bin/test', arguments: ['test'], environment: [], stdio: [], affinity });
    if ('error' in made) throw new Error(made.message);
    this.settle();
    return made.process.tasks[0]!;
  }

  /** Kernel work and interrupts in flight come to their end; timers fire for `cycles` more, while user code goes on. */
  settle(cycles = 0): void {
    this.settleUntil(Math.max(...this.vcpus.map((vcpu) => vcpu.clock)) + cycles);
  }

  private settleUntil(end: number): void {
    for (let guard = 0; guard < 100_000; guard++) {
      const busy = this.vcpus.filter((vcpu) => vcpu.mode === 'kernel').sort((a, b) => a.busyUntil - b.busyUntil)[0];
      const work = Math.min(busy?.busyUntil ?? Number.POSITIVE_INFINITY, this.arrivals.nextTime());
      const next = Math.min(work, this.timers.nextTime());
      if (next === Number.POSITIVE_INFINITY || (next > end && work === Number.POSITIVE_INFINITY)) return;
      for (const vcpu of this.vcpus) if (vcpu.mode === 'user') vcpu.clock = Math.max(vcpu.clock, next);
      if (this.arrivals.nextTime() === next) this.arrive(this.arrivals.popDue(next)!.payload, next);
      else if (this.timers.nextTime() === next) this.kernel.expire(this.timers.popDue(next)!.payload);
      else {
        busy!.clock = busy!.busyUntil;
        this.kernel.resume(busy!);
      }
    }
    throw new Error('the kernel never comes to rest');
  }

  /** User code of every running task goes on for `cycles`, timers firing on the way. */
  run(cycles: number): void {
    const end = Math.max(...this.vcpus.map((vcpu) => vcpu.clock)) + cycles;
    for (;;) {
      const next = Math.min(end, this.timers.nextTime(), this.arrivals.nextTime());
      for (const vcpu of this.vcpus) if (vcpu.mode === 'user') vcpu.clock = Math.max(vcpu.clock, next);
      if (next === end) return;
      this.settleUntil(next);
    }
  }

  private arrive({ vcpu: id, vector }: Arrival, at: number): void {
    const vcpu = this.vcpus[id]!;
    vcpu.clock = Math.max(vcpu.clock, at);
    if (vector >= 0) this.kernel.interrupt(vcpu, vector);
    else if (vcpu.mode === 'idle') this.kernel.resume(vcpu);
  }

  vcpuOf(task: Task): Vcpu {
    const vcpu = this.vcpus.find((candidate) => this.kernel.current(candidate) === task);
    if (!vcpu) throw new Error(`task ${task.tid} is not on a vCPU (${task.state})`);
    return vcpu;
  }

  /** SYSCALL with a number; everything settles. Returns what RAX holds then. */
  call(task: Task, number: number, ...args: (number | bigint)[]): bigint {
    this.start(task, number, ...args);
    this.settle();
    return BigInt.asIntN(64, task.context.register(RAX));
  }

  /** As call, but nothing settles. */
  start(task: Task, number: number, ...args: (number | bigint)[]): void {
    const vcpu = this.vcpuOf(task);
    if (vcpu.mode !== 'user') throw new Error(`vCPU ${vcpu.id} is not in user mode`);
    const { context } = task;
    context.setNumber(RAX, number);
    REGISTERS.forEach((register, i) => context.setRegister(register, BigInt.asUintN(64, BigInt(args[i] ?? 0))));
    context.rip += 2n;
    context.setRegister(RCX, context.rip);
    this.kernel.syscall(vcpu);
  }

  /** "ENOENT", or the value as text. */
  outcome(task: Task, number: number, ...args: (number | bigint)[]): string {
    const result = this.call(task, number, ...args);
    if (task.state === 'dead') return 'dead';
    if (task.call) return 'blocked';
    return result < 0n && result > -4096n ? errorName(Number(-result)) : result.toString();
  }

  fault(task: Task, exception: Partial<CpuException> & { readonly vector: number }): void {
    this.kernel.exception(this.vcpuOf(task), { kind: 'exception', errorCode: 0, address: 0n, ...exception });
    this.settle();
  }

  /** Memory of a task, written and read as its own code would. */
  poke(task: Task, address: number, bytes: Uint8Array): void {
    if (!task.mm.user.copyOut(address, bytes)) throw new Error(`cannot write 0x${address.toString(16)}`);
  }

  poke64(task: Task, address: number, ...values: (number | bigint)[]): number {
    values.forEach((value, i) => {
      if (!task.mm.user.write64(address + i * 8, value)) throw new Error(`cannot write 0x${address.toString(16)}`);
    });
    return address;
  }

  poke32(task: Task, address: number, value: number): number {
    if (!task.mm.user.write32(address, value)) throw new Error(`cannot write 0x${address.toString(16)}`);
    return address;
  }

  peek64(task: Task, address: number): bigint {
    return task.mm.user.read64(address)!;
  }

  peek32(task: Task, address: number): number {
    return task.mm.user.read32(address)!;
  }

  /** Tasks made by the last fork or clone. */
  newest(): Task {
    return [...this.kernel.pids.tasks.values()].at(-1)!;
  }

  process(pid: bigint | number): Process {
    return this.kernel.pids.processes.get(Number(pid))!;
  }

  seen(kind: string): SeenEvent[] {
    return this.events.filter((event) => event.kind === kind);
  }
}

/** Numbers of the calls that tests make. */
export const NR = {
  mmap: 9,
  mprotect: 10,
  munmap: 11,
  brk: 12,
  rt_sigaction: 13,
  rt_sigprocmask: 14,
  rt_sigreturn: 15,
  sched_yield: 24,
  mremap: 25,
  madvise: 28,
  pause: 34,
  nanosleep: 35,
  setitimer: 38,
  alarm: 37,
  getpid: 39,
  clone: 56,
  fork: 57,
  vfork: 58,
  execve: 59,
  exit: 60,
  wait4: 61,
  kill: 62,
  setpgid: 109,
  rt_sigpending: 127,
  rt_sigtimedwait: 128,
  rt_sigqueueinfo: 129,
  rt_sigsuspend: 130,
  sigaltstack: 131,
  tkill: 200,
  futex: 202,
  sched_setaffinity: 203,
  timer_create: 222,
  timer_settime: 223,
  timer_delete: 226,
  clock_gettime: 228,
  clock_nanosleep: 230,
  exit_group: 231,
  tgkill: 234,
  waitid: 247,
  set_robust_list: 273,
} as const;
