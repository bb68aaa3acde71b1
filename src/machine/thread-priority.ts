// Threads that compute stand behind those that answer: a thread that is woken for a call gets a processor at once, and does not wait until
// the one that has it has used up its turn. On Linux a thread has a priority of its own (nice in sched(7)), elsewhere all stay as they are.

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** For the thread that calls it. `nice`: 0 to 19; what the host does not allow is left. */
export function standBehind(nice: number): void {
  if (nice === 0) return;
  try {
    // "PID/task/TID"
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), nice);
  } catch {
    // A host without /proc, or one where it is lower already: its calls are slower, and nothing else.
  }
}
