// What a parent hears of its child: SIGCHLD with the reason, and the end of a wait.

import { CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, SA_NOCLDSTOP, SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import type { Process } from '../task/process.ts';
import { sendToProcess } from './generate.ts';
import { signalInformation, type SignalInformation } from './state.ts';

function childInformation(process: Process, signal: number, code: number, status: number): SignalInformation {
  return signalInformation(signal, code, { pid: process.pid, uid: process.uid, status });
}

/** Stopped or continued (SA_NOCLDSTOP keeps the signal away, not the wait). */
export function notifyParentOfState(kernel: Kernel, process: Process, state: 'stopped' | 'continued'): void {
  const { parent } = process;
  if (!parent) return;
  const action = parent.leader?.signals.actions.of(SIGNAL.SIGCHLD);
  if (action && (action.flags & SA_NOCLDSTOP) === 0) {
    const information =
      state === 'stopped'
        ? childInformation(process, SIGNAL.SIGCHLD, CLD_STOPPED, process.stoppedBy)
        : childInformation(process, SIGNAL.SIGCHLD, CLD_CONTINUED, SIGNAL.SIGCONT);
    sendToProcess(kernel, parent, information);
  }
  kernel.wake(parent.childEvents);
}

/** Exited: code and status of siginfo. */
export function exitInformation(process: Process, signal: number): SignalInformation {
  const status = process.exitStatus;
  if (!status || status.kind === 'exited') return childInformation(process, signal, CLD_EXITED, status?.code ?? 0);
  return childInformation(process, signal, status.core ? CLD_DUMPED : CLD_KILLED, status.signal);
}
