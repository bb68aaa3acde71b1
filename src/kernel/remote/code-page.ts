// The program of a remote thread: one page of real instructions, mapped once an address space. A client's step is one of its stubs.

import type { ProgramSymbol } from '../loader/symbols.ts';

export interface Stub {
  /** Counted from the page's first byte. */
  readonly start: number;
  /** Behind its last instruction; a jump to the pause loop follows, for whoever comes here without a client. */
  readonly end: number;
}

const PAUSE = [0xf3, 0x90];
const ADD_8_TO_RSP = [0x48, 0x83, 0xc4, 0x08];
const UIRET = [0xf3, 0x0f, 0x01, 0xec];
const INT3 = 0xcc;

/** A loop of PAUSE and a jump back to it: where the thread waits for calls. `half`: distance of the jump from the start. */
export const PAUSE_LOOP = { half: PAUSE.length, bytes: 4 } as const;

interface Piece {
  readonly at: number;
  readonly code: readonly number[];
  /** Where a short jump behind the code goes; -1: no jump. */
  readonly jump: number;
}

/** The thread's code by name. 8 bytes apart, all within reach of a short jump. */
const PIECES = {
  remote_park: { at: 0x00, code: PAUSE, jump: 0x00 },
  remote_handler_automatic: { at: 0x08, code: [...ADD_8_TO_RSP, ...UIRET], jump: -1 },
  remote_handler_manual: { at: 0x10, code: PAUSE, jump: 0x10 },
  remote_senduipi: { at: 0x18, code: [0xf3, 0x0f, 0xc7, 0xf0], jump: 0x00 },
  remote_stui: { at: 0x20, code: [0xf3, 0x0f, 0x01, 0xef], jump: 0x00 },
  remote_clui: { at: 0x28, code: [0xf3, 0x0f, 0x01, 0xee], jump: 0x00 },
  remote_testui: { at: 0x30, code: [0xf3, 0x0f, 0x01, 0xed], jump: 0x00 },
  remote_uiret: { at: 0x38, code: [...ADD_8_TO_RSP, ...UIRET], jump: -1 },
  remote_syscall: { at: 0x40, code: [0x0f, 0x05], jump: 0x00 },
} as const satisfies Record<string, Piece>;

/** All of it, with the last jump. */
export const CODE_BYTES = 0x48;

export type StubName = keyof typeof PIECES;

export const STUBS = Object.fromEntries(
  Object.entries(PIECES).map(([name, { at, code }]) => [name, { start: at, end: at + code.length }]),
) as Readonly<Record<StubName, Stub>>;

/** Where UIRET is in its stub: behind the instruction that pops the vector. */
export const UIRET_AT = STUBS.remote_uiret.start + ADD_8_TO_RSP.length;

export function codePage(length: number): Uint8Array {
  const page = new Uint8Array(length).fill(INT3);
  for (const { at, code, jump } of Object.values(PIECES)) {
    page.set(code, at);
    if (jump >= 0) page.set([0xeb, (jump - (at + code.length + 2)) & 0xff], at + code.length);
  }
  return page;
}

export function codeSymbols(address: number): ProgramSymbol[] {
  return Object.entries(PIECES).map(([name, { at }]) => ({ address: address + at, size: 8, name }));
}
