// A case before it is bytes: a tree of items, so that whoever makes a failing case smaller can take things out and stay valid.

import type { MachineState } from './state.ts';

/** How an instruction uses the six arithmetic flags, in RFLAGS positions. */
export interface FlagUse {
  readonly reads: number;
  /** Written in any case, undefined ones among them. */
  readonly writes: number;
  /** Left undefined by the SDM, or may be. */
  readonly undefined: number;
}

export const NO_FLAGS: FlagUse = { reads: 0, writes: 0, undefined: 0 };

/** A place in `bytes` that depends on where the code lies. */
export interface Fixup {
  readonly at: number;
  /** rel32: address minus the instruction's end. abs32: the address. */
  readonly kind: 'rel32' | 'abs32';
  /** A fixed address, or a label of the item that the part is in. */
  readonly target: number | 'slot';
  readonly offset?: number;
}

/** One instruction. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly flags: FlagUse;
  readonly fixup?: Fixup;
}

/** Where control comes to an item of its own: how a jump, call or branch is written. */
export type Transfer = 'direct' | 'register' | 'memory';

export type Item =
  /** Instructions that belong together. */
  | { readonly kind: 'code'; readonly parts: readonly Part[] }
  /**
   * `trip` times `body`. dec: DEC and JNE of a register; loop, loope, loopne: of RCX; memory: DEC of a slot in memory.
   * entry: the first iteration begins at that item of the body if the condition holds.
   */
  | {
      readonly kind: 'loop';
      readonly before: readonly Part[];
      readonly style: 'dec' | 'loop' | 'loope' | 'loopne' | 'memory';
      readonly register: number;
      readonly trip: number;
      readonly entry?: { readonly condition: number; readonly at: number };
      readonly body: readonly Item[];
    }
  /** Jcc (or JRCXZ: condition -1, JECXZ: -2) over the body. */
  | { readonly kind: 'unless'; readonly condition: number; readonly body: readonly Item[] }
  /** A call of a function of the program (every other takes an argument on the stack); the register holds its address where it is needed. */
  | { readonly kind: 'call'; readonly function: number; readonly via: Transfer; readonly register: number }
  /** Jump through a table of `bodies`, by a register taken modulo their number (a power of two). */
  | { readonly kind: 'switch'; readonly register: number; readonly bodies: readonly (readonly Item[])[] }
  /** A jump over bytes that are never executed. */
  | { readonly kind: 'jump'; readonly via: Transfer; readonly register: number; readonly skipped: Uint8Array }
  /** A store into the code behind, a taken jump, and the instructions at `slot`: `before` until the store has been, then `after`. */
  | {
      readonly kind: 'modify';
      readonly stores: readonly Part[];
      readonly before: readonly Part[];
      readonly after: readonly Part[];
      readonly gap: number;
    };

export interface Program {
  readonly items: readonly Item[];
  /** A function calls those behind it only. */
  readonly functions: readonly (readonly Item[])[];
  /** Offset in the code window of the first instruction; -1: the last one ends at the window's end, -1 - n: n bytes of it are cut off. */
  readonly at: number;
}

export interface FuzzCase {
  readonly seed: number;
  readonly index: number;
  /** What the case was made to hold. */
  readonly traits: readonly string[];
  /** False if results depend on the processor's maker or model: only our executors are compared. */
  readonly native: boolean;
  readonly program: Program;
  readonly state: MachineState;
}
