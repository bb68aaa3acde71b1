// Remote threads on a machine of this process: creates them, calls them, lets time pass until a call has ended.

import { expect } from 'vitest';
import type { Machine } from '../../../src/machine/machine.ts';
import type { RemoteOutcome, RemoteStep, TakenInterrupt } from '../../../src/machine/remote/remote-call.ts';
import { handlerAddress, remoteTask } from '../../../src/machine/remote/programs/thread.ts';

export interface ThreadOptions {
  readonly pid?: number;
  readonly park?: 'spin' | 'block';
  readonly affinity?: number;
}

export function createThread(machine: Machine, options: ThreadOptions = {}): number {
  const { pid = 0, park = 'spin', affinity = 0 } = options;
  return machine.apply('create_remote_thread', { pid, name: 'client', park, affinity }).tid;
}

/** Starts a call and lets time pass until it has ended. */
export function call(machine: Machine, tid: number, ...steps: RemoteStep[]): RemoteOutcome {
  const { call: number } = machine.apply('remote_call', { tid, name: 'Test', steps });
  return outcomeOf(machine, tid, number);
}

/** Lets time pass until the call has ended; time stops there. */
export function outcomeOf(machine: Machine, tid: number, number: number): RemoteOutcome {
  const observer = machine.board.remoteObserver;
  machine.remoteInterest = (other) => other === tid;
  for (let slices = 0; slices < 10_000; slices++) {
    const at = observer.ended.findIndex(({ outcome, cycle }) => outcome.call === number && machine.hasPassed(cycle));
    if (at >= 0) {
      machine.remoteInterest = () => false;
      return observer.ended.splice(at, 1)[0]!.outcome;
    }
    const result = machine.runSlice();
    if (result === 'quiescent' && observer.ended.length === 0) break;
  }
  throw new Error(`call ${number} of thread ${tid} does not end`);
}

/** RAX of a call of one system call. */
export function syscall(machine: Machine, tid: number, number: number, ...args: (number | bigint)[]): number {
  return Number(value(call(machine, tid, syscallStep(number, ...args))));
}

export function syscallStep(number: number, ...args: (number | bigint)[]): RemoteStep {
  return { kind: 'syscall', number, arguments: args.map((arg) => BigInt.asUintN(64, BigInt(arg))) };
}

export function senduipi(index: number | bigint): RemoteStep {
  return { kind: 'senduipi', index: BigInt(index) };
}

export function instruction(name: 'stui' | 'clui' | 'testui' | 'uiret'): RemoteStep {
  return { kind: 'instruction', name };
}

/** The last result of a call that is done. */
export function value(outcome: RemoteOutcome): bigint {
  expect(outcome).toMatchObject({ outcome: 'done' });
  const last = outcome.results.at(-1);
  if (last?.kind !== 'value') throw new Error('the last step has no value');
  return last.value;
}

/** Numbers of profile poc. */
export const UINTR = {
  register_handler: 471,
  unregister_handler: 472,
  vector_fd: 473,
  register_sender: 474,
  unregister_sender: 475,
  wait: 476,
  register_self: 477,
} as const;

/** Registers a handler, sets UIF, opens `vector`: its descriptor. */
export function receive(machine: Machine, tid: number, vector: number, mode: 'automatic' | 'manual' = 'automatic', flags = 0): number {
  const handler = handlerAddress(remoteTask(machine, tid).remote, mode);
  expect(syscall(machine, tid, UINTR.register_handler, handler, flags)).toBe(0);
  const fd = syscall(machine, tid, UINTR.vector_fd, vector, 0);
  expect(fd).toBeGreaterThanOrEqual(0);
  call(machine, tid, instruction('stui'));
  return fd;
}

/** Passes `fd` of the receiver's process to the sender and registers it there: the UITT index. */
export function connect(machine: Machine, receiver: number, fd: number, sender: number): number {
  const pidOf = (tid: number): number => remoteTask(machine, tid).process.pid;
  const passed = machine.apply('pass_descriptor', { fromPid: pidOf(receiver), fd, toPid: pidOf(sender) });
  const index = syscall(machine, sender, UINTR.register_sender, passed.fd, 0);
  expect(index).toBeGreaterThanOrEqual(0);
  return index;
}

/** Lets time pass until nothing can happen any more. */
export function settle(machine: Machine): void {
  for (let slices = 0; slices < 10_000; slices++) if (machine.runSlice() === 'quiescent') return;
  throw new Error('the machine does not become quiescent');
}

/** Interrupts that the thread has taken since the last time. */
export function taken(machine: Machine, tid: number): TakenInterrupt[] {
  const interrupts: TakenInterrupt[] = [];
  const queue = machine.board.remoteObserver.taken.get(tid);
  for (let next = queue?.shift(); next; next = queue!.shift()) interrupts.push(next);
  return interrupts;
}
