// How calls and remote threads end, and what is refused.

import { expect, test } from 'vitest';
import type { Machine } from '../../../src/machine/machine.ts';
import { remoteTask } from '../../../src/machine/remote/programs/thread.ts';
import { threadInfos } from '../../../src/machine/reports.ts';
import { newMachine } from '../run-guest.ts';
import { call, connect, createThread, outcomeOf, receive, senduipi, settle, syscall, syscallStep, UINTR } from './harness.ts';

const begin = (machine: Machine, tid: number, ...steps: Parameters<typeof call>[2][]): number =>
  machine.apply('remote_call', { tid, name: 'Busy', steps }).call;
const refused = (code: string): object => expect.objectContaining({ code });

test('an index that is not valid kills the thread and says why', () => {
  const machine = newMachine({ vcpus: 2, abi: 'poc' });
  const [a, b] = [createThread(machine), createThread(machine)];
  connect(machine, b, receive(machine, b, 1), a);
  const outcome = outcomeOf(machine, a, begin(machine, a, senduipi(0), senduipi(7), senduipi(0)));
  expect(outcome).toMatchObject({ outcome: 'killed', number: 11, text: expect.stringContaining('#GP at senduipi: UITT entry 7') });
  expect(outcome.results).toHaveLength(1);
  expect(() => call(machine, a, senduipi(0))).toThrow(refused('THREAD_NOT_FOUND'));
});

test('SENDUIPI without a table is #UD', () => {
  const machine = newMachine({ vcpus: 1, abi: 'poc' });
  const tid = createThread(machine);
  expect(outcomeOf(machine, tid, begin(machine, tid, senduipi(0)))).toMatchObject({
    outcome: 'killed',
    number: 4,
    text: expect.stringContaining('#UD'),
  });
});

test('a thread that waits in a system call is busy, and a signal ends both', () => {
  const machine = newMachine({ vcpus: 1 });
  const tid = createThread(machine);
  const number = begin(machine, tid, syscallStep(34));
  settle(machine);
  expect(threadInfos(machine, 0)).toMatchObject([{ tid, state: 'blocked', remote: { park: 'spin', call: 'Busy', handlerDepth: 0 } }]);
  expect(() => begin(machine, tid, syscallStep(39))).toThrow(refused('THREAD_BUSY'));
  machine.apply('signal_process', { pid: tid, tid: 0, signal: 9 });
  expect(outcomeOf(machine, tid, number)).toMatchObject({ outcome: 'killed', number: 9, text: '' });
});

test('exit ends the call, and no thread is left', () => {
  const machine = newMachine({ vcpus: 1 });
  const tid = createThread(machine);
  expect(outcomeOf(machine, tid, begin(machine, tid, syscallStep(60, 3)))).toMatchObject({
    outcome: 'killed',
    number: 0,
    text: expect.stringContaining('3'),
  });
  expect(threadInfos(machine, 0)).toEqual([]);
});

test('threads that are not there, not remote, or of no process', () => {
  const machine = newMachine({ vcpus: 1 });
  expect(() => begin(machine, 77, syscallStep(39))).toThrow(refused('THREAD_NOT_FOUND'));
  expect(() => createThread(machine, { pid: 77 })).toThrow(refused('PROCESS_NOT_FOUND'));
  expect(() => machine.apply('pass_descriptor', { fromPid: 1, fd: 0, toPid: 1 })).toThrow(refused('PROCESS_NOT_FOUND'));
});

test('memory: what is stored is loaded, and what is not mapped ends the call alone', () => {
  const machine = newMachine({ vcpus: 1 });
  const tid = createThread(machine);
  const { data } = remoteTask(machine, tid).remote;
  const bytes = Uint8Array.from({ length: 9000 }, (_, i) => i & 0xff);
  const outcome = call(machine, tid, { kind: 'store', address: data + 100, bytes }, { kind: 'load', address: data + 100, length: 9000 });
  expect(outcome).toMatchObject({ outcome: 'done', results: [{ kind: 'value' }, { kind: 'bytes', bytes }] });
  expect(outcome.endCycle).toBe(outcome.startCycle);
  const faulted = call(machine, tid, { kind: 'load', address: 0x1000, length: 8 });
  expect(faulted).toMatchObject({ outcome: 'faulted', text: expect.stringContaining('0x1000') });
  expect(syscall(machine, tid, 39)).toBe(tid);
});

test('a second thread shares the process of the first; a child of fork waits for calls of its own', () => {
  const machine = newMachine({ vcpus: 2, abi: 'poc' });
  const first = createThread(machine);
  const second = createThread(machine, { pid: first });
  expect(syscall(machine, second, 39)).toBe(first);
  expect(syscall(machine, second, 186)).toBe(second);
  const child = syscall(machine, first, 57);
  expect(child).toBeGreaterThan(second);
  expect(syscall(machine, child, 110)).toBe(first);
  expect(syscall(machine, first, UINTR.wait, 0, 0)).toBe(0);
});
