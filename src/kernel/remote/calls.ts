// The life of a call of a remote thread: begun from outside, one step after the other, ended with an outcome.

import type { RemoteOutcome, RemoteResult, RemoteStep } from '../../machine/remote/remote-call.ts';
import { RAX, R10, R8, R9, RDI, RDX, RSI, type CpuContext } from '../../machine/cpu/state.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { CODE_BYTES, PAUSE_LOOP, type Stub, STUBS, type StubName } from './code-page.ts';
import { sleepWord } from './layout.ts';
import { RemoteCallState, type RemoteState } from './remote-state.ts';

const FUTEX = 202;
const FUTEX_WAIT_PRIVATE = 128;
const ARGUMENTS = [RDI, RSI, RDX, R10, R8, R9];
const STUB_OF = { stui: 'remote_stui', clui: 'remote_clui', testui: 'remote_testui', uiret: 'remote_uiret' } as const;

/** A client's call: returns its number. The thread must be idle. */
export function beginCall(kernel: Kernel, task: Task, name: string, steps: readonly RemoteStep[]): number {
  const remote = task.remote!;
  const number = kernel.remotes.nextCall++;
  remote.call = new RemoteCallState(number, name, steps);
  kernel.emit('remote_call_started', task, { call: number, name });
  const waiter = remote.issued === 'sleep' ? kernel.futexes.of(task) : null;
  if (waiter) {
    kernel.futexes.markWoken(waiter);
    kernel.wakeTask(task, 'a call of its client');
  }
  return number;
}

/** Ends the call in progress; the thread is in user mode, in the kernel on its way out of it, or gone. */
export function endCall(kernel: Kernel, task: Task, end: Pick<RemoteOutcome, 'outcome' | 'number' | 'text'>): void {
  const { call } = task.remote!;
  if (!call) return;
  task.remote!.call = null;
  if (task.remote!.issued === 'step') task.remote!.issued = 'nothing';
  const endCycle = call.endCycle < 0 ? kernel.now : call.endCycle;
  const startCycle = call.startCycle < 0 ? endCycle : call.startCycle;
  const vcpu = call.vcpu < 0 ? task.vcpu : call.vcpu;
  kernel.emit('remote_call_finished', task, { call: call.number, name: call.name, outcome: end.outcome });
  const outcome = { call: call.number, tid: task.tid, ...end, results: call.results, startCycle, endCycle, vcpu };
  kernel.remotes.listener?.callEnded(outcome, kernel.now);
}

/** The thread has ended, or became another program: how, as far as the call in progress is concerned. */
export function endRemote(kernel: Kernel, task: Task, how: string): void {
  const { groupExit } = task.process;
  const signal = groupExit?.kind === 'killed' ? groupExit.signal : 0;
  endCall(kernel, task, { outcome: 'killed', number: signal, text: (signal === 0 ? '' : task.remote!.call?.fault) || how });
  task.remote = null;
  kernel.remotes.listener?.threadEnded(task.tid, kernel.now);
}

/** Where the thread waits: its pause loop, or that of the handler it is in. */
export function parkStub(remote: RemoteState): Stub {
  return remote.handlerDepth > 0 ? STUBS.remote_handler_manual : STUBS.remote_park;
}

/** The code of what is in progress. */
export function stubInProgress(remote: RemoteState): Stub | null {
  if (remote.issued === 'nothing') return null;
  if (remote.issued === 'sleep') return STUBS.remote_syscall;
  return STUBS[stubOf(remote.call!.step!)];
}

function stubOf(step: RemoteStep): StubName {
  if (step.kind === 'instruction') return STUB_OF[step.name];
  return step.kind === 'senduipi' ? 'remote_senduipi' : 'remote_syscall';
}

/** Sets the registers for a step that is an instruction. */
export function loadStep(remote: RemoteState, context: CpuContext, step: RemoteStep): void {
  remote.issued = 'step';
  context.rip = BigInt(remote.code + STUBS[stubOf(step)].start);
  if (step.kind === 'senduipi') context.setRegister(RAX, BigInt.asUintN(64, step.index));
  else if (step.kind === 'syscall') loadSyscall(context, step.number, step.arguments);
}

/** The sleep of mode BLOCK: a wait at a futex word that only a call changes. */
export function loadSleep(remote: RemoteState, context: CpuContext): void {
  remote.issued = 'sleep';
  context.rip = BigInt(remote.code + STUBS.remote_syscall.start);
  loadSyscall(context, FUTEX, [BigInt(sleepWord(remote.stack)), BigInt(FUTEX_WAIT_PRIVATE)]);
}

function loadSyscall(context: CpuContext, number: number, values: readonly bigint[]): void {
  context.setRegister(RAX, BigInt(number));
  for (const [i, register] of ARGUMENTS.entries()) context.setRegister(register, BigInt.asUintN(64, values[i] ?? 0n));
}

/** The step in progress is done. */
export function completeStep(remote: RemoteState, result: RemoteResult, cycle: number): void {
  const call = remote.call!;
  call.results.push(result);
  call.posted = 0;
  call.fault = '';
  if (call.results.length === call.steps.length) call.endCycle = cycle;
  remote.issued = 'nothing';
}

/** The thread has got to user mode with these registers: what it was in the kernel for may be over. */
export function arriveInUserMode(kernel: Kernel, task: Task, context: CpuContext): void {
  const remote = task.remote!;
  if (remote.issued === 'nothing' || !isAt(remote, context, stubInProgress(remote)!.end)) return settle(remote, context);
  if (remote.issued === 'sleep') remote.issued = 'nothing';
  else {
    const call = remote.call!;
    const value = call.step!.kind === 'senduipi' ? BigInt(call.posted) : BigInt.asIntN(64, context.register(RAX));
    completeStep(remote, { kind: 'value', value }, kernel.now);
  }
  settle(remote, context);
}

/** Finds out by RIP whether the thread waits, is at something in progress, or executes other code. */
export function settle(remote: RemoteState, context: CpuContext): void {
  const at = offset(remote, context);
  remote.away = at < 0 || at >= CODE_BYTES || within(at, STUBS.remote_handler_automatic);
  if (remote.away) return;
  const stub = stubInProgress(remote);
  if (stub && within(at, stub)) return;
  remote.issued = 'nothing';
  const park = parkStub(remote);
  if (at !== park.start && at !== park.start + PAUSE_LOOP.half) context.rip = BigInt(remote.code + park.start);
}

/** What has been begun but not executed is taken back: it will begin again. */
export function takeBack(remote: RemoteState, context: CpuContext): void {
  const stub = stubInProgress(remote);
  if (!stub || !isAt(remote, context, stub.start)) return;
  remote.issued = 'nothing';
  settle(remote, context);
}

/** RIP counted from the code page. */
export function offset(remote: RemoteState, context: CpuContext): number {
  return Number(context.rip) - remote.code;
}

export function isAt(remote: RemoteState, context: CpuContext, place: number): boolean {
  return offset(remote, context) === place;
}

function within(at: number, stub: Stub): boolean {
  return at >= stub.start && at < stub.end;
}
