// Programs on remote threads in a hosted machine: how they end when their client, the machine or its time ends before.

import { describe, expect, test } from 'vitest';
import { Machine } from '../../../src/machine/machine.ts';
import type { MachineSpec } from '../../../src/machine/machine-spec.ts';
import type { CommandFields } from '../../../src/machine/protocol.ts';
import type { RingEntry } from '../../../src/machine/remote/programs/commands.ts';
import { remoteTask } from '../../../src/machine/remote/programs/thread.ts';
import { ringArena } from '../../../src/machine/remote/programs/rings.ts';
import { Rig } from '../control/rig.ts';
import { stepModule } from '../run-guest.ts';

const PAUSE = 34;
const FOR_EVER = -1;

const newThread = (rig: Rig, pid = 0, affinity = 0): number =>
  rig.do('create_remote_thread', { pid, name: 'client', park: 'spin', affinity }).tid;

function newRig(spec: Partial<MachineSpec> = {}): { rig: Rig; tid: number } {
  const rig = new Rig({ time_mode: 'LOCKSTEP', ...spec });
  return { rig, tid: newThread(rig) };
}

const syscall = (tid: number, call: number | string, ...values: (number | bigint)[]): CommandFields<'execute_syscall'> => ({
  tid,
  call,
  arguments: values.map((value) => ({ kind: 'value', value: BigInt(value) })),
});

const execute = (rig: Rig, tid: number, call: number | string, ...values: (number | bigint)[]): number =>
  Number(rig.do('execute_syscall', syscall(tid, call, ...values)).result);

/** The code of the error that answers a request. */
function codeOf(rig: Rig, request: number): string {
  const message = rig.posted.find((posted) => 'request' in posted && posted.request === request);
  return message?.kind === 'error' ? message.error.code : (message?.kind ?? 'nothing');
}

/** A call and a wait that are not over: no time passes, as for a client that reads its output too slowly. */
function twoThatWait(rig: Rig, tid: number): number[] {
  rig.do('hold_machine', { held: true });
  return [
    rig.send('execute_syscall', syscall(newThread(rig), PAUSE)),
    rig.send('wait_for_interrupt', { tid, mode: 'parked', timeoutNanoseconds: FOR_EVER }),
  ];
}

