// Editing the line being typed: VERASE, VWERASE and VKILL, and what they show (ECHOE, ECHOK, ECHOKE, ECHOPRT).

import { ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, ECHOPRT, VERASE, VKILL, VWERASE } from '../abi/termios.ts';
import { BACKSLASH, BACKSPACE, isControl, isWordByte, NEWLINE, SLASH, SPACE, TAB } from './characters.ts';
import { echoCharacter, echoOperation, echoRaw } from './echo.ts';
import { isContinuation } from './output.ts';
import type { Terminal } from './terminal.ts';

type Erasure = 'character' | 'word' | 'line';

/** `byte` is one of the three control characters. */
export function erase(terminal: Terminal, byte: number): void {
  const { input } = terminal;
  if (input.head === input.lines) return;
  const erasure: Erasure = terminal.isCharacter(byte, VERASE) ? 'character' : terminal.isCharacter(byte, VWERASE) ? 'word' : 'line';
  if (erasure === 'line' && !(terminal.isLocal(ECHO) && terminal.isLocal(ECHOK) && terminal.isLocal(ECHOKE) && terminal.isLocal(ECHOE))) {
    killBlindly(terminal);
    return;
  }
  eraseBackwards(terminal, erasure);
  if (input.head === input.lines && terminal.isLocal(ECHO)) finishErasing(terminal);
}

/** The slash that ends what ECHOPRT shows. */
export function finishErasing(terminal: Terminal): void {
  if (!terminal.erasing) return;
  echoRaw(terminal, SLASH);
  terminal.erasing = false;
}

/** The line goes without being wiped out on the screen. */
function killBlindly(terminal: Terminal): void {
  terminal.input.head = terminal.input.lines;
  if (!terminal.isLocal(ECHO)) return;
  finishErasing(terminal);
  echoCharacter(terminal, terminal.character(VKILL));
  if (terminal.isLocal(ECHOK)) echoRaw(terminal, NEWLINE);
}

function eraseBackwards(terminal: Terminal, erasure: Erasure): void {
  const { input } = terminal;
  let seenWord = false;
  while (input.head !== input.lines) {
    let head = input.head;
    do head--;
    while (isContinuation(terminal, input.at(head)) && head !== input.lines);
    const first = input.at(head);
    if (isContinuation(terminal, first)) return;
    if (erasure === 'word') {
      if (isWordByte(first)) seenWord = true;
      else if (seenWord) return;
    }
    const length = input.head - head;
    input.head = head;
    if (terminal.isLocal(ECHO)) showErasure(terminal, erasure, first, head, length);
    if (erasure === 'character') return;
  }
}

/** `first` began the character of `length` bytes that was at `place`. */
function showErasure(terminal: Terminal, erasure: Erasure, first: number, place: number, length: number): void {
  if (terminal.isLocal(ECHOPRT)) showErased(terminal, first, place, length);
  else if (erasure === 'character' && !terminal.isLocal(ECHOE)) echoCharacter(terminal, terminal.character(VERASE));
  else if (first === TAB) echoOperation(terminal, { kind: 'erase-tab', ...columnsBefore(terminal, place) });
  else {
    const shown = isControl(first) ? (terminal.isLocal(ECHOCTL) ? 2 : 0) : 1;
    for (let i = 0; i < shown; i++) for (const byte of [BACKSPACE, SPACE, BACKSPACE]) echoRaw(terminal, byte);
  }
}

function showErased(terminal: Terminal, first: number, place: number, length: number): void {
  if (!terminal.erasing) {
    echoRaw(terminal, BACKSLASH);
    terminal.erasing = true;
  }
  echoCharacter(terminal, first);
  for (let i = 1; i < length; i++) {
    echoRaw(terminal, terminal.input.at(place + i));
    echoOperation(terminal, { kind: 'column-back' });
  }
}

/** Columns that the line takes before `place`, modulo 8, since the last tab if there is one. */
function columnsBefore(terminal: Terminal, place: number): { readonly columns: number; readonly afterTab: boolean } {
  const { input } = terminal;
  let columns = 0;
  for (let at = place - 1; at >= input.lines; at--) {
    const byte = input.at(at);
    if (byte === TAB) return { columns: columns & 7, afterTab: true };
    if (isControl(byte)) columns += terminal.isLocal(ECHOCTL) ? 2 : 0;
    else if (!isContinuation(terminal, byte)) columns++;
  }
  return { columns: columns & 7, afterTab: false };
}
