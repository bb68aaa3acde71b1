// The calling thread as the host's scheduler knows it. On Linux each thread has a number of its own, and a priority (nice in sched(7)); elsewhere
// neither can be had, and all stay as they are.

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** The thread's number (TID); undefined on a host that does not tell. */
export function hostThread(): number | undefined {
  try {
    // "PID/task/TID"
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return undefined;
  }
}

/**
 * Threads that compute stand behind those that answer: a thread that is woken for a call gets a processor at once, and does not wait until the one
 * that has it has used up its turn. `nice`: 0 to 19; what the host does not allow is left.
 */
export function standBehind(nice: number): void {
  const thread = hostThread();
  if (nice === 0 || thread === undefined) return;
  try {
    setPriority(thread, nice);
  } catch {
    // Its priority is lower already: its calls are slower, and nothing else.
  }
}
