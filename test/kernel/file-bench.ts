// The real kernel without processors that execute: system calls are made by hand, by tasks that have a piece of memory each.

import { LocalApic } from '../../src/machine/apic/local-apic.ts';
import { EventQueue } from '../../src/machine/clock/event-queue.ts';
import { PRESETS, resolveCosts } from '../../src/machine/cost/presets.ts';
import { CpuContext } from '../../src/machine/cpu/state.ts';
import { Vcpu } from '../../src/machine/cpu/vcpu.ts';
import { PageTableMemory, WriteGrants } from '../../src/machine/memory/address-space.ts';
import { PhysicalMemory } from '../../src/machine/memory/physical-memory.ts';
import { UintrUnit } from '../../src/machine/uintr/uintr-unit.ts';
import { errorName } from '../../src/kernel/abi/errno.ts';
import type { KernelHardware } from '../../src/kernel/hardware.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { Mm } from '../../src/kernel/mm/mm.ts';
import { PROT_READ, PROT_WRITE, Vma } from '../../src/kernel/mm/vma.ts';
import { SignalActions } from '../../src/kernel/signal/state.ts';
import { GivenArguments } from '../../src/kernel/syscalls/arguments.ts';
import { KERNEL_ROWS } from '../../src/kernel/syscalls/rows.ts';
import { BLOCKED, type SyscallResult } from '../../src/kernel/syscalls/row.ts';
import { type Credentials, credentialsOf } from '../../src/kernel/task/credentials.ts';
import { startingLimits } from '../../src/kernel/task/limits.ts';
import { Process } from '../../src/kernel/task/process.ts';
import { Task } from '../../src/kernel/task/task.ts';
import type { KernelTimer } from '../../src/kernel/time/kernel-timer.ts';
import { FdTable } from '../../src/kernel/vfs/fd-table.ts';

const HANDLERS = new Map(KERNEL_ROWS.map((row) => [row.name, row]));
const MEMORY_START = 0x10000;
const MEMORY_END = 0x210000;

export type Argument = number | bigint | string | Uint8Array;

/** "ENOENT", "blocked", or the number. */
export type Outcome = number | string;

export interface RecordedEvent {
  readonly kind: string;
  readonly fields: Record<string, unknown>;
}

export class Bench {
  readonly kernel: Kernel;
  readonly hardware: KernelHardware;
  readonly events: RecordedEvent[] = [];

  constructor(ramBytes = 16 << 20) {
    const physical = new PhysicalMemory(ramBytes);
    const preset = PRESETS['spr-2.0ghz']!;
    const vcpu = new Vcpu(0, new LocalApic(0), new UintrUnit({ enumerated: true, flexibleUiret: false, x2apic: true }));
    let seed = 0;
    this.hardware = {
      physical,
      tables: new PageTableMemory(),
      grants: new WriteGrants(),
      vcpus: [vcpu],
      timers: new EventQueue<KernelTimer>(),
      events: {
        wants: () => true,
        emit: (kind: string, _place: unknown, fields: object) => void this.events.push({ kind, fields: { ...fields } }),
      },
      costs: resolveCosts(preset, {}),
      lastLevelCache: preset.lastLevelCache,
      hertz: preset.hertz,
      epochNanoseconds: 1_700_000_000_000_000_000n,
      random: { bytes: (count: number) => Uint8Array.from({ length: count }, () => ++seed & 0xff) },
      sendIpi: () => {},
      kick: () => {},
    } as unknown as KernelHardware;
    this.kernel = new Kernel(this.hardware, {
      profile: 'rfc',
      hostname: 'bench',
      processor: { cpuLevel: 'x86-64-v2', uintr: true, vcpus: 1, hertz: 2_000_000_000 },
    });
    this.kernel.cpu = vcpu;
  }

  /** A process of one thread. */
  process(uid = 0): Caller {
    const { kernel } = this;
    const pid = kernel.pids.allocate();
    const process = new Process(pid, kernel.reaper, startingLimits(), kernel.now);
    kernel.pids.processes.set(pid, process);
    return this.thread(process, new FdTable(1024, kernel.vfs.openFiles), credentialsOf(uid, uid));
  }

  private thread(process: Process, files: FdTable, credentials: Credentials): Caller {
    const { kernel } = this;
    const mm = Mm.create(this.hardware)!;
    mm.insert(new Vma(MEMORY_START, MEMORY_END, PROT_READ | PROT_WRITE));
    const parts = { mm, files, fs: kernel.vfs.newContext(), actions: new SignalActions(), credentials, context: CpuContext.fresh() };
    const task = new Task(process.pid, process, 'test', parts);
    process.tasks.push(task);
    kernel.pids.tasks.set(task.tid, task);
    return new Caller(this, task);
  }

