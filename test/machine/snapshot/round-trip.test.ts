// A machine that is captured at any moment, read back into a new one and continued is the machine that was never captured:
// equal hash, equal bytes of events, equal output.

import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../src/machine/machine.ts';
import { DEFAULT_SPEC, type MachineSpec } from '../../../src/machine/machine-spec.ts';
import { capture, fork, restore } from '../../../src/machine/snapshot/image.ts';
import { finish, guest, newMachine, spawn, type SpawnOptions, stepModule } from '../run-guest.ts';
import { call, connect, createThread, outcomeOf, receive, senduipi, syscall, syscallStep } from '../remote/harness.ts';

/** What has been said outside since the last look. */
function said(machine: Machine): { events: string; output: unknown } {
  return { events: Buffer.from(machine.events.take()?.bytes ?? []).toString('latin1'), output: machine.consoles.takeOutput() };
}

/** Through what threads hand to each other. */
function copyOf(machine: Machine): Machine {
  return restore(machine.spec, stepModule(), structuredClone(capture(machine)));
}

/** `original` and its copy let the same time pass. */
function expectEqualFrom(original: Machine, copy: Machine, times: readonly number[]): void {
  expect(copy.hash()).toBe(original.hash());
  for (const time of times) {
    for (const machine of [original, copy]) machine.advanceTo(time);
    expect(copy.hash()).toBe(original.hash());
    expect(said(copy)).toEqual(said(original));
  }
  expect(copy.time).toBe(original.time);
}

interface Row {
  readonly name: string;
  readonly spec?: Partial<MachineSpec>;
  readonly spawn?: SpawnOptions;
  /** Virtual time to look at, in cycles. */
  readonly until?: number;
}

const ROWS: readonly Row[] = [
  { name: 'uipi_sample.poc' },
  { name: 'waiting.rfc', spec: { abi: 'rfc' } },
  { name: 'waiting.k518', spec: { abi: 'k518' } },
  { name: 'threads', spec: { vcpus: 3 } },
  { name: 'fork_wait' },
  { name: 'signals' },
  { name: 'timers' },
  { name: 'tcp' },
  { name: 'unix_rights' },
  { name: 'epoll' },
  { name: 'inotify' },
  { name: 'posix_queues' },
  { name: 'shared_memory' },
  { name: 'semaphores' },
  { name: 'tty', spawn: { terminal: { rows: 24, columns: 80 } } },
  { name: 'tty_jobs' },
  { name: 'locks' },
  { name: 'pidfds' },
  { name: 'files', spec: { storage: 'nvme' } },
  { name: 'uring/features', spec: { storage: 'nvme' } },
  { name: 'uring/storage', spec: { storage: 'disk' } },
  { name: 'async-io/async_io.poc', spec: { storage: 'nvme' } },
];

describe('guest programs', () => {
  for (const [at, { name, spec = {}, spawn: options = {}, until = 20_000_000 }] of ROWS.entries())
    test(name, () => {
      const dry = newMachine(spec);
      finish(dry, spawn(dry, guest(name), options), until);
      const end = dry.time;
      // Another moment for each program, the same every day.
      const moment = Math.floor((((at + 1) * 0.618_034) % 1) * end);
      const machine = newMachine(spec);
      spawn(machine, guest(name), options);
      machine.advanceTo(moment);
      said(machine);
      expectEqualFrom(machine, copyOf(machine), [Math.floor((machine.time + end) / 2), end + 1000]);
    });
});

test('a copy of a copy, at many moments of one program', () => {
  const original = newMachine();
  spawn(original, guest('uipi_spin.poc'));
  let copy = newMachine();
  spawn(copy, guest('uipi_spin.poc'));
  for (let time = 3000; time < 90_000; time += 7001) {
    copy.advanceTo(time);
    copy = copyOf(copy);
  }
  original.advanceTo(90_000);
  copy.advanceTo(90_000);
  expect(copy.hash()).toBe(original.hash());
});

test('a fork is the original, and both go on independently of one another', () => {
  const original = newMachine();
  spawn(original, guest('threads'));
  original.advanceTo(60_000);
  said(original);
  const [copy, other, untouched] = [fork(original, stepModule()), fork(original, stepModule()), copyOf(original)];
  const { freeFrames } = untouched.board.physical;
  expect(copy.board.physical.freeFrames).toBe(freeFrames);
  other.apply('write_file', { path: '/tmp/other', bytes: new Uint8Array(100_000), mode: 0o600 });
  other.advanceTo(200_000);
  expect(copy.hash()).toBe(untouched.hash());
  expectEqualFrom(original, copy, [90_000, 2_000_000]);
  untouched.advanceTo(2_000_000);
  expect(untouched.hash()).toBe(copy.hash());
  expect(other.hash()).not.toBe(copy.hash());
});

test('a machine that was stopped between times that its vCPUs reach together goes on from there', () => {
  const machine = newMachine({ vcpus: 2 });
  spawn(machine, guest('threads'));
  let left = 300;
  machine.board.conditions = [{ isReached: () => left-- <= 0, allowance: () => 1000, executed: () => {} }];
  machine.runSlice();
  machine.board.conditions = [];
  expect(machine.position.place).not.toBeNull();
  said(machine);
  const copy = copyOf(machine);
  expect(copy.position).toEqual(machine.position);
  expectEqualFrom(machine, copy, [machine.time + 500_000]);
});

test('remote threads: interrupts on their way, handlers, calls in progress, what was taken and not yet told', () => {
  const machine = newMachine({ time_mode: 'LOCKSTEP' });
  const receiver = createThread(machine, { affinity: 1 });
  const sender = createThread(machine, { affinity: 2 });
  const index = connect(machine, receiver, receive(machine, receiver, 5), sender);
  call(machine, sender, senduipi(index), senduipi(index));
  // In progress: it has not been waited for.
  const { call: number } = machine.apply('remote_call', { tid: sender, name: 'Later', steps: [senduipi(index), syscallStep(39)] });
  said(machine);
  const copy = copyOf(machine);
  expect(copy.board.remoteObserver.taken).toEqual(machine.board.remoteObserver.taken);
  expect(outcomeOf(copy, sender, number)).toEqual(outcomeOf(machine, sender, number));
  expect(syscall(copy, receiver, 186)).toBe(syscall(machine, receiver, 186));
  expect(said(copy)).toEqual(said(machine));
  expect(copy.hash()).toBe(machine.hash());
  expect(copy.trail).toEqual(machine.trail);
});

test('inputs reach a copy as they reach the original: what is typed, files, signals, breakpoints', () => {
  const machine = newMachine();
  const pid = spawn(machine, guest('tty'), { terminal: { rows: 24, columns: 80 } });
  machine.advanceTo(200_000);
  machine.apply('create_breakpoint', { pid, address: null, symbol: 'main' });
  said(machine);
  const copy = copyOf(machine);
  for (const one of [machine, copy]) {
    one.apply('write_stdin', { pid, bytes: new TextEncoder().encode('typed\n') });
    one.apply('write_file', { path: '/tmp/note', bytes: Uint8Array.of(1, 2, 3), mode: 0o600 });
    one.apply('signal_process', { pid, tid: 0, signal: 18 });
    one.advanceTo(1_000_000);
  }
  expect(copy.board.breakpoints.list).toHaveLength(1);
  expect(copy.hash()).toBe(machine.hash());
  expect(said(copy)).toEqual(said(machine));
});

test('an image of a machine of another size is refused', () => {
  const image = capture(newMachine());
  expect(() => restore({ ...DEFAULT_SPEC, ram_bytes: 16 << 20 }, stepModule(), image)).toThrow('another size of RAM');
});
