// What a vCPU does while its task is a remote thread: the steps of its client's call, one real instruction each, and between calls
// its pause loop, which is not interpreted because nothing in it can change.

import type { Costs } from '../cost/presets.ts';
import type { Cpu } from '../cpu/cpu.ts';
import { cyclesOfCode } from '../cpu/timing/page-code.ts';
import type { CpuExit } from '../cpu/exit.ts';
import { CF, type CpuContext } from '../cpu/state.ts';
import type { Vcpu } from '../cpu/vcpu.ts';
import { highestVector } from '../uintr/delivery.ts';
import type { InterruptLedger } from '../uintr/interrupt-ledger.ts';
import { isDeliverable } from '../uintr/recognition.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { completeStep, endCall, isAt, loadSleep, loadStep, settle, stubInProgress, takeBack } from '../../kernel/remote/calls.ts';
import { CODE_BYTES, PAUSE_LOOP, STUBS, UIRET_AT, codePage } from '../../kernel/remote/code-page.ts';
import type { RemoteState } from '../../kernel/remote/remote-state.ts';
import type { Task } from '../../kernel/task/task.ts';
import { describeFault } from './describe-fault.ts';
import type { RemoteStep } from './remote-call.ts';
import type { RemoteObserver } from './remote-observer.ts';

/** What the executor needs of the board. */
export interface RemoteBoard {
  readonly kernel: Kernel;
  readonly cpu: Cpu;
  readonly ledger: InterruptLedger;
  readonly remoteObserver: RemoteObserver;
  /** Runs the focused vCPU: up to the deadline, or one instruction. */
  execute(vcpu: Vcpu, deadline: number): CpuExit;
  executeOne(vcpu: Vcpu): CpuExit;
  /** Instructions that the vCPU has executed without the engine. */
  countSpins(vcpu: Vcpu, instructions: number): void;
  /** Kernel entries, as for any task. */
  leaveUser(vcpu: Vcpu, exit: CpuExit): void;
  /** Something has happened that was no instruction. */
  endTurn(time: number): void;
  /** Delivers what is deliverable; false if that faulted. */
  deliver(vcpu: Vcpu): boolean;
  /** The registers of the vCPU's task, wherever they are. */
  registersOf(vcpu: Vcpu): CpuContext;
}

/** The vCPU executes a pause loop and nothing stands by that would change that. */
export function isSpinning(vcpu: Vcpu, task: Task | null): boolean {
  return vcpu.mode === 'user' && task !== null && task.remote !== null && task.remote.spins && !isDeliverable(vcpu.uintr, 'user');
}

/**
 * Brings the clock of a spinning vCPU to `time`, as if the engine had executed the loop: with `whole` only instructions that
 * are over by then, else all that begin before.
 */
export function spinTo(board: RemoteBoard, costs: Costs, vcpu: Vcpu, time: number, whole: boolean): void {
  const context = board.registersOf(vcpu);
  const [pause, jump] = pauseLoopCosts(costs);
  const half = BigInt(PAUSE_LOOP.half);
  const rounds = Math.max(0, Math.floor((time - vcpu.clock) / (pause + jump)));
  vcpu.clock += rounds * (pause + jump);
  let count = 2 * rounds;
  for (;;) {
    const cost = context.rip & half ? jump : pause;
    if (whole ? vcpu.clock + cost > time : vcpu.clock >= time) break;
    vcpu.clock += cost;
    count++;
    context.rip ^= half;
  }
  if (count > 0) board.countSpins(vcpu, count);
}

/** Cycles of PAUSE and of the jump back to it, as the engine charges them. */
function pauseLoopCosts(costs: Costs): readonly [pause: number, jump: number] {
  if (costs.instruction > 0) return [costs.instruction, costs.instruction];
  estimatedLoop ??= cyclesOfCode(codePage(CODE_BYTES), 0).slice(0, 2);
  return estimatedLoop as [number, number];
}

let estimatedLoop: readonly number[] | null = null;

/** One act of the remote thread in focus, in user mode: a delivery, a step, a stretch of other code. */
export function runRemote(board: RemoteBoard, vcpu: Vcpu, task: Task, deadline: number): void {
  const remote = task.remote!;
  const { context } = board.cpu;
  if (isDeliverable(vcpu.uintr, 'user') && !isWithinUiret(remote, context)) return takeInterrupt(board, vcpu, task, remote);
  if (remote.away) return runElsewhere(board, vcpu, remote, deadline);
  if (remote.call) takeBackSleep(remote, context);
  if (remote.issued !== 'nothing') return executeStub(board, vcpu, task, remote);
  if (remote.call) return nextStep(board, vcpu, task, remote);
  if (remote.spins) return board.leaveUser(vcpu, board.execute(vcpu, deadline));
  loadSleep(remote, context);
  executeStub(board, vcpu, task, remote);
}

/** The vector has been popped: UIRET follows whatever is pending. */
function isWithinUiret(remote: RemoteState, context: CpuContext): boolean {
  return remote.issued === 'step' && isAt(remote, context, UIRET_AT);
}

function takeBackSleep(remote: RemoteState, context: CpuContext): void {
  if (remote.issued === 'sleep') takeBack(remote, context);
}

/** A handler that returns by itself, a signal handler, the program whose thread this is: ordinary execution, until it comes back. */
function runElsewhere(board: RemoteBoard, vcpu: Vcpu, remote: RemoteState, deadline: number): void {
  const exit = board.execute(vcpu, deadline);
  if (exit.kind === 'boundary') settle(remote, board.cpu.context);
  board.leaveUser(vcpu, exit);
}

