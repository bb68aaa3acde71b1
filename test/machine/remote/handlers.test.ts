// Interrupts that remote threads take: in handlers that return by themselves, in handlers that wait, and in their sleep.

import { expect, test } from 'vitest';
import { newMachine } from '../run-guest.ts';
import { remoteTask } from '../../../src/machine/remote/programs/thread.ts';
import {
  call,
  connect,
  createThread,
  instruction,
  outcomeOf,
  receive,
  senduipi,
  settle,
  syscall,
  syscallStep,
  taken,
  UINTR,
  value,
} from './harness.ts';

test('a manual handler stays, executes calls, nests after STUI, and returns in order', () => {
  const machine = newMachine({ vcpus: 2, abi: 'poc' });
  const [a, b] = [createThread(machine), createThread(machine)];
  const toB = connect(machine, b, receive(machine, b, 4, 'manual'), a);
  const remote = remoteTask(machine, b).remote;
  call(machine, a, senduipi(toB));
  settle(machine);
  expect(remote.handlerDepth).toBe(1);
  expect(value(call(machine, b, instruction('testui')))).toBe(0n);
  expect(syscall(machine, b, 39)).toBe(b);
  call(machine, a, senduipi(toB));
  settle(machine);
  expect(remote.handlerDepth).toBe(1);
  expect(call(machine, b, instruction('stui'), instruction('testui'))).toMatchObject({
    outcome: 'interrupted',
    number: 4,
    results: [{ value: 0n }],
  });
  expect(remote.handlerDepth).toBe(2);
  expect(taken(machine, b)).toMatchObject([
    { handlerDepth: 1 },
    { handlerDepth: 2, symbol: expect.stringMatching(/^remote_handler_manual/) },
  ]);
  for (const depth of [1, 0]) {
    expect(call(machine, b, instruction('uiret'))).toMatchObject({ outcome: 'done' });
    expect(remote.handlerDepth).toBe(depth);
  }
  expect(value(call(machine, b, instruction('testui')))).toBe(1n);
});

test('UIRET outside a handler kills the thread, as it does a program', () => {
  const machine = newMachine({ vcpus: 1, abi: 'poc' });
  const tid = createThread(machine);
  const { call: number } = machine.apply('remote_call', { tid, name: 'Test', steps: [instruction('uiret'), syscallStep(39)] });
  expect(outcomeOf(machine, tid, number)).toMatchObject({ outcome: 'killed', number: 11 });
});

for (const [name, flags] of [
  ['RECEIVER', 0x1000],
  ['SENDER', 0x2000],
] as const)
  for (const mode of ['automatic', 'manual'] as const)
    test(`WAITING_${name} wakes a sleeping thread (${mode}), which sleeps again`, () => {
      const machine = newMachine({ vcpus: 2, abi: 'poc' });
      const [a, b] = [createThread(machine), createThread(machine, { park: 'block' })];
      const toB = connect(machine, b, receive(machine, b, 9, mode, flags), a);
      for (let round = 0; round < 3; round++) {
        settle(machine);
        expect(remoteTask(machine, b).state).toBe('blocked');
        expect(value(call(machine, a, senduipi(toB)))).toBeGreaterThan(0n);
        settle(machine);
        expect(taken(machine, b)).toMatchObject([{ vector: 9, sources: [{ sender: a }] }]);
        if (mode === 'manual') call(machine, b, instruction('uiret'));
      }
      settle(machine);
      expect(remoteTask(machine, b).state).toBe('blocked');
      expect(syscall(machine, b, 39)).toBe(b);
    });

test('without a WAITING flag a sleeping thread takes its interrupt when a call wakes it', () => {
  const machine = newMachine({ vcpus: 2, abi: 'poc' });
  const [a, b] = [createThread(machine), createThread(machine, { park: 'block' })];
  const toB = connect(machine, b, receive(machine, b, 2), a);
  settle(machine);
  call(machine, a, senduipi(toB));
  settle(machine);
  expect(taken(machine, b)).toEqual([]);
  expect(syscall(machine, b, 39)).toBe(b);
  expect(taken(machine, b)).toMatchObject([{ vector: 2 }]);
});

test('uintr_wait ends with EINTR behind the handler of its interrupt', () => {
  const machine = newMachine({ vcpus: 2, abi: 'poc' });
  const [a, b] = [createThread(machine), createThread(machine)];
  const toB = connect(machine, b, receive(machine, b, 6, 'automatic', 0x1000), a);
  const { call: waiting } = machine.apply('remote_call', { tid: b, name: 'Wait', steps: [syscallStep(UINTR.wait, 1_000_000, 0)] });
  machine.advanceTo(machine.time + 10_000);
  call(machine, a, senduipi(toB));
  expect(outcomeOf(machine, b, waiting)).toMatchObject({ outcome: 'done', results: [{ value: -4n }] });
  expect(taken(machine, b)).toMatchObject([{ vector: 6 }]);
});
