// RLIMIT_CPU: SIGXCPU when a process has used its soft limit, and every second after that; SIGKILL at the hard one (getrlimit(2)).

import { SI_KERNEL, SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { sendToProcess } from '../signal/generate.ts';
import { signalInformation } from '../signal/state.ts';
import { RLIMIT } from '../task/limits.ts';
import type { Process } from '../task/process.ts';
import type { TimerTarget } from './kernel-timer.ts';
import { processCycles, usageTimerWait } from './process-time.ts';

const SECOND = 1e9;

export class CpuLimit implements TimerTarget {
  private readonly process: Process;
  private handle = 0;

  constructor(process: Process) {
    this.process = process;
  }

  /** The limit may have changed: looks, and goes on looking while there is one. */
  watch(kernel: Kernel): void {
    this.stop(kernel);
    const { process } = this;
    const limit = process.limits[RLIMIT.CPU]!;
    if (limit.soft === Number.POSITIVE_INFINITY || process.exitStatus !== null) return;
    const used = processCycles(kernel, process);
    const left = kernel.clock.cycles(Math.max(1, limit.soft) * SECOND) - used.user - used.system;
    this.handle = kernel.setTimer(kernel.now + usageTimerWait(kernel, process, left), this, process.leader?.vcpu ?? 0);
  }

  stop(kernel: Kernel): void {
    kernel.cancelTimer(this.handle);
    this.handle = 0;
  }

  timerExpired(kernel: Kernel): void {
    this.handle = 0;
    const { process } = this;
    if (process.exitStatus !== null) return;
    const { soft, hard } = process.limits[RLIMIT.CPU]!;
    const used = processCycles(kernel, process);
    const seconds = kernel.clock.nanoseconds(used.user + used.system) / SECOND;
    if (seconds >= Math.max(1, hard)) {
      sendToProcess(kernel, process, signalInformation(SIGNAL.SIGKILL, SI_KERNEL));
      return;
    }
    if (seconds >= Math.max(1, soft)) {
      sendToProcess(kernel, process, signalInformation(SIGNAL.SIGXCPU, SI_KERNEL));
      process.limits[RLIMIT.CPU] = { soft: Math.max(1, soft) + 1, hard };
    }
    this.watch(kernel);
  }
}
