// Input that arrives at a terminal: translation, flow control, signals, and in canonical mode the building of lines (termios(3)).

import {
  DISABLED_CHARACTER,
  ECHO,
  ECHOCTL,
  ECHONL,
  EXTPROC,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IUCLC,
  IXANY,
  IXON,
  NOFLSH,
  PARMRK,
  TIOCPKT_FLUSHREAD,
  VEOF,
  VEOL,
  VEOL2,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VSUSP,
  VWERASE,
} from '../abi/termios.ts';
import { SIGNAL } from '../abi/signal.ts';
import type { ByteQueue } from '../ipc/byte-queue.ts';
import type { Kernel } from '../kernel.ts';
import { BACKSPACE, CARET, NEWLINE, RETURN, toLower } from './characters.ts';
import { echoCharacter, echoOperation, echoRaw, flushEchoes, sendEchoes } from './echo.ts';
import { erase, finishErasing } from './erase.ts';
import { startOutput, stopOutput } from './flow-control.ts';
import { BUFFER_BYTES } from './input-buffer.ts';
import { signalForeground } from './job-control.ts';
import type { Terminal } from './terminal.ts';

/** Input settings with none of which, and none of the local ones below, bytes pass as they are. */
const TRANSLATING = ISTRIP | IUCLC | IGNCR | ICRNL | INLCR | IXON | PARMRK;
const INTERPRETING = ICANON | ISIG | ECHO;

const SIGNALS = [
  [VINTR, SIGNAL.SIGINT],
  [VQUIT, SIGNAL.SIGQUIT],
  [VSUSP, SIGNAL.SIGTSTP],
] as const;

/** Takes what there is room for and returns how many bytes that were; the rest waits on the line if `waits`, or is for the caller to drop. */
export function receive(kernel: Kernel, terminal: Terminal, bytes: Uint8Array, waits: boolean): number {
  const { input } = terminal;
  let done = 0;
  for (;;) {
    const room = makeRoom(terminal);
    terminal.isFull = waits && room === 0;
    const count = Math.min(room, bytes.length - done);
    if (count === 0) return done;
    receiveBlock(kernel, terminal, bytes.subarray(done, done + count));
    done += count;
    if (!terminal.isLocal(ICANON) || terminal.isLocal(EXTPROC)) if (input.length > 0) kernel.wake(terminal.readable);
  }
}

/** Takes in what waits on the line, as far as there is room. */
export function receiveWaiting(kernel: Kernel, terminal: Terminal, waiting: ByteQueue): void {
  while (waiting.length > 0) {
    const bytes = waiting.peek(BUFFER_BYTES);
    const done = receive(kernel, terminal, bytes, true);
    waiting.drop(done);
    if (done < bytes.length) return;
  }
}

/**
 * Bytes that may be processed now. Where no line is finished the last byte of a full buffer is given up, again and again,
 * so that erasing and the end of the line still get through.
 */
function makeRoom(terminal: Terminal): number {
  const { input } = terminal;
  const left = BUFFER_BYTES - input.length;
  const room = (terminal.isInput(PARMRK) ? Math.ceil(left / 3) : left) - 1;
  if (room > 0) return room;
  if (!terminal.isLocal(ICANON) || input.lines !== input.tail) return 0;
  if (room < 0) input.head--;
  return 1;
}

function receiveBlock(kernel: Kernel, terminal: Terminal, bytes: Uint8Array): void {
  const changes = terminal.isInput(ISTRIP) || (terminal.isInput(IUCLC) && terminal.isLocal(IEXTEN));
  if (isTransparent(terminal) || (terminal.isLocal(EXTPROC) && !changes)) {
    terminal.input.putAll(bytes);
    return;
  }
  for (const given of bytes) {
    let byte = given;
    if (terminal.isInput(ISTRIP)) byte &= 0x7f;
    if (terminal.isInput(IUCLC) && terminal.isLocal(IEXTEN)) byte = toLower(byte);
    if (terminal.literalNext) {
      terminal.literalNext = false;
      receiveOrdinary(kernel, terminal, byte);
    } else if (terminal.isLocal(EXTPROC)) terminal.input.put(byte);
    else if (byte === DISABLED_CHARACTER || !receiveSpecial(kernel, terminal, byte)) receiveOrdinary(kernel, terminal, byte);
  }
  flushEchoes(kernel, terminal);
}

function isTransparent({ settings }: Terminal): boolean {
  return (settings.input & TRANSLATING) === 0 && (settings.local & INTERPRETING) === 0;
}

/** A byte without meaning of its own: echoed and kept. */
function receiveOrdinary(kernel: Kernel, terminal: Terminal, byte: number): void {
  resumeOnAny(kernel, terminal);
  keep(terminal, byte, false);
}

/** IXANY: any character starts stopped output. */
function resumeOnAny(kernel: Kernel, terminal: Terminal): void {
  if (!terminal.stopped || terminal.stoppedByCall || !terminal.isInput(IXON) || !terminal.isInput(IXANY)) return;
  startOutput(kernel, terminal);
  sendEchoes(kernel, terminal);
}

