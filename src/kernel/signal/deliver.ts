// Acting on signals on the way to user mode: default actions, handlers, and what becomes of an interrupted system call (signal(7)).

import { RAX } from '../../machine/cpu/state.ts';
import { ERRNO, RESTART } from '../abi/errno.ts';
import { SA_NODEFER, SA_RESETHAND, SA_RESTART, SIGNAL, signalBit } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { refreshRseq } from '../task/rseq.ts';
import { isOrphanedGroup } from '../task/process-groups.ts';
import type { Task } from '../task/task.ts';
import { defaultAction } from './default-action.ts';
import { enterHandler } from './frame.ts';
import { bringToStop, forceSignal, killProcess, notifyParentOfState } from './generate.ts';
import { changeMask, restoreMask } from './mask.ts';
import { takeSignal } from './take.ts';
import { signalInformation, type SignalAction, type SignalInformation } from './state.ts';

const RESTART_SYSCALL = 219;
const SYSCALL_BYTES = 2n;

/** Handles every signal that waits. Afterwards the task may have ended or stopped; see its state and its process. */
export function deliverSignals(kernel: Kernel, task: Task): void {
  const { signals, process } = task;
  let handled = false;
  while (process.groupExit === null && process.stoppedBy === 0) {
    if (signals.pending.isEmpty && process.pending.isEmpty) break;
    const allowed = ~signals.blocked;
    const information = takeSignal(kernel, task, allowed);
    if (!information) break;
    if (act(kernel, task, information)) handled = true;
  }
  if (handled) return;
  if (process.groupExit !== null || process.stoppedBy !== 0) return;
  restartCall(task);
  restoreMask(kernel, task);
}

/** True if a handler was entered. */
function act(kernel: Kernel, task: Task, information: SignalInformation): boolean {
  const { signal } = information;
  const action = task.signals.actions.of(signal);
  if (action.handler === 1n) return false;
  if (action.handler > 1n) return callHandler(kernel, task, information, action);
  const byDefault = defaultAction(signal);
  if (byDefault === 'stop') {
    if (signal === SIGNAL.SIGSTOP || !isOrphanedGroup(kernel, task.process.group)) stop(kernel, task, signal);
  } else if (byDefault === 'terminate' || byDefault === 'core') {
    kernel.emit('signal_delivered', task, { signal, handler: 0n });
    killProcess(kernel, task.process, { kind: 'killed', signal, core: false });
  }
  return false;
}

function callHandler(kernel: Kernel, task: Task, information: SignalInformation, action: SignalAction): boolean {
  const { signal } = information;
  const { signals } = task;
  refreshRseq(task);
  interruptCall(task, (action.flags & SA_RESTART) !== 0);
  const called = { ...action };
  if (action.flags & SA_RESETHAND) action.handler = 0n;
  kernel.charge(kernel.hardware.costs.signal_delivery);
  if (!enterHandler(kernel, task, information, called)) {
    if (signal === SIGNAL.SIGSEGV) action.handler = 0n;
    forceSignal(kernel, task, signalInformation(SIGNAL.SIGSEGV, 0x80));
    return false;
  }
  const own = called.flags & SA_NODEFER ? 0n : signalBit(signal);
  signals.savedMask = null;
  changeMask(kernel, task, signals.blocked | called.mask | own);
  return true;
}

/** A handler runs before the interrupted call returns: EINTR, or the call again when the handler is done. */
function interruptCall(task: Task, restart: boolean): void {
  const result = restartCode(task);
  if (result === 0) return;
  const again = result === RESTART.ERESTARTNOINTR || (result === RESTART.ERESTARTSYS && restart);
  if (again) rewind(task, task.returning);
  else task.context.setNumber(RAX, -ERRNO.EINTR);
  task.returning = -1;
}

/** No handler ran: the interrupted call goes on by itself. */
function restartCall(task: Task): void {
  const result = restartCode(task);
  if (result === 0) return;
  rewind(task, result === RESTART.ERESTART_RESTARTBLOCK ? RESTART_SYSCALL : task.returning);
  task.returning = -1;
}

/** The kernel-internal code in RAX of a call that a signal interrupted, else 0. */
function restartCode(task: Task): number {
  if (task.returning < 0) return 0;
  const code = -task.context.int32(RAX);
  return code >= 512 && code <= 516 && BigInt.asIntN(64, task.context.register(RAX)) === BigInt(-code) ? code : 0;
}

function rewind(task: Task, number: number): void {
  task.context.setNumber(RAX, number);
  task.context.rip -= SYSCALL_BYTES;
}

function stop(kernel: Kernel, task: Task, signal: number): void {
  const { process } = task;
  process.stoppedBy = signal;
  process.stopReported = false;
  process.continued = false;
  bringToStop(kernel, process);
  notifyParentOfState(kernel, process, 'stopped');
}
