// From SYSCALL to a handler and back: number, arguments, result, and what the events tell of it.

import { RAX } from '../../machine/cpu/state.ts';
import { ERRNO, errorName } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { cancelWait } from '../task/futex-wait.ts';
import { endCall, holdFiles } from '../task/held-files.ts';
import type { Task } from '../task/task.ts';
import { endStretch } from '../time/process-time.ts';
import { takeNotifySignal } from '../uintr/hooks.ts';
import { rawArguments, RegisterArguments } from './arguments.ts';
import { BLOCKED, CONTEXT_REPLACED, type SyscallResult, type SyscallRow } from './row.ts';

export function dispatch(kernel: Kernel, vcpu: Vcpu, task: Task): void {
  endStretch(kernel, task, 'user');
  vcpu.charge(kernel.hardware.costs.syscall);
  const number = task.context.int32(RAX) >>> 0;
  const row = kernel.table.row(number);
  if (kernel.tellsCalls) tellEntry(kernel, task, number, row);
  const result = row?.handler ? row.handler(kernel, task, new RegisterArguments(task.context)) : refuse(kernel, task, number, row);
  settle(kernel, task, number, result);
}

function refuse(kernel: Kernel, task: Task, number: number, row: SyscallRow | null): number {
  const name = row?.name ?? `syscall_${number}`;
  const reason = row?.unsupported ?? 'no system call has this number in the profile of the machine';
  kernel.emit('syscall_unsupported', task, { number, name, reason });
  return -(row?.error ?? ERRNO.ENOSYS);
}

/** Runs the handler of a call that was blocked again. */
export function runAgain(kernel: Kernel, task: Task): void {
  const { number } = task.call!;
  const waiter = kernel.futexes.of(task);
  if (takeNotifySignal(task) && !waiter?.woken && !task.ipcWait?.isDone) {
    cancelWait(kernel, task);
    task.ipcWait?.end();
    settle(kernel, task, number, -ERRNO.EINTR);
    return;
  }
  const handler = kernel.table.row(number)!.handler!;
  const { files } = task;
  const others = files.held;
  files.held = task.call!.files;
  const result = handler(kernel, task, new RegisterArguments(task.context));
  files.held = others;
  settle(kernel, task, number, result);
}

function settle(kernel: Kernel, task: Task, number: number, result: SyscallResult): void {
  if (task.state === 'dead') return;
  task.timedOut = false;
  if (result === BLOCKED) {
    if (task.call) return;
    const args = rawArguments(task.context);
    task.call = { number, arguments: args, files: holdFiles(task, kernel.table.row(number)!, args) };
    kernel.emit('syscall_blocked', task, { number, name: kernel.table.nameOf(number), waiting_for: task.blocked?.waitingFor ?? '' });
    return;
  }
  endCall(kernel, task);
  task.progress = null;
  if (result === CONTEXT_REPLACED) {
    task.returning = -1;
  } else {
    if (typeof result === 'number') task.context.setNumber(RAX, result);
    else task.context.setRegister(RAX, BigInt.asUintN(64, result));
    task.returning = number;
  }
  if (kernel.tellsCalls) tellExit(kernel, task, number, result);
}

function tellEntry(kernel: Kernel, task: Task, number: number, row: SyscallRow | null): void {
  if (!kernel.hardware.events.wants('syscall_entered')) return;
  const raw = rawArguments(task.context, row?.arguments.length ?? 6);
  kernel.emit('syscall_entered', task, { number, name: row?.name ?? '', arguments: raw });
}

function tellExit(kernel: Kernel, task: Task, number: number, result: Exclude<SyscallResult, typeof BLOCKED>): void {
  if (!kernel.hardware.events.wants('syscall_exited')) return;
  const value = result === CONTEXT_REPLACED ? task.context.register(RAX) : BigInt.asUintN(64, BigInt(result));
  const [name, error, returns_at] = [kernel.table.nameOf(number), errorText(result), kernel.kernelTime()];
  kernel.emit('syscall_exited', task, { number, name, result: value, error, returns_at });
}

/** "ENOENT" for a negated errno; "restart" for a call that a signal interrupted and that will run again. */
function errorText(result: SyscallResult): string {
  const value = typeof result === 'symbol' ? 0 : Number(result);
  if (value >= 0 || value < -4095) return '';
  return value <= -512 && value >= -516 ? 'restart' : errorName(-value);
}