/** A newline that was typed as such outside of canonical mode shows as ^J. */
function keep(terminal: Terminal, byte: number, translated: boolean): void {
  if (terminal.isLocal(ECHO)) {
    finishErasing(terminal);
    if (translated && byte === NEWLINE) echoRaw(terminal, byte);
    else echoInLine(terminal, byte);
  }
  if (byte === 0xff && terminal.isInput(PARMRK)) terminal.input.put(byte);
  terminal.input.put(byte);
}

/** The first character of a line notes the column where the line starts. */
function echoInLine(terminal: Terminal, byte: number): void {
  if (terminal.input.lines === terminal.input.head) echoOperation(terminal, { kind: 'start-column' });
  echoCharacter(terminal, byte);
}

/** True if the byte means something and has been dealt with. */
function receiveSpecial(kernel: Kernel, terminal: Terminal, given: number): boolean {
  if (terminal.isInput(IXON) && controlFlow(kernel, terminal, given)) return true;
  if (terminal.isLocal(ISIG)) {
    const row = SIGNALS.find(([index]) => terminal.isCharacter(given, index));
    if (row) {
      receiveSignal(kernel, terminal, row[1], given);
      return true;
    }
  }
  resumeOnAny(kernel, terminal);
  let byte = given;
  if (given === RETURN) {
    if (terminal.isInput(IGNCR)) return true;
    if (terminal.isInput(ICRNL)) byte = NEWLINE;
  } else if (given === NEWLINE && terminal.isInput(INLCR)) byte = RETURN;
  if (terminal.isLocal(ICANON) && editLine(kernel, terminal, byte)) return true;
  if (byte === given) return false;
  keep(terminal, byte, true);
  return true;
}

function controlFlow(kernel: Kernel, terminal: Terminal, byte: number): boolean {
  if (terminal.isCharacter(byte, VSTART)) {
    startOutput(kernel, terminal);
    sendEchoes(kernel, terminal);
    return true;
  }
  if (!terminal.isCharacter(byte, VSTOP)) return false;
  stopOutput(kernel, terminal);
  return true;
}

function receiveSignal(kernel: Kernel, terminal: Terminal, signal: number, byte: number): void {
  signalForeground(kernel, terminal, signal);
  if (!terminal.isLocal(NOFLSH)) {
    terminal.echoes = [];
    terminal.line.flushOutput(kernel, terminal);
    flushInput(kernel, terminal);
  }
  if (terminal.isInput(IXON)) startOutput(kernel, terminal);
  if (terminal.isLocal(ECHO)) echoCharacter(terminal, byte);
  else sendEchoes(kernel, terminal);
}

/** Drops what has been received and not read, on the line too. */
export function flushInput(kernel: Kernel, terminal: Terminal): void {
  terminal.input.clear();
  terminal.echoes = [];
  terminal.erasing = false;
  terminal.line.report(kernel, terminal, TIOCPKT_FLUSHREAD, 0);
  if (terminal.isFull) terminal.line.resumeInput(kernel, terminal);
}

/** Canonical mode: true if the byte edits the line or ends it. */
function editLine(kernel: Kernel, terminal: Terminal, byte: number): boolean {
  const extended = terminal.isLocal(IEXTEN);
  const is = (index: number): boolean => terminal.isCharacter(byte, index);
  if (is(VERASE) || is(VKILL) || (extended && is(VWERASE))) erase(terminal, byte);
  else if (extended && is(VLNEXT)) takeLiterally(terminal);
  else if (extended && is(VREPRINT) && terminal.isLocal(ECHO)) reprint(terminal, byte);
  else if (byte === NEWLINE) {
    if (terminal.isLocal(ECHO) || terminal.isLocal(ECHONL)) echoRaw(terminal, byte);
    endLine(kernel, terminal, byte);
  } else if (is(VEOF)) endLine(kernel, terminal, DISABLED_CHARACTER);
  else if (is(VEOL) || (extended && is(VEOL2))) {
    if (terminal.isLocal(ECHO)) echoInLine(terminal, byte);
    if (byte === 0xff && terminal.isInput(PARMRK)) terminal.input.put(byte);
    endLine(kernel, terminal, byte);
  } else return false;
  return true;
}

function takeLiterally(terminal: Terminal): void {
  terminal.literalNext = true;
  if (!terminal.isLocal(ECHO)) return;
  finishErasing(terminal);
  if (!terminal.isLocal(ECHOCTL)) return;
  echoRaw(terminal, CARET);
  echoRaw(terminal, BACKSPACE);
}

function reprint(terminal: Terminal, byte: number): void {
  const { input } = terminal;
  finishErasing(terminal);
  echoCharacter(terminal, byte);
  echoRaw(terminal, NEWLINE);
  for (let place = input.lines; place < input.head; place++) echoCharacter(terminal, input.at(place));
}

function endLine(kernel: Kernel, terminal: Terminal, byte: number): void {
  terminal.input.endLine(byte);
  kernel.wake(terminal.readable);
}
