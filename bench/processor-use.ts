// Who has had how much of this host's processors: a process, and everybody else (proc_pid_stat(5), proc_stat(5)).

import { readFileSync } from 'node:fs';

/** Of both files: hundredths of a second. */
const TICKS = 100;

/** Seconds of processor time since some moment. */
export interface ProcessorUse {
  /** All threads of the process. */
  readonly process: number;
  /** Of all processors: what others had, or the host of this virtual machine took. */
  readonly others: number;
}

export function processorUse(pid: number): ProcessorUse {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name, in parentheses, may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const process = (Number(fields[11]) + Number(fields[12])) / TICKS;
  const [user, nice, system, _idle, _waiting, interrupts, soft, stolen] = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { process, others: (user! + nice! + system! + interrupts! + soft! + stolen!) / TICKS - process };
}
