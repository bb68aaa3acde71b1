// What a process is called and what it does, as ps(1) says it.

import type { Kernel } from '../../kernel.ts';
import type { Process } from '../../task/process.ts';
import type { Task } from '../../task/task.ts';

const STATES = {
  blocked: ['S', 'sleeping'],
  uninterruptible: ['D', 'disk sleep'],
  stopped: ['T', 'stopped'],
  runnable: ['R', 'running'],
  zombie: ['Z', 'zombie'],
  dead: ['Z', 'zombie'],
} as const;

/** Letter and word. pid 1 has no threads and sleeps until there is something to reap. */
export function stateOf(kernel: Kernel, process: Process, task: Task | null): readonly [letter: string, word: string] {
  if (process === kernel.reaper) return STATES.blocked;
  return task ? STATES[task.state] : STATES.zombie;
}

/** At most 15 bytes. */
export function nameOf(process: Process, task: Task | null): string {
  return task?.name ?? process.executable.slice(process.executable.lastIndexOf('/') + 1).slice(0, 15);
}
