// The consoles of the programs that were spawned from outside: input in, output out, by the pid of the program.

import type { Console, ConsoleChunk } from '../kernel/fs/console.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { resize } from '../kernel/tty/window.ts';
import { MachineError } from './errors.ts';
import type { TerminalSize } from './protocol.ts';

export interface PidChunk extends ConsoleChunk {
  readonly pid: number;
}

export class Consoles {
  private readonly byPid = new Map<number, Console>();
  private readonly accepted = new Map<number, number>();
  private readonly ended = new Set<number>();

  add(pid: number, console: Console): void {
    this.byPid.set(pid, console);
  }

  has(pid: number): boolean {
    return this.byPid.has(pid);
  }

  /** Returns the total of bytes accepted so far. */
  feed(kernel: Kernel, pid: number, bytes: Uint8Array): number {
    const console = this.open(pid);
    console.feed(kernel, bytes);
    const total = (this.accepted.get(pid) ?? 0) + bytes.length;
    this.accepted.set(pid, total);
    return total;
  }

  endInput(kernel: Kernel, pid: number): void {
    this.open(pid).endInput(kernel);
  }

  resize(kernel: Kernel, pid: number, { rows, columns }: TerminalSize): void {
    const { terminal } = this.open(pid);
    if (!terminal)
      throw new MachineError('NO_TERMINAL', `process ${pid} has no terminal: SpawnProcess was not asked for one`, { pid: `${pid}` });
    resize(kernel, terminal, { rows, columns, xPixels: 0, yPixels: 0 });
  }

  takeOutput(): PidChunk[] {
    const chunks: PidChunk[] = [];
    for (const [pid, console] of this.byPid) for (const chunk of console.fetchOutput()) chunks.push({ pid, ...chunk });
    return chunks;
  }

  /** Programs whose console nobody holds any more, each once. */
  takeEnded(): number[] {
    const ended = [...this.byPid].filter(([pid, console]) => console.isAbandoned && !this.ended.has(pid)).map(([pid]) => pid);
    for (const pid of ended) this.ended.add(pid);
    return ended;
  }

  report(): { readonly pid: number; readonly ended: boolean }[] {
    return [...this.byPid.keys()].map((pid) => ({ pid, ended: this.ended.has(pid) }));
  }

  awaitsInput(): boolean {
    return [...this.byPid.values()].some((console) => console.awaitsInput);
  }

  private open(pid: number): Console {
    const console = this.byPid.get(pid);
    if (!console)
      throw new MachineError('PROCESS_NOT_FOUND', `process ${pid} was not started by SpawnProcess, so it has no console`, {
        pid: `${pid}`,
      });
    if (console.inputEnded) throw new MachineError('STDIN_CLOSED', `the standard input of process ${pid} is closed`, { pid: `${pid}` });
    return console;
  }
}
