// What SIGCHLD tells of a child.

import { CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, SIGNAL } from '../abi/signal.ts';
import type { Process } from '../task/process.ts';
import { signalInformation, type SignalInformation } from './state.ts';

function childInformation(process: Process, signal: number, code: number, status: number): SignalInformation {
  return signalInformation(signal, code, { pid: process.pid, uid: process.uid, status });
}

/** Exited: code and status of siginfo. */
export function exitInformation(process: Process, signal: number): SignalInformation {
  const status = process.exitStatus;
  if (!status || status.kind === 'exited') return childInformation(process, signal, CLD_EXITED, status?.code ?? 0);
  return childInformation(process, signal, status.core ? CLD_DUMPED : CLD_KILLED, status.signal);
}

/** Stopped, or going on again. */
export function stateInformation(process: Process, state: 'stopped' | 'continued'): SignalInformation {
  if (state === 'stopped') return childInformation(process, SIGNAL.SIGCHLD, CLD_STOPPED, process.stoppedBy);
  return childInformation(process, SIGNAL.SIGCHLD, CLD_CONTINUED, SIGNAL.SIGCONT);
}
