// Taking a signal that waits: by a handler, sigtimedwait or signalfd. Periodic timers go on from here, so that one that nobody listens
// to does not run on its own.

import { SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import type { SignalInformation } from './state.ts';

/** The first signal of `allowed` that waits for the task or its process; null if there is none. */
export function takeSignal(kernel: Kernel, task: Task, allowed: bigint): SignalInformation | null {
  const { signals, process } = task;
  for (;;) {
    const information = signals.pending.take(allowed) ?? process.pending.take(allowed);
    if (!information?.expiry) {
      if (information?.signal === SIGNAL.SIGALRM) process.intervalTimers[0]?.signalTaken(kernel);
      return information;
    }
    const { timer, setting } = information.expiry;
    const overrun = timer.signalTaken(kernel, setting);
    if (overrun !== null) return { ...information, overrun };
  }
}
