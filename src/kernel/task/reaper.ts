// pid 1 when the guest brings no init of its own: a process without threads that adopts orphans and reaps them at once.

import type { Kernel } from '../kernel.ts';
import { startingLimits } from './limits.ts';
import { Process } from './process.ts';

export function makeReaper(kernel: Kernel): Process {
  const pid = kernel.pids.allocate();
  const reaper = new Process(pid, null, startingLimits(), 0);
  reaper.executable = '/sbin/init';
  kernel.pids.processes.set(pid, reaper);
  return reaper;
}
