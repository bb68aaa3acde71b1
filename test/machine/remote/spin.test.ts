// The pause loop of a parked thread is not interpreted, and nothing can tell.

import { expect, test } from 'vitest';
import type { Machine } from '../../../src/machine/machine.ts';
import type { RemoteStep } from '../../../src/machine/remote/remote-call.ts';
import { remoteTask } from '../../../src/machine/remote/programs/thread.ts';
import { STUBS } from '../../../src/kernel/remote/code-page.ts';
import { guest, newMachine, spawn } from '../run-guest.ts';
import { call, connect, createThread, instruction, receive, senduipi, settle, syscall, syscallStep, taken, UINTR } from './harness.ts';

/** The same machine with an engine that executes every PAUSE. */
function interpreting(machine: Machine): Machine {
  Object.defineProperty(machine.board, 'isSpinning', { value: () => false });
  return machine;
}

/** What a vCPU has done by `time`. */
function standing(machine: Machine, time: number): unknown {
  machine.advanceTo(time);
  machine.board.suspendAll();
  return machine.board.vcpus.map((vcpu) => ({
    mode: vcpu.mode,
    clock: vcpu.clock,
    executed: machine.board.instructionsOf(vcpu),
    rip: machine.board.kernel.current(vcpu)?.context.rip,
  }));
}

for (const instructionCost of [1, 3])
  test(`the loop advances as the engine executes it, at ${instructionCost} cycles an instruction`, () => {
    const make = (): Machine => {
      const machine = newMachine({ vcpus: 2, abi: 'poc', cost_overrides: { instruction: instructionCost } });
      createThread(machine, { affinity: 1 });
      // Something that goes on: the loop is only passed by where it stands still altogether.
      spawn(machine, guest('uipi_spin.poc'), { affinity: 2 });
      return machine;
    };
    const [passed, executed] = [make(), interpreting(make())];
    let compared = 0;
    for (let time = 14_000; time < 90_000; time += 3071) {
      const [a, b] = [standing(passed, time), standing(executed, time)] as [{ clock: number; mode: string }[], { clock: number }[]];
      // The engine finishes the instruction that it has begun; the loop that is passed by counts it when it is over.
      const late = b[0]!.clock - a[0]!.clock;
      expect([0, instructionCost === 1 ? 0 : instructionCost]).toContain(late);
      if (late > 0) continue;
      expect(a[0]).toEqual(b[0]);
      compared++;
    }
    expect(compared).toBeGreaterThan(instructionCost === 1 ? 20 : 4);
  });

test('interrupts, timers and calls meet the loop where the engine would be', () => {
  const script = (machine: Machine): unknown => {
    const [a, b, sleeper] = [createThread(machine), createThread(machine), createThread(machine, { park: 'block' })];
    const observer = machine.board.remoteObserver;
    // While a timer is set, time does not stand still.
    const { data } = remoteTask(machine, sleeper).remote;
    const tenSeconds = new Uint8Array(BigInt64Array.of(10n, 0n).buffer);
    let time = 20_000;
    const at = (tid: number, ...steps: RemoteStep[]): void => {
      machine.advanceTo(time);
      machine.apply('remote_call', { tid, name: 'Test', steps });
      // Where all vCPUs stand together.
      time += 5200;
    };
    at(sleeper, { kind: 'store', address: data, bytes: tenSeconds }, syscallStep(35, data, 0));
    time += 40_000;
    const { code } = remoteTask(machine, b).remote;
    at(b, syscallStep(UINTR.register_handler, code + STUBS.remote_handler_automatic.start, 0), instruction('stui'));
    at(b, syscallStep(UINTR.register_self, 3, 0));
    at(b, syscallStep(UINTR.vector_fd, 7, 0));
    machine.advanceTo(time);
    const passed = machine.apply('pass_descriptor', { fromPid: b, fd: 3, toPid: a });
    at(a, syscallStep(UINTR.register_sender, passed.fd, 0));
    for (let round = 0; round < 20; round++) {
      at(a, ...Array.from({ length: (round % 3) + 1 }, () => senduipi(0)));
      if (round % 4 === 0) at(b, senduipi(0));
    }
    machine.advanceTo(time);
    machine.board.suspendAll();
    const interrupts = taken(machine, b).map(({ eventSequence: _, ...interrupt }) => interrupt);
    expect(interrupts.length).toBeGreaterThan(20);
    // vCPU 2 went to sleep before there was a timer: only where its loop is executed did time pass until then.
    // The engine finishes the instruction that it has begun; the loop that is passed by counts it when it is over.
    const standing = machine.board.vcpus.slice(0, 2).map(({ clock, mode }) => ({ reached: clock > time - 2 && clock < time + 2, mode }));
    return [observer.ended, interrupts, standing];
  };
  expect(script(newMachine({ vcpus: 3, abi: 'poc' }))).toEqual(script(interpreting(newMachine({ vcpus: 3, abi: 'poc' }))));
});

test('a machine of parked threads is dormant', () => {
  const machine = newMachine({ vcpus: 3, abi: 'poc' });
  const threads = [createThread(machine), createThread(machine, { park: 'block' }), createThread(machine)];
  settle(machine);
  const { time } = machine;
  for (let i = 0; i < 3; i++) expect(machine.runSlice()).toBe('quiescent');
  expect(machine.time).toBe(time);
  expect(syscall(machine, threads[0]!, 39)).toBe(threads[0]);
  expect(machine.time).toBeGreaterThan(time);
  settle(machine);
  expect(machine.time).toBeLessThan(time + 10_000);
});

test('a masked interrupt leaves the machine dormant, STUI delivers it', () => {
  const machine = newMachine({ vcpus: 2, abi: 'poc' });
  const [a, b] = [createThread(machine), createThread(machine)];
  const toB = connect(machine, b, receive(machine, b, 1), a);
  call(machine, b, instruction('clui'));
  call(machine, a, senduipi(toB));
  settle(machine);
  expect(taken(machine, b)).toEqual([]);
  call(machine, b, instruction('stui'));
  expect(taken(machine, b)).toMatchObject([{ vector: 1 }]);
});

test('three threads on two vCPUs take turns, and every call ends', () => {
  const machine = newMachine({ vcpus: 2, abi: 'poc' });
  const threads = [createThread(machine), createThread(machine), createThread(machine)];
  for (let round = 0; round < 4; round++) for (const tid of threads) expect(syscall(machine, tid, 186)).toBe(tid);
  for (let slices = 0; slices < 50; slices++) expect(machine.runSlice()).not.toBe('quiescent');
  const used = threads.map((tid) => machine.board.kernel.pids.tasks.get(tid)!.usage.user);
  expect(Math.min(...used)).toBeGreaterThan(10_000_000);
});
