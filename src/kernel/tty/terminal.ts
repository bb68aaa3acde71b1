// A terminal (tty_ioctl(4)): settings, the state of its line discipline, its session, and the line to the other side. Plain data.

import { WaitQueue } from '../task/wait-queue.ts';
import type { EchoOperation } from './echo.ts';
import { InputBuffer } from './input-buffer.ts';
import type { TerminalLine } from './line.ts';
import { type Settings, standardSettings } from './settings.ts';

export interface WindowSize {
  readonly rows: number;
  readonly columns: number;
  readonly xPixels: number;
  readonly yPixels: number;
}

export class Terminal {
  /** "pts/0", "console": below /dev. */
  readonly name: string;
  readonly device: number;
  /** A slave is what programs see as a terminal, be its other side a master or the world outside of the machine. */
  readonly kind: 'console' | 'slave' | 'master';
  readonly line: TerminalLine;
  settings: Settings;
  window: WindowSize = { rows: 0, columns: 0, xPixels: 0, yPixels: 0 };

  readonly input = new InputBuffer();
  /** Waits for output to have room. */
  echoes: EchoOperation[] = [];
  /** Where the cursor is, and where it was at the start of the line being typed. */
  column = 0;
  startColumn = 0;
  /** The next character is taken literally (VLNEXT). */
  literalNext = false;
  /** Between the \ and / of ECHOPRT. */
  erasing = false;
  /** Input waits on the line until some has been read. */
  isFull = false;

  /** Output is stopped: by VSTOP, and by tcflow(TCOOFF), which only TCOON ends. */
  stopped = false;
  stoppedByCall = false;
  /** TIOCEXCL. */
  exclusive = false;
  /** Session it controls, and the process group in front; 0 if none. */
  session = 0;
  foreground = 0;
  /** Times it was hung up: files opened before the last one are dead. */
  hangUps = 0;
  /** The other side is not open: input ends behind what is there. */
  otherClosed = false;
  /** Of a master: each read begins with a byte that says what it is (TIOCPKT). */
  packetMode = false;
  /** Open descriptions. */
  opens = 0;
  readonly readable: WaitQueue;
  readonly writable: WaitQueue;

  constructor(name: string, device: number, kind: Terminal['kind'], line: TerminalLine, settings = standardSettings()) {
    this.name = name;
    this.device = device;
    this.kind = kind;
    this.line = line;
    this.settings = settings;
    this.readable = new WaitQueue(`input of ${name}`);
    this.writable = new WaitQueue(`room in ${name}`);
  }

  isInput(flag: number): boolean {
    return (this.settings.input & flag) !== 0;
  }

  isOutput(flag: number): boolean {
    return (this.settings.output & flag) !== 0;
  }

  isLocal(flag: number): boolean {
    return (this.settings.local & flag) !== 0;
  }

  /** True if `byte` is the control character at `index` of c_cc, and that one is not off. */
  isCharacter(byte: number, index: number): boolean {
    return byte !== 0 && this.settings.characters[index] === byte;
  }

  character(index: number): number {
    return this.settings.characters[index]!;
  }
}
