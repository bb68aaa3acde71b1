// A machine is a state machine: the same spec and inputs give the same state and the same bytes of events, however time is sliced.

import { expect, test } from 'vitest';
import { Machine } from '../../src/machine/machine.ts';
import { DEFAULT_SPEC, type MachineSpec } from '../../src/machine/machine-spec.ts';
import { finish, guest, newMachine, spawn, stepModule } from './run-guest.ts';

const PROGRAMS: readonly [name: string, spec: Partial<MachineSpec>][] = [
  ['hello', {}],
  ['uipi_sample.poc', { abi: 'poc' }],
  ['uipi_sample.rfc', { abi: 'rfc' }],
  ['uipi_spin.poc', { abi: 'poc' }],
  ['threads', { vcpus: 3 }],
  ['fork_wait', {}],
  ['pipes', {}],
  ['uring/workers', { abi: 'none', vcpus: 2 }],
];

/** Events of guests alone: states of the machine are changed from outside. */
function eventBytes(machine: Machine): string {
  return Buffer.from(machine.events.take()?.bytes ?? []).toString('latin1');
}

for (const [name, spec] of PROGRAMS)
  test(`${name}: two runs, and runs in other slices, end in the same state with the same events`, () => {
    const runs = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 999, 40_000].map((slice) => {
      const machine = newMachine(spec);
      const pid = spawn(machine, guest(name));
      for (let limit = slice; limit < 4_000_000; limit += slice) machine.advanceTo(limit);
      const outcome = finish(machine, pid);
      expect(outcome.status).toBe(0);
      return { hash: machine.hash(), events: eventBytes(machine), time: machine.time };
    });
    for (const run of runs) expect(run).toEqual(runs[0]);
  });

test('the journal replays to an equal state', () => {
  const machine = newMachine();
  const first = spawn(machine, guest('uipi_sample.poc'));
  machine.advanceTo(50_000);
  machine.apply('write_file', { path: '/tmp/note', bytes: new TextEncoder().encode('later'), mode: 0o600 });
  const second = spawn(machine, guest('fork_wait'));
  machine.advanceTo(400_000);
  machine.apply('signal_process', { pid: second, tid: 0, signal: 15 });
  finish(machine, first);
  const third = spawn(machine, guest('hello'));
  finish(machine, third);

  const replayed = Machine.replay(DEFAULT_SPEC, stepModule(), machine.journal.entries);
  finish(replayed, third);
  expect(replayed.hash()).toBe(machine.hash());
  expect(replayed.journal.entries).toEqual(machine.journal.entries);
  expect(eventBytes(replayed)).toBe(eventBytes(machine));
});

test('another seed is another machine', () => {
  const [one, other] = [0n, 1n].map((seed) => {
    const machine = newMachine({ seed });
    finish(machine, spawn(machine, guest('hello')));
    return machine.hash();
  });
  expect(one).not.toBe(other);
});

test('one flipped bit in each class of state changes the hash', () => {
  const machine = newMachine();
  spawn(machine, guest('uipi_spin.poc'));
  machine.advanceTo(40_000);
  const { board } = machine;
  const task = [...board.kernel.pids.tasks.values()][0]!;
  const before = machine.hash();
  const flips: readonly [what: string, flip: () => void][] = [
    ['RAM', () => void (board.physical.bytes[task.mm.space.translate(task.mm.codeStart, 'read')]! ^= 1)],
    ['general register', () => void (task.context.bytes[3]! ^= 0x10)],
    ['x87 register', () => void (task.context.bytes[0x203]! ^= 0x10)],
    ['XMM register', () => void (task.context.bytes[0x11f]! ^= 0x01)],
    ['MXCSR', () => void (task.context.bytes[0x0a0]! ^= 0x20)],
    ['UIRR', () => void (board.vcpus[0]!.uintr.rr ^= 1n << 40n)],
    ['UIF', () => void (board.vcpus[0]!.uintr.uif = !board.vcpus[0]!.uintr.uif)],
    ['APIC', () => void (board.vcpus[1]!.apic.irr[3]! ^= 4)],
    ['clock', () => void (board.vcpus[0]!.clock ^= 1)],
    ['random generator', () => void ((board.random as unknown as { words: Uint32Array }).words[2]! ^= 1)],
    ['signal mask', () => void (task.signals.blocked ^= 1n << 9n)],
    ['descriptor table', () => void (board.kernel.hostname = board.kernel.hostname === 'x' ? 'uintrd' : 'x')],
  ];
  for (const [what, flip] of flips) {
    flip();
    expect(machine.hash(), what).not.toBe(before);
    flip();
    expect(machine.hash(), `${what}, flipped back`).toBe(before);
  }
});