function nextStep(board: RemoteBoard, vcpu: Vcpu, task: Task, remote: RemoteState): void {
  const call = remote.call!;
  board.kernel.enterUserBoundary(vcpu);
  if (call.startCycle < 0) {
    call.startCycle = vcpu.clock;
    call.vcpu = vcpu.id;
  }
  for (let step = call.step; step; step = call.step) {
    if (step.kind !== 'store' && step.kind !== 'load') {
      loadStep(remote, board.cpu.context, step);
      return executeStub(board, vcpu, task, remote);
    }
    const bad = copy(board, task, remote, step, vcpu.clock);
    if (bad !== null) {
      endCall(board.kernel, task, { outcome: 'faulted', number: 0, text: bad });
      return board.endTurn(vcpu.clock);
    }
  }
  if (call.endCycle < 0) call.endCycle = vcpu.clock;
  endCall(board.kernel, task, { outcome: 'done', number: 0, text: '' });
  board.endTurn(vcpu.clock);
}

/** Null, or why the bytes could not be moved. */
function copy(
  board: RemoteBoard,
  task: Task,
  remote: RemoteState,
  step: RemoteStep & { kind: 'store' | 'load' },
  cycle: number,
): string | null {
  const { user } = task.mm;
  const { address } = step;
  const length = step.kind === 'store' ? step.bytes.length : step.length;
  const into = new Uint8Array(step.kind === 'load' ? length : 0);
  const done = step.kind === 'store' ? user.copyOutPartial(address, step.bytes) : user.copyInPartial(address, into);
  if (done < length) {
    const access = step.kind === 'store' ? 'write' : 'read';
    return `nothing that it may ${access} is mapped at 0x${(address + done).toString(16)} of thread ${task.tid}`;
  }
  completeStep(remote, step.kind === 'store' ? { kind: 'value', value: 0n } : { kind: 'bytes', bytes: into }, cycle);
  return null;
}

/** Executes what RIP is at: the instruction of a step, or the system call that sleeps. */
function executeStub(board: RemoteBoard, vcpu: Vcpu, task: Task, remote: RemoteState): void {
  const { context } = board.cpu;
  const before = board.ledger.next;
  let exit = board.executeOne(vcpu);
  if (exit.kind === 'deadline' && isWithinUiret(remote, context)) exit = board.executeOne(vcpu);
  const posted = board.ledger.next > before ? board.ledger.next - 1 : 0;
  if (exit.kind === 'deadline' || exit.kind === 'boundary') finishInstruction(board, vcpu, remote, context, posted);
  else if (exit.kind === 'exception') return meetException(board, vcpu, task, remote, exit);
  board.leaveUser(vcpu, exit);
}

function finishInstruction(board: RemoteBoard, vcpu: Vcpu, remote: RemoteState, context: CpuContext, posted: number): void {
  const step = remote.call?.step;
  if (remote.issued !== 'step' || !step) throw new Error('a remote thread has executed an instruction that is no step');
  if (step.kind === 'instruction' && step.name === 'uiret') remote.handlerDepth = Math.max(0, remote.handlerDepth - 1);
  else if (!isAt(remote, context, stubInProgress(remote)!.end)) throw new Error('a step of a remote thread has led elsewhere');
  completeStep(remote, { kind: 'value', value: valueOf(step, context, posted) }, Math.floor(vcpu.clock));
  settle(remote, context);
}

function valueOf(step: RemoteStep, context: CpuContext, posted: number): bigint {
  if (step.kind === 'senduipi') return BigInt(posted);
  if (step.kind !== 'instruction') return 0n;
  if (step.name === 'testui') return BigInt(context.rflags & CF);
  return step.name === 'uiret' ? context.rip : 0n;
}

/** The kernel repairs it, posts in the thread's place, or kills the thread. */
function meetException(board: RemoteBoard, vcpu: Vcpu, task: Task, remote: RemoteState, exit: CpuExit & { kind: 'exception' }): void {
  const { call } = remote;
  if (call) call.fault = describeFault(exit, call.step, vcpu.uintr);
  const before = board.ledger.next;
  board.leaveUser(vcpu, exit);
  if (task.remote?.call && call && board.ledger.next > before) call.posted = board.ledger.next - 1;
}

function takeInterrupt(board: RemoteBoard, vcpu: Vcpu, task: Task, remote: RemoteState): void {
  const { context } = board.cpu;
  takeBack(remote, context);
  const { rr, pd } = vcpu.uintr;
  const vector = highestVector(rr);
  const sources = [...board.ledger.behind(pd, vector)];
  const { rip } = context;
  const { call } = remote;
  if (call) call.fault = `the delivery of vector ${vector} faulted: its handler or its stack is not usable`;
  if (!board.deliver(vcpu)) return;
  if (call) call.fault = '';
  const manual = isAt(remote, context, STUBS.remote_handler_manual.start);
  if (manual) remote.handlerDepth++;
  settle(remote, context);
  const symbol = task.process.symbols?.describe(rip) ?? '';
  const handlerDepth = manual ? remote.handlerDepth : remote.handlerDepth + 1;
  board.remoteObserver.interruptTaken({ tid: task.tid, vector, cycle: vcpu.clock, vcpu: vcpu.id, sources, rip, symbol, handlerDepth });
  if (!manual || !call) return;
  board.kernel.enterUserBoundary(vcpu);
  endCall(board.kernel, task, call.step ? { outcome: 'interrupted', number: vector, text: '' } : { outcome: 'done', number: 0, text: '' });
}
