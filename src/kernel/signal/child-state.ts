// What SIGCHLD tells of a child.

import { CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, SIGNAL } from '../abi/signal.ts';
import { USER_HZ } from '../abi/auxv.ts';
import type { Kernel } from '../kernel.ts';
import type { Process } from '../task/process.ts';
import { processCycles } from '../time/process-time.ts';
import { signalInformation, type SignalInformation } from './state.ts';

const TICK = 1e9 / USER_HZ;

function childInformation(kernel: Kernel, process: Process, signal: number, code: number, status: number): SignalInformation {
  const used = processCycles(kernel, process);
  const ticks = (cycles: number): number => Math.floor(kernel.clock.nanoseconds(cycles) / TICK);
  const { pid, uid } = process;
  return signalInformation(signal, code, { pid, uid, status, userTicks: ticks(used.user), systemTicks: ticks(used.system) });
}

/** Exited: code and status of siginfo. */
export function exitInformation(kernel: Kernel, process: Process, signal: number): SignalInformation {
  const status = process.exitStatus;
  if (!status || status.kind === 'exited') return childInformation(kernel, process, signal, CLD_EXITED, status?.code ?? 0);
  return childInformation(kernel, process, signal, status.core ? CLD_DUMPED : CLD_KILLED, status.signal);
}

/** Stopped, or going on again. */
export function stateInformation(kernel: Kernel, process: Process, state: 'stopped' | 'continued'): SignalInformation {
  if (state === 'stopped') return childInformation(kernel, process, SIGNAL.SIGCHLD, CLD_STOPPED, process.stoppedBy);
  return childInformation(kernel, process, SIGNAL.SIGCHLD, CLD_CONTINUED, SIGNAL.SIGCONT);
}