  /** Lets virtual time pass up to `nanoseconds` from now, firing timers. */
  pass(nanoseconds: number): void {
    const { kernel, hardware } = this;
    const end = kernel.now + kernel.clock.cycles(nanoseconds);
    const [cpu] = hardware.vcpus;
    for (let due = hardware.timers.popDue(end); due; due = hardware.timers.popDue(end)) kernel.expire(due.payload);
    cpu!.clock = end;
    kernel.now = end;
    kernel.cpu = cpu!;
  }
}

/** One task and what it passes by address. */
export class Caller {
  readonly bench: Bench;
  readonly task: Task;
  private next = MEMORY_START;
  private waiting: { name: string; args: GivenArguments } | null = null;

  constructor(bench: Bench, task: Task) {
    this.bench = bench;
    this.task = task;
  }

  /** Puts bytes (strings get a NUL) into the task's memory; returns their address. */
  place(value: string | Uint8Array): number {
    const bytes = typeof value === 'string' ? Uint8Array.from([...Buffer.from(value, 'latin1'), 0]) : value;
    const address = this.space(bytes.length);
    this.task.mm.user.copyOut(address, bytes);
    return address;
  }

  /** Room for `length` bytes. */
  space(length: number): number {
    if (this.next + length + 16 > MEMORY_END) this.next = MEMORY_START;
    const address = this.next;
    this.next += Math.ceil((length + 1) / 16) * 16;
    return address;
  }

  /** An address whose first `before` bytes are accessible and whose next are not. */
  edge(before = 0): number {
    return MEMORY_END - before;
  }

  bytes(address: number, length: number): Uint8Array {
    return this.task.mm.user.copyIn(address, length)!;
  }

  text(address: number, length: number): string {
    return Buffer.from(this.bytes(address, length)).toString('latin1');
  }

  call(name: string, ...args: Argument[]): Outcome {
    const values = args.map((arg) => (typeof arg === 'string' || arg instanceof Uint8Array ? this.place(arg) : arg));
    this.waiting = null;
    this.task.progress = null;
    return this.run(name, new GivenArguments(...values));
  }

  /** Runs a blocked call again if it was woken; "asleep" if it was not. */
  again(): Outcome {
    if (!this.waiting) throw new Error('no call waits');
    if (this.task.state !== 'runnable') return 'asleep';
    const { name, args } = this.waiting;
    return this.run(name, args);
  }

  /** Reads up to `length` bytes as text, or says why not. */
  read(fd: number, length = 4096): string {
    const buffer = this.space(length);
    const outcome = this.call('read', fd, buffer, length);
    return typeof outcome === 'number' ? this.text(buffer, outcome) : outcome;
  }

  write(fd: number, text: string): Outcome {
    return this.call('write', fd, Uint8Array.from(Buffer.from(text, 'latin1')), text.length);
  }

  /** Opens, which must work. */
  open(path: string, flags = 0, mode = 0o644): number {
    const fd = this.call('openat', -100, path, flags, mode);
    if (typeof fd !== 'number') throw new Error(`open ${path}: ${fd}`);
    return fd;
  }

  /** The pair of descriptors that pipe2 or socketpair made. */
  pair(name: string, ...args: Argument[]): [number, number] {
    const at = this.space(8);
    const outcome = this.call(name, ...args.map((arg) => (arg === PAIR ? at : arg)));
    if (outcome !== 0) throw new Error(`${name}: ${outcome}`);
    const view = new DataView(this.bytes(at, 8).buffer);
    return [view.getInt32(0, true), view.getInt32(4, true)];
  }

  /** Forks the descriptors and the file context into a new process. */
  fork(): Caller {
    const child = this.bench.process();
    child.task.files = this.task.files.copy();
    child.task.fs = this.task.fs.copy();
    return child;
  }

  private run(name: string, args: GivenArguments): Outcome {
    const row = HANDLERS.get(name);
    if (!row?.handler) throw new Error(`no ${name}`);
    const result = row.handler(this.bench.kernel, this.task, args);
    this.waiting = result === BLOCKED ? { name, args } : null;
    if (result !== BLOCKED) this.task.progress = null;
    this.task.timedOut = false;
    return show(result);
  }
}

/** Stands for the address of the result of Caller.pair. */
export const PAIR = -0x7777;

function show(result: SyscallResult): Outcome {
  if (typeof result === 'symbol') return 'blocked';
  const value = Number(result);
  if (value >= 0 || value < -4095) return value;
  return value <= -512 ? `restart ${-value}` : errorName(-value);
}

/** The whole of a file, which may be longer than one read. */
export function readAll(caller: Caller, path: string): string {
  const fd = caller.open(path);
  let [text, part] = ['', caller.read(fd)];
  for (; part !== ''; part = caller.read(fd)) text += part;
  caller.call('close', fd);
  return text;
}
