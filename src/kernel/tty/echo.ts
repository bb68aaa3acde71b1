// Echo: what input makes appear on the terminal. It waits in order until the line has room, because columns follow what is really sent.

import { ECHO, ECHOCTL, ECHONL, OPOST } from '../abi/termios.ts';
import type { Kernel } from '../kernel.ts';
import { BACKSPACE, CARET, isControl, TAB } from './characters.ts';
import { postProcess } from './output.ts';
import type { Terminal } from './terminal.ts';

/**
 * A byte as it is; a control character as ^X; a tab taken back (columns used before it, counted from the last tab, or from the
 * start of the line); the column where the line starts; one column less, for the rest of a character.
 */
export type EchoOperation =
  | { readonly kind: 'byte'; readonly byte: number }
  | { readonly kind: 'control'; readonly byte: number }
  | { readonly kind: 'erase-tab'; readonly columns: number; readonly afterTab: boolean }
  | { readonly kind: 'start-column' }
  | { readonly kind: 'column-back' };

/** More than so many wait only behind output that is stopped; the oldest are dropped. */
const LONGEST = 4096 - 288;

export function echoRaw(terminal: Terminal, byte: number): void {
  add(terminal, { kind: 'byte', byte });
}

/** Control characters but the tab are shown as ^X if ECHOCTL asks for it. */
export function echoCharacter(terminal: Terminal, byte: number): void {
  const caret = terminal.isLocal(ECHOCTL) && isControl(byte) && byte !== TAB;
  add(terminal, caret ? { kind: 'control', byte } : { kind: 'byte', byte });
}

export function echoOperation(terminal: Terminal, operation: EchoOperation): void {
  add(terminal, operation);
}

function add(terminal: Terminal, operation: EchoOperation): void {
  terminal.echoes.push(operation);
  if (terminal.echoes.length > LONGEST) terminal.echoes.shift();
}

/** Sends what has been echoed, as far as there is room. */
export function flushEchoes(kernel: Kernel, terminal: Terminal): void {
  if (terminal.echoes.length === 0 || !(terminal.isLocal(ECHO) || terminal.isLocal(ECHONL))) return;
  sendEchoes(kernel, terminal);
}

/** As flushEchoes, whatever the settings have become. */
export function sendEchoes(kernel: Kernel, terminal: Terminal): void {
  const room = terminal.line.room(terminal);
  const bytes: number[] = [];
  let done = 0;
  for (const operation of terminal.echoes) {
    if (!perform(terminal, operation, room - bytes.length, bytes)) break;
    done++;
  }
  terminal.echoes.splice(0, done);
  if (bytes.length > 0) terminal.line.send(kernel, terminal, Uint8Array.from(bytes));
}

function perform(terminal: Terminal, operation: EchoOperation, room: number, to: number[]): boolean {
  switch (operation.kind) {
    case 'byte':
      if (terminal.isOutput(OPOST)) return postProcess(terminal, operation.byte, room, to);
      if (room < 1) return false;
      to.push(operation.byte);
      return true;
    case 'control':
      if (room < 2) return false;
      to.push(CARET, operation.byte ^ 0x40);
      terminal.column += 2;
      return true;
    case 'erase-tab': {
      const back = 8 - ((operation.columns + (operation.afterTab ? 0 : terminal.startColumn)) & 7);
      if (room < back) return false;
      for (let i = 0; i < back; i++) to.push(BACKSPACE);
      terminal.column = Math.max(0, terminal.column - back);
      return true;
    }
    case 'start-column':
      terminal.startColumn = terminal.column;
      return true;
    case 'column-back':
      if (terminal.column > 0) terminal.column--;
      return true;
  }
}
