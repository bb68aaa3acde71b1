// What a signal does when nobody handles it (signal(7)).

import { SIGNAL, signalBit } from '../abi/signal.ts';

export type DefaultAction = 'terminate' | 'core' | 'ignore' | 'stop' | 'continue';

const CORE: readonly number[] = [
  SIGNAL.SIGQUIT,
  SIGNAL.SIGILL,
  SIGNAL.SIGTRAP,
  SIGNAL.SIGABRT,
  SIGNAL.SIGBUS,
  SIGNAL.SIGFPE,
  SIGNAL.SIGSEGV,
  SIGNAL.SIGXCPU,
  SIGNAL.SIGXFSZ,
  SIGNAL.SIGSYS,
];
const IGNORED: readonly number[] = [SIGNAL.SIGCHLD, SIGNAL.SIGURG, SIGNAL.SIGWINCH];
const STOPPING: readonly number[] = [SIGNAL.SIGSTOP, SIGNAL.SIGTSTP, SIGNAL.SIGTTIN, SIGNAL.SIGTTOU];

export const STOP_MASK = STOPPING.reduce((mask, signal) => mask | signalBit(signal), 0n);

export function defaultAction(signal: number): DefaultAction {
  if (signal === SIGNAL.SIGCONT) return 'continue';
  if (IGNORED.includes(signal)) return 'ignore';
  if (STOPPING.includes(signal)) return 'stop';
  return CORE.includes(signal) ? 'core' : 'terminate';
}