describe('a program that waits is answered', () => {
  test('when the machine is reset', () => {
    const { rig, tid } = newRig();
    const ends = twoThatWait(rig, tid);
    rig.send('reset_machine', {});
    expect(ends.map((request) => codeOf(rig, request))).toEqual(['CANCELLED', 'CANCELLED']);
    rig.do('hold_machine', { held: false });
    expect(rig.hosted.isRunnable).toBe(false);
    const fresh = newThread(rig);
    expect(execute(rig, fresh, 'gettid')).toBe(fresh);
  });

  test('when it is deleted', () => {
    const { rig, tid } = newRig();
    const ends = twoThatWait(rig, tid);
    rig.send('delete_machine', {});
    expect(ends.map((request) => codeOf(rig, request))).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('when it crashes', () => {
    const { rig, tid } = newRig();
    const ends = twoThatWait(rig, tid);
    rig.machine.runSlice = () => {
      throw new Error('a bug of the emulator');
    };
    rig.do('hold_machine', { held: false });
    rig.slices();
    expect(rig.hosted.state).toBe('crashed');
    expect(ends.map((request) => codeOf(rig, request))).toEqual(['MACHINE_CRASHED', 'MACHINE_CRASHED']);
  });

  test('when its virtual time is over', () => {
    const { rig, tid } = newRig({ limits: { ...new Rig().machine.spec.limits, virtual_cycles: 5_000_000 } });
    const sleeper = newThread(rig);
    const call = rig.send('execute_syscall', {
      tid: sleeper,
      call: 'nanosleep',
      arguments: [
        { kind: 'bytes', bytes: new Uint8Array(BigInt64Array.of(100n, 0n).buffer), output: false },
        { kind: 'value', value: 0n },
      ],
    });
    const wait = rig.send('wait_for_interrupt', { tid, mode: 'parked', timeoutNanoseconds: FOR_EVER });
    rig.slices();
    expect(codeOf(rig, call)).toBe('LIMIT_EXCEEDED');
    expect(rig.answer('wait_for_interrupt', wait)).toMatchObject({ outcome: 'virtual_limit', interrupt: null });
    expect(rig.machine.time).toBeLessThanOrEqual(5_000_000);
  });

  test('when its thread is killed', () => {
    const { rig, tid } = newRig();
    const call = rig.send('execute_syscall', syscall(tid, PAUSE));
    rig.slices();
    expect(codeOf(rig, call)).toBe('nothing');
    rig.do('signal_process', { pid: 0, tid, signal: 9 });
    rig.slices();
    expect(codeOf(rig, call)).toBe('THREAD_KILLED');
  });

  test('when its client cancels it; the call goes on and its outcome is dropped', () => {
    const { rig, tid } = newRig();
    const call = rig.send('execute_syscall', syscall(tid, PAUSE));
    rig.slices();
    rig.send('cancel', { target: call });
    expect(codeOf(rig, call)).toBe('CANCELLED');
    expect(rig.hosted.isRunnable).toBe(false);
    expect(() => rig.do('execute_syscall', syscall(tid, 'gettid'))).toThrow(expect.objectContaining({ code: 'THREAD_BUSY' }));
    rig.do('signal_process', { pid: 0, tid, signal: 9 });
    rig.run({ cycles: 1_000_000 });
    expect(() => rig.do('execute_syscall', syscall(tid, 'gettid'))).toThrow(expect.objectContaining({ code: 'THREAD_NOT_FOUND' }));
    expect(rig.posted.filter((posted) => 'request' in posted && posted.request === call)).toHaveLength(1);
  });
});

describe('a ring whose client departs', () => {
  const READ = 4096;

  /** A ring with a read of zero bytes that is done, and the memory that is free without it. */
  function withCompletion(): { rig: Rig; tid: number; ring: number; free: () => number; before: number } {
    const { rig, tid } = newRig();
    const { ring } = rig.do('setup_ring', { tid, entries: 8, cqEntries: 0, setupFlags: 0, uintrFd: 0 }).ring;
    const free = (): number => ringArena(rig.machine, remoteTask(rig.machine, tid)).freeBytes;
    const before = free();
    const { result: fd } = rig.do('execute_syscall', {
      tid,
      call: 'open',
      arguments: [
        { kind: 'bytes', bytes: new TextEncoder().encode('/dev/zero\0'), output: false },
        { kind: 'value', value: 0n },
      ],
    });
    const entries: RingEntry[] = [
      { userData: 1n, flags: 0, operation: { kind: 'read', fd: Number(fd), length: READ, offset: 0n, bufferIndex: -1 } },
    ];
    expect(rig.do('submit_ops', { ring, entries })).toMatchObject({ submitted: 1 });
    expect(free()).toBe(before - READ);
    return { rig, tid, ring, free, before };
  }

  const wait = (ring: number, minimum = 1) => ({ ring, minimum, maximum: 1024, timeoutNanoseconds: FOR_EVER });

  test('in the middle of taking completions has their memory back', () => {
    const { rig, tid, ring, free, before } = withCompletion();
    // A paused machine that runs freely would do as well: the call stands, and nothing executes it.
    const { runSlice } = rig.machine;
    let slices = 0;
    rig.machine.runSlice = function (this: Machine, ...limits) {
      return ++slices > 1 ? 'limit' : runSlice.apply(this, limits);
    };
    const request = rig.send('wait_completions', wait(ring));
    expect(codeOf(rig, request)).toBe('nothing');
    expect(remoteTask(rig.machine, tid).remote.call).not.toBeNull();
    expect(free()).toBe(before - READ);
    rig.send('cancel', { target: request });
    expect(codeOf(rig, request)).toBe('CANCELLED');
    expect(free()).toBe(before);
    rig.machine.runSlice = runSlice;
    rig.run({ cycles: 1_000_000 });
    // The machine has moved the head all the same.
    expect(rig.do('ring_state', { ring })).toMatchObject({ cqHead: 1, cqTail: 1 });
    expect(rig.do('submit_ops', { ring, entries: [{ userData: 1n, flags: 0, operation: { kind: 'nop' } }] })).toMatchObject({
      submitted: 1,
    });
    expect(rig.do('wait_completions', wait(ring)).completions).toMatchObject([{ userData: 1n, result: 0 }]);
  });

  test('while it waits for completions loses none', () => {
    const { rig, ring, free, before } = withCompletion();
    const request = rig.send('wait_completions', wait(ring, 2));
    rig.slices();
    rig.send('cancel', { target: request });
    expect(codeOf(rig, request)).toBe('CANCELLED');
    expect(free()).toBe(before - READ);
  });
});

describe('FREE_RUNNING', () => {
  for (const state of ['created', 'paused'] as const)
    test(`a call on a machine that is ${state} waits until it is started`, () => {
      const rig = new Rig({ time_mode: 'FREE_RUNNING' });
      if (state === 'paused') {
        rig.do('start_machine', {});
        rig.do('pause_machine', {});
      }
      const tid = newThread(rig);
      const call = rig.send('execute_syscall', syscall(tid, 'gettid'));
      const wait = rig.send('wait_for_interrupt', { tid, mode: 'parked', timeoutNanoseconds: 1000 });
      const before = rig.machine.time;
      rig.slices();
      expect([codeOf(rig, call), codeOf(rig, wait), rig.machine.time]).toEqual(['nothing', 'nothing', before]);
      rig.do('start_machine', {});
      rig.slices();
      expect(rig.answer('execute_syscall', call)).toMatchObject({ result: BigInt(tid) });
      expect(rig.answer('wait_for_interrupt', wait)).toMatchObject({ outcome: 'timed_out' });
      expect(rig.hosted.state).toBe('quiescent');
    });

  test('its journal replays to the same state', () => {
    const rig = new Rig({ time_mode: 'FREE_RUNNING', vcpus: 2, abi: 'poc' });
    rig.do('start_machine', {});
    const [receiver, sender] = [newThread(rig, 0, 1), newThread(rig, 0, 2)];
    rig.do('register_handler', { tid: receiver, mode: 'automatic', blockedReceiver: 'none', keepMasked: false });
    const { pid, fd } = rig.do('create_vector_fd', { tid: receiver, vector: 3 });
    const { uittIndex } = rig.do('register_sender', { tid: sender, fd, pid });
    rig.spawn('threads');
    for (let round = 0; round < 40; round++) {
      rig.do('send_uipis', { tid: sender, name: 'SendUipis', indexes: Array.from({ length: 1 + (round % 3) }, () => BigInt(uittIndex)) });
      if (round % 4 === 0) rig.do('wait_for_interrupt', { tid: receiver, mode: 'parked', timeoutNanoseconds: 10_000 });
      if (round % 8 === 0) execute(rig, receiver, 'getpid');
      // Time goes on between calls, differently far each time.
      rig.slices(1 + (round % 2));
    }
    const { machine } = rig;
    const replayed = Machine.replay(machine.spec, stepModule(), machine.journal.entries);
    const end = Math.max(machine.time, replayed.time) + 20_000_000;
    const [hash, again] = [machine, replayed].map((one) => {
      one.advanceTo(end);
      return one.hash();
    });
    expect(again).toBe(hash);
  });
});
