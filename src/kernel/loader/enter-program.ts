// A task takes on a loaded program: registers, name, symbols.

import { CpuContext, RSP } from '../../machine/cpu/state.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { byteString } from '../vfs/byte-streams.ts';
import type { LoadedProgram } from './program.ts';

/** Longest name of a task (TASK_COMM_LEN without the NUL). */
export const NAME_LENGTH = 15;

/** What the program was asked for as. */
interface Invocation {
  readonly path: string;
  readonly arguments: readonly Uint8Array[];
  /** Named by the file itself rather than by `path`. */
  readonly byDescriptor?: boolean;
}

export function enterProgram(
  kernel: Kernel,
  task: Task,
  program: LoadedProgram,
  { path, arguments: argv, byDescriptor }: Invocation,
): void {
  const { process } = task;
  task.mm = program.mm;
  task.context = CpuContext.fresh();
  task.context.rip = BigInt(program.entry);
  task.context.setNumber(RSP, program.stack);
  const called = byDescriptor ? program.executable : path;
  task.name = called.slice(called.lastIndexOf('/') + 1).slice(0, NAME_LENGTH);
  process.executable = program.executable;
  process.symbols = program.symbols;
  kernel.emit('process_executed', task, { path: program.executable, arguments: argv.map(byteString).join(' ') });
}
