// A command on a remote thread that takes several calls, the later ones depending on what the earlier answered.
// It runs in the worker between slices and acts on the machine by calls alone, each an input of its own in the journal.

import type { Machine } from '../machine.ts';
import type { RemoteCall, RemoteOutcome, TakenInterrupt } from './remote-call.ts';

/** What a program asks for next. */
export type RemoteRequest =
  /** Answered with a RemoteOutcome. A busy thread or one that is not remote is thrown into the program as a MachineError. */
  | { readonly kind: 'call'; readonly call: RemoteCall }
  /** Time passes until the thread has taken an interrupt, `untilCycle` (absolute; Infinity for none) or nothing more can happen. Answered with an InterruptWait. */
  | { readonly kind: 'wait'; readonly tid: number; readonly untilCycle: number };

export type InterruptWait =
  | { readonly outcome: 'interrupt'; readonly interrupt: TakenInterrupt; readonly more: number }
  | { readonly outcome: 'timed_out' | 'quiescent' | 'virtual_limit' };

export type RemoteAnswer = RemoteOutcome | InterruptWait;

/** Ends with the command's reply, or throws a MachineError. */
export type RemoteProgram<Reply> = Generator<RemoteRequest, Reply, RemoteAnswer>;

/** `machine` may be looked at, never changed. */
export type RemoteCommand<Fields, Reply> = (machine: Machine, fields: Fields) => RemoteProgram<Reply>;
