// The shape of a request to a terminal.

import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { pairOf } from './pseudoterminal.ts';
import type { Terminal } from './terminal.ts';
import type { TerminalFile } from './terminal-file.ts';

/** Results: a value or a negated errno. */
export type TerminalRequest = (kernel: Kernel, task: Task, file: TerminalFile, argument: number) => number;

/** Whom requests about the terminal itself mean: the slave, also through the master. */
export function realTerminal({ terminal }: TerminalFile): Terminal {
  return terminal.kind === 'master' ? pairOf(terminal)!.slave : terminal;
}
