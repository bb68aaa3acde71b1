// What becomes of bytes on their way out of a terminal (OPOST, termios(3)), and the column of the cursor.

import { IUTF8, OCRNL, OLCUC, ONLCR, ONLRET, ONOCR, TABDLY, XTABS } from '../abi/termios.ts';
import { BACKSPACE, isControl, NEWLINE, RETURN, SPACE, TAB, toUpper } from './characters.ts';
import type { Terminal } from './terminal.ts';

/** Not the first byte of a character, so it takes no column of its own. */
export function isContinuation(terminal: Terminal, byte: number): boolean {
  return terminal.isInput(IUTF8) && (byte & 0xc0) === 0x80;
}

/** Appends what `byte` becomes to `to` and moves the cursor; false, and nothing done, if that is more than `room` bytes. */
export function postProcess(terminal: Terminal, byte: number, room: number, to: number[]): boolean {
  if (room < 1) return false;
  switch (byte) {
    case NEWLINE:
      return newline(terminal, room, to);
    case RETURN:
      carriageReturn(terminal, to);
      return true;
    case TAB:
      return tab(terminal, room, to);
    case BACKSPACE:
      if (terminal.column > 0) terminal.column--;
      to.push(byte);
      return true;
    default:
      to.push(terminal.isOutput(OLCUC) ? toUpper(byte) : byte);
      if (!isControl(byte) && !isContinuation(terminal, byte)) terminal.column++;
      return true;
  }
}

function newline(terminal: Terminal, room: number, to: number[]): boolean {
  if (terminal.isOutput(ONLCR)) {
    if (room < 2) return false;
    terminal.column = 0;
    to.push(RETURN, NEWLINE);
  } else {
    if (terminal.isOutput(ONLRET)) terminal.column = 0;
    to.push(NEWLINE);
  }
  terminal.startColumn = terminal.column;
  return true;
}

function carriageReturn(terminal: Terminal, to: number[]): void {
  if (terminal.isOutput(ONOCR) && terminal.column === 0) return;
  if (terminal.isOutput(OCRNL)) {
    if (terminal.isOutput(ONLRET)) terminal.startColumn = terminal.column = 0;
    to.push(NEWLINE);
    return;
  }
  terminal.startColumn = terminal.column = 0;
  to.push(RETURN);
}

function tab(terminal: Terminal, room: number, to: number[]): boolean {
  const spaces = 8 - (terminal.column & 7);
  if ((terminal.settings.output & TABDLY) !== XTABS) to.push(TAB);
  else if (room < spaces) return false;
  else for (let i = 0; i < spaces; i++) to.push(SPACE);
  terminal.column += spaces;
  return true;
}
