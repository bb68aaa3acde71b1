// Our terminal lent to a guest's: bytes pass both ways as they are, the guest's line discipline edits, echoes and makes signals of them.
// Ours is raw meanwhile and is put back in every way out.

import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import type { WriteStream } from 'node:tty';
import type { TerminalSize } from '../../src/gen/api.ts';
import type { GuestConsole } from './guest-io.ts';
import { UsageError } from './usage-error.ts';

/** Ctrl-], three times in a row: the way out of a guest that listens to nothing. */
const ESCAPE = 0x1d;
const ESCAPES = 3;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Whoever typed has had enough. */
export class TerminalLeft extends Error {}

/** Size of the window that shows what the guest writes; zeroes if there is none. */
export function hostWindow(): TerminalSize {
  const shown = [process.stdout, process.stderr].find((stream) => stream.isTTY) as WriteStream | undefined;
  return { rows: shown?.rows ?? 0, columns: shown?.columns ?? 0 };
}

/** A pipe cannot be lent. */
export function requireTerminal(command: string, exitCode: number): void {
  if (process.stdin.isTTY) return;
  throw new UsageError(
    `${command} -t: standard input is no terminal that the program could be given; leave -t out, or give ${command} one (script -qc 'uintrctl ${command} -t ...' /dev/null)`,
    exitCode,
  );
}

export class HostTerminal {
  private readonly console: GuestConsole;
  private escapes = 0;
  private leave: (error: TerminalLeft) => void = () => {};
  /** Rejects with TerminalLeft. */
  readonly left: Promise<never>;

  constructor(console: GuestConsole) {
    this.console = console;
    this.left = new Promise<never>((_, reject) => (this.leave = reject));
    this.left.catch(() => {});
  }

  /** `endOnSignals`: nobody else listens for the signals that would end us with the terminal still raw. */
  start(endOnSignals = false): void {
    this.makeRaw();
    if (endOnSignals) for (const signal of SIGNALS) process.on(signal, this.onSignal);
    process.stdin.on('data', this.onData);
    process.stdin.on('end', this.onEnd);
    process.on('SIGWINCH', this.onResize);
    process.on('SIGCONT', this.makeRaw);
    process.on('exit', this.restore);
  }

  /** Once is enough, twice does no harm. */
  stop(): void {
    process.stdin.removeListener('data', this.onData);
    process.stdin.removeListener('end', this.onEnd);
    for (const signal of SIGNALS) process.removeListener(signal, this.onSignal);
    process.removeListener('SIGWINCH', this.onResize);
    process.removeListener('SIGCONT', this.makeRaw);
    process.removeListener('exit', this.restore);
    process.stdin.pause();
    this.restore();
  }

  private readonly makeRaw = (): void => {
    process.stdin.setRawMode(true);
    // Node's raw mode still turns newlines into CR LF; the guest's terminal has done so where it should. Without stty it stays so.
    spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
  };

  private readonly restore = (): void => {
    if (process.stdin.isRaw) process.stdin.setRawMode(false);
  };

  private readonly onData = (bytes: Buffer): void => {
    for (const byte of bytes) {
      this.escapes = byte === ESCAPE ? this.escapes + 1 : 0;
      if (this.escapes === ESCAPES) this.leave(new TerminalLeft());
    }
    void this.console.sendInput(bytes).catch(() => {});
  };

  private readonly onEnd = (): void => void this.console.closeInput().catch(() => {});

  private readonly onSignal = (signal: NodeJS.Signals): never => process.exit(128 + constants.signals[signal]);

  private readonly onResize = (): void => {
    // Node has asked for the size by then.
    setImmediate(() => void this.console.resize(hostWindow()).catch(() => {}));
  };
}
