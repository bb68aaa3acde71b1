// The run loop's rule against a fake machine: whatever limits cut time into pieces, the same things happen in the same order.

import { expect, test } from 'vitest';
import { EventQueue } from '../../src/machine/clock/event-queue.ts';
import { LocalApic } from '../../src/machine/apic/local-apic.ts';
import { Vcpu } from '../../src/machine/cpu/vcpu.ts';
import { advance, type Steppable } from '../../src/machine/run-loop.ts';
import { UintrUnit } from '../../src/machine/uintr/uintr-unit.ts';

/** Each vCPU runs instructions of varying cost; every 7th enters the kernel, every 11th schedules an event that wakes another vCPU. */
class FakeMachine implements Steppable {
  readonly quantum = 100;
  stopRequested = false;
  readonly vcpus: Vcpu[];
  readonly trace: string[] = [];
  private readonly queue = new EventQueue<number>();
  private readonly steps: number[];
  private readonly lifetime: number;

  constructor(count: number, lifetime: number) {
    this.lifetime = lifetime;
    this.vcpus = Array.from(
      { length: count },
      (_, id) => new Vcpu(id, new LocalApic(id), new UintrUnit({ enumerated: true, flexibleUiret: false, x2apic: true })),
    );
    this.steps = this.vcpus.map(() => 0);
    this.queue.schedule(0, 0);
  }

  nextEventTime(): number {
    return this.queue.nextTime();
  }

  fireEvents(time: number): void {
    for (let due = this.queue.popDue(time); due; due = this.queue.popDue(time)) {
      const vcpu = this.vcpus[due.payload]!;
      this.trace.push(`event ${vcpu.id} @${due.time}`);
      if (vcpu.mode !== 'idle') continue;
      vcpu.clock = Math.max(vcpu.clock, due.time);
      vcpu.mode = 'user';
    }
  }

  runUser(vcpu: Vcpu, deadline: number): void {
    while (vcpu.clock < deadline) {
      const step = this.steps[vcpu.id]!++;
      this.trace.push(`${vcpu.id}:${step} @${vcpu.clock}`);
      vcpu.clock += 1 + ((step * 13 + vcpu.id * 5) % 9) * (step % 17 === 0 ? 40 : 1);
      if (step >= this.lifetime) {
        vcpu.mode = 'idle';
        return;
      }
      if (step % 11 === 10) this.queue.schedule(vcpu.clock + 277, (vcpu.id + 1) % this.vcpus.length);
      if (step % 7 === 6) return vcpu.charge(50 + step);
    }
  }

  finishKernelWork(vcpu: Vcpu): void {
    vcpu.clock = vcpu.busyUntil;
    this.trace.push(`${vcpu.id} back @${vcpu.clock}`);
    vcpu.mode = this.steps[vcpu.id]! % 5 === 0 ? 'idle' : 'user';
    if (vcpu.mode === 'idle') this.queue.schedule(vcpu.clock + 900, vcpu.id);
  }
}

function runInSlices(vcpus: number, slice: number): string[] {
  const machine = new FakeMachine(vcpus, 300);
  for (let limit = slice; ; limit += slice) {
    const result = advance(machine, limit);
    if (result === 'quiescent') return machine.trace;
    if (limit > 1e7) throw new Error('never quiescent');
  }
}

for (const vcpus of [1, 2, 3])
  test(`${vcpus} vCPUs: any slicing of time gives the same run`, () => {
    const whole = runInSlices(vcpus, 1e6);
    expect(whole.length).toBeGreaterThan(300);
    for (const slice of [1, 7, 99, 100, 1000]) expect(runInSlices(vcpus, slice)).toEqual(whole);
  });

test('no vCPU is ever more than a quantum and one instruction behind another that runs user code', () => {
  const machine = new FakeMachine(2, 300);
  const seen: number[] = [0, 0];
  const runUser = machine.runUser.bind(machine);
  machine.runUser = (vcpu, deadline) => {
    const other = machine.vcpus[1 - vcpu.id]!;
    if (other.mode === 'user') expect(deadline - other.clock).toBeLessThanOrEqual(machine.quantum);
    seen[vcpu.id]!++;
    runUser(vcpu, deadline);
  };
  advance(machine, 1e6);
  expect(Math.min(...seen)).toBeGreaterThan(10);
});

test('a stop request ends the loop between two actions', () => {
  const machine = new FakeMachine(2, 300);
  const fire = machine.fireEvents.bind(machine);
  machine.fireEvents = (time) => {
    fire(time);
    machine.stopRequested = true;
  };
  expect(advance(machine, 1e6)).toBe('stopped');
  expect(machine.trace).toEqual(['event 0 @0']);
});

test('a vCPU goes on in one turn while the others have nothing to do, up to the epoch in which one has', () => {
  const machine = new FakeMachine(3, 300);
  machine.vcpus[1]!.mode = 'kernel';
  machine.vcpus[1]!.busyUntil = 2350;
  machine.vcpus[2]!.mode = 'kernel';
  machine.vcpus[2]!.busyUntil = 1050;
  const deadlines: number[] = [];
  const runUser = machine.runUser.bind(machine);
  machine.runUser = (vcpu, deadline) => {
    if (machine.trace.every((line) => !line.startsWith('2 back'))) deadlines.push(deadline);
    runUser(vcpu, deadline);
  };
  advance(machine, 1e6);
  expect(deadlines[0]).toBe(1000);
  expect(deadlines.slice(0, -1).every((deadline) => deadline <= 1000)).toBe(true);
});
