// Remote threads: real threads of the guest whose steps come from outside.

import { expect, test } from 'vitest';
import { newMachine, watch } from '../run-guest.ts';
import { call, connect, createThread, instruction, receive, senduipi, settle, syscall, taken, value } from './harness.ts';

test('a thread executes system calls and stays where it was', () => {
  const machine = newMachine({ vcpus: 1 });
  const tid = createThread(machine);
  expect(syscall(machine, tid, 39)).toBe(tid);
  expect(syscall(machine, tid, 186)).toBe(tid);
  expect(syscall(machine, tid, 9999)).toBe(-38);
});

test('two threads interrupt each other', () => {
  const machine = newMachine({ vcpus: 2, abi: 'poc' });
  const events = watch(machine);
  const [a, b] = [createThread(machine), createThread(machine)];
  const toA = connect(machine, a, receive(machine, a, 3), b);
  const toB = connect(machine, b, receive(machine, b, 5), a);
  for (let round = 0; round < 3; round++) {
    const sent = call(machine, a, senduipi(toB));
    settle(machine);
    expect(taken(machine, b)).toMatchObject([
      {
        tid: b,
        vector: 5,
        sources: [{ interrupt: Number(value(sent)), sender: a }],
        symbol: expect.stringMatching(/^remote_park/),
        handlerDepth: 1,
      },
    ]);
    call(machine, b, senduipi(toA));
    settle(machine);
    expect(taken(machine, a)).toMatchObject([{ vector: 3, sources: [{ sender: b }] }]);
  }
  expect(events.filter(({ kind }) => kind === 'uiret')).toHaveLength(6);
  expect(value(call(machine, a, instruction('testui')))).toBe(1n);
});
