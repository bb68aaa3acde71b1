// Inputs from outside on machines whose threads do as they please.

import { expect, test } from 'vitest';
import { makeElf } from '../kernel/elf-maker.ts';
import { finish, newMachine, spawn } from './run-guest.ts';

/** jmp to itself. */
const SPIN = Uint8Array.of(0xeb, 0xfe);

for (const affinity of [1, 2, 3])
  test(`a signal reaches a thread that never leaves user mode (affinity ${affinity})`, () => {
    const machine = newMachine();
    const pids = [0, 1, 2].map(() => spawn(machine, makeElf({ code: SPIN }), { affinity }));
    machine.advanceTo(1_000_000);
    for (const pid of pids) {
      machine.apply('signal_process', { pid, tid: 0, signal: 15 });
      machine.advanceTo(machine.time + 100_000_000);
      expect(machine.programs.get(pid)!.process.exitStatus).toMatchObject({ kind: 'killed', signal: 15 });
    }
    expect(finish(machine, pids[0]!).reason).toBe('quiescent');
  });

const REFUSED = [
  [{ pid: 99, tid: 0, signal: 15 }, 'PROCESS_NOT_FOUND'],
  [{ pid: 1, tid: 0, signal: 15 }, 'PROCESS_NOT_FOUND'],
  [{ pid: 2, tid: 77, signal: 15 }, 'THREAD_NOT_FOUND'],
  [{ pid: 2, tid: 0, signal: 0 }, 'INVALID_FIELD'],
  [{ pid: 2, tid: 0, signal: 65 }, 'INVALID_FIELD'],
  [{ pid: 2, tid: 0, signal: 1.5 }, 'INVALID_FIELD'],
] as const;

for (const [fields, code] of REFUSED)
  test(`signal ${JSON.stringify(fields)} is refused with ${code}`, () => {
    const machine = newMachine();
    spawn(machine, makeElf({ code: SPIN }));
    expect(() => machine.apply('signal_process', fields)).toThrow(expect.objectContaining({ code }));
  });

test('a program that is no program is refused, and the machine goes on', () => {
  const machine = newMachine();
  expect(() => spawn(machine, new TextEncoder().encode('not a program'))).toThrow(expect.objectContaining({ code: 'NOT_EXECUTABLE' }));
  expect(() => spawn(machine, makeElf({ code: SPIN }).subarray(0, 100))).toThrow(expect.objectContaining({ code: 'NOT_EXECUTABLE' }));
  const pid = spawn(machine, makeElf({ code: SPIN }));
  machine.advanceTo(1000);
  expect(machine.programs.get(pid)!.process.exitStatus).toBeNull();
});
