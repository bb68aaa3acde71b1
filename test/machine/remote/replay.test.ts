// Calls of remote threads are inputs: however time is sliced, and in a replay of the journal, the same state and the same events.

import { expect, test } from 'vitest';
import { createThread, receive, connect, senduipi, instruction, syscallStep } from './harness.ts';
import { Machine } from '../../../src/machine/machine.ts';
import type { MachineSpec } from '../../../src/machine/machine-spec.ts';
import type { RemoteStep } from '../../../src/machine/remote/remote-call.ts';
import { guest, newMachine, spawn, stepModule } from '../run-guest.ts';

interface Setup {
  readonly machine: Machine;
  readonly threads: readonly number[];
  readonly indexes: readonly number[];
}

function setUp(spec: Partial<MachineSpec>, park: 'spin' | 'block', program: string | null): Setup {
  const machine = newMachine({ abi: 'poc', ...spec });
  if (program) spawn(machine, guest(program));
  const threads = [createThread(machine, { park }), createThread(machine)];
  const flags = park === 'block' ? 0x1000 : 0;
  const fds = threads.map((tid, i) => receive(machine, tid, i + 1, 'automatic', flags));
  const indexes = [connect(machine, threads[1]!, fds[1]!, threads[0]!), connect(machine, threads[0]!, fds[0]!, threads[1]!)];
  return { machine, threads, indexes };
}

const SCRIPT: readonly ((index: number) => RemoteStep[])[] = [
  (index) => [senduipi(index)],
  () => [instruction('testui')],
  (index) => [senduipi(index), senduipi(index), syscallStep(39)],
  () => [instruction('clui')],
  () => [syscallStep(24)],
  () => [instruction('stui')],
];

/** Runs calls in LOCKSTEP: time stops at the end of each. Slices are at most `slice` cycles. */
function play({ machine, threads, indexes }: Setup, calls: number, slice: number): void {
  const observer = machine.board.remoteObserver;
  for (let i = 0; i < calls; i++) {
    const which = (i * 7 + (i >> 3)) % 2;
    const tid = threads[which]!;
    const { call } = machine.apply('remote_call', { tid, name: 'Test', steps: SCRIPT[i % SCRIPT.length]!(indexes[which]!) });
    machine.remoteInterest = (other) => other === tid;
    let slices = 0;
    while (!observer.ended.some(({ outcome, cycle }) => outcome.call === call && machine.hasPassed(cycle))) {
      machine.runSlice(machine.time + slice);
      if (++slices > 100_000) throw new Error(`call ${i} does not end`);
    }
    machine.remoteInterest = () => false;
  }
  for (let slices = 0; slices < 300 && machine.runSlice(machine.time + 100_000) !== 'quiescent'; slices++);
}

function bytesOf(machine: Machine): string {
  return Buffer.from(machine.events.take()?.bytes ?? []).toString('latin1');
}

const MACHINES: readonly [name: string, spec: Partial<MachineSpec>, park: 'spin' | 'block', program: string | null][] = [
  ['one vCPU', { vcpus: 1 }, 'spin', null],
  ['two vCPUs', { vcpus: 2 }, 'spin', null],
  ['a thread that sleeps', { vcpus: 2 }, 'block', null],
  ['three vCPUs beside a program', { vcpus: 3 }, 'spin', 'uipi_spin.poc'],
  ['one vCPU shared with a program', { vcpus: 1 }, 'block', 'threads'],
  ['four vCPUs beside a program with threads', { vcpus: 4 }, 'block', 'threads'],
  ['instructions of 3 cycles', { vcpus: 2, cost_overrides: { instruction: 3 } }, 'spin', 'threads'],
];

for (const [name, spec, park, program] of MACHINES)
  test(`${name}: calls in other slices, and their replay, end alike`, () => {
    const calls = program ? 150 : 300;
    const [whole, sliced] = [setUp(spec, park, program), setUp(spec, park, program)];
    play(whole, calls, 2_000_000);
    play(sliced, calls, 937);
    expect(sliced.machine.journal.entries.map(({ time }) => time)).toEqual(whole.machine.journal.entries.map(({ time }) => time));
    const hash = whole.machine.hash();
    expect(sliced.machine.hash()).toBe(hash);
    const replayed = Machine.replay(whole.machine.spec, stepModule(), whole.machine.journal.entries);
    replayed.advanceTo(whole.machine.time);
    expect(replayed.hash()).toBe(hash);
    const events = bytesOf(whole.machine);
    expect(bytesOf(sliced.machine)).toBe(events);
    expect(bytesOf(replayed)).toBe(events);
  });

test('a thousand calls, twice, in slices of different lengths', () => {
  const [first, second] = [setUp({ vcpus: 2 }, 'spin', null), setUp({ vcpus: 2 }, 'spin', null)];
  play(first, 1000, 2_000_000);
  play(second, 1000, 211);
  expect(second.machine.hash()).toBe(first.machine.hash());
  expect(bytesOf(second.machine)).toBe(bytesOf(first.machine));
});
