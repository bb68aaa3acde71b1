// The commands that remote threads and their rings answer: fields and replies, types only. src/machine/protocol.ts takes them in.

import type { RingState, RingSummary } from '../../../uring/report.ts';

export interface CallTimes {
  readonly startCycle: number;
  readonly endCycle: number;
  readonly vcpu: number;
}

interface Timed {
  readonly times: CallTimes;
}

export interface InterruptReply {
  readonly vector: number;
  readonly cycle: number;
  readonly vcpu: number;
  readonly sources: readonly { readonly interrupt: number; readonly sender: number }[];
  readonly rip: bigint;
  readonly symbol: string;
  readonly handlerDepth: number;
  readonly eventSequence: number;
}

export type SyscallArgumentFields =
  | { readonly kind: 'value'; readonly value: bigint }
  /** A pointer to these bytes; `output`: what is there afterwards is answered. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly output: boolean }
  /** A pointer to so many zero bytes; answered. */
  | { readonly kind: 'space'; readonly length: number };

export interface RingInfo {
  readonly ring: number;
  /** The remote thread that made it; 0 for a program's. */
  readonly tid: number;
  readonly pid: number;
  readonly fd: number;
  readonly sqEntries: number;
  readonly cqEntries: number;
  readonly setupFlags: number;
  readonly features: number;
}

export interface RingStateReply extends Omit<RingState, keyof RingSummary> {
  readonly ring: RingInfo;
  readonly cycle: number;
}

export type CancelTarget = { readonly all: boolean } & (
  | { readonly by: 'user_data'; readonly userData: bigint }
  | { readonly by: 'fd'; readonly fd: number }
  | { readonly by: 'any' }
);

export type RingOperation =
  | { readonly kind: 'nop' }
  /** bufferIndex -1: a buffer of its own. */
  | { readonly kind: 'read'; readonly fd: number; readonly length: number; readonly offset: bigint; readonly bufferIndex: number }
  | { readonly kind: 'write'; readonly fd: number; readonly data: Uint8Array; readonly offset: bigint; readonly bufferIndex: number }
  | { readonly kind: 'readv'; readonly fd: number; readonly lengths: readonly number[]; readonly offset: bigint }
  | { readonly kind: 'writev'; readonly fd: number; readonly data: readonly Uint8Array[]; readonly offset: bigint }
  | { readonly kind: 'fsync'; readonly fd: number; readonly dataOnly: boolean }
  /** `path` ends in NUL. */
  | { readonly kind: 'openat'; readonly directoryFd: number; readonly path: Uint8Array; readonly openFlags: number; readonly mode: number }
  | { readonly kind: 'close'; readonly fd: number }
  | { readonly kind: 'poll_add'; readonly fd: number; readonly events: number }
  | { readonly kind: 'timeout'; readonly nanoseconds: bigint; readonly completions: number }
  | { readonly kind: 'cancel'; readonly target: CancelTarget }
  | { readonly kind: 'raw'; readonly bytes: Uint8Array };

export interface RingEntry {
  readonly userData: bigint;
  readonly flags: number;
  readonly operation: RingOperation;
}

export interface RingCompletion {
  readonly userData: bigint;
  readonly result: number;
  readonly flags: number;
  /** "ENOENT" where result is -2. */
  readonly error: string;
  readonly data: Uint8Array;
}

export type RingResources =
  | { readonly kind: 'files'; readonly fds: readonly number[] }
  | { readonly kind: 'buffers'; readonly sizes: readonly number[] }
  | { readonly kind: 'eventfd'; readonly fd: number }
  | { readonly kind: 'uintr'; readonly fd: number }
  | { readonly kind: 'probe' }
  | { readonly kind: 'unregister'; readonly what: 'files' | 'buffers' | 'eventfd' | 'uintr' };

export interface OpcodeSupport {
  readonly opcode: number;
  readonly name: string;
  readonly supported: boolean;
}

/** Answered when the calls have ended. States: created, running, paused, quiescent. */
export interface RemotePrograms {
  register_handler: {
    fields: {
      readonly tid: number;
      readonly mode: 'automatic' | 'manual';
      readonly blockedReceiver: 'none' | 'receiver' | 'sender';
      readonly keepMasked: boolean;
    };
    reply: Timed & { readonly handler: bigint; readonly upid: bigint };
  };
  unregister_handler: { fields: { readonly tid: number }; reply: Timed };
  create_vector_fd: {
    fields: { readonly tid: number; readonly vector: number };
    reply: Timed & { readonly pid: number; readonly fd: number };
  };
  /** `fd` of process `pid`; pid 0, or the thread's own: it is not passed. */
  register_sender: {
    fields: { readonly tid: number; readonly fd: number; readonly pid: number };
    reply: Timed & { readonly uittIndex: number; readonly fd: number };
  };
  unregister_sender: { fields: { readonly tid: number; readonly uittIndex: number; readonly fd: number }; reply: Timed };
  /** `name`: of the call, for people. Stops early in a handler of mode manual, unless nothing was sent before. */
  send_uipis: {
    fields: { readonly tid: number; readonly name: string; readonly indexes: readonly bigint[] };
    reply: Timed & { readonly interrupts: readonly number[] };
  };
  set_user_interrupt_flag: { fields: { readonly tid: number; readonly uif: boolean }; reply: Timed };
  test_user_interrupt_flag: { fields: { readonly tid: number }; reply: Timed & { readonly uif: boolean } };
  /** timeoutNanoseconds -1: none. */
  wait_for_interrupt: {
    fields: { readonly tid: number; readonly mode: 'parked' | 'uintr_wait'; readonly timeoutNanoseconds: number };
    reply: {
      readonly outcome: 'interrupt' | 'timed_out' | 'quiescent' | 'virtual_limit';
      readonly interrupt: InterruptReply | null;
      readonly more: number;
      readonly cycle: number;
    };
  };
  return_from_interrupt: { fields: { readonly tid: number }; reply: Timed & { readonly handlerDepth: number; readonly rip: bigint } };
  execute_syscall: {
    fields: { readonly tid: number; readonly call: number | string; readonly arguments: readonly SyscallArgumentFields[] };
    reply: Timed & { readonly result: bigint; readonly error: string; readonly outputs: readonly Uint8Array[] };
  };
  setup_ring: {
    fields: {
      readonly tid: number;
      readonly entries: number;
      /** 0: twice the entries. */
      readonly cqEntries: number;
      readonly setupFlags: number;
      readonly uintrFd: number;
    };
    reply: Timed & { readonly ring: RingInfo };
  };
  register_resources: {
    fields: { readonly ring: number; readonly resources: RingResources };
    reply: Timed & { readonly result: number; readonly opcodes: readonly OpcodeSupport[] };
  };
  submit_ops: { fields: { readonly ring: number; readonly entries: readonly RingEntry[] }; reply: Timed & { readonly submitted: number } };
  /** minimum 0: what is there. timeoutNanoseconds -1: none. */
  wait_completions: {
    fields: { readonly ring: number; readonly minimum: number; readonly maximum: number; readonly timeoutNanoseconds: number };
    reply: Timed & { readonly completions: readonly RingCompletion[]; readonly timedOut: boolean };
  };
  cancel_ops: {
    fields: { readonly ring: number; readonly target: CancelTarget };
    reply: Timed & { readonly cancelled: number; readonly error: string };
  };
  close_ring: { fields: { readonly ring: number }; reply: Timed };
}

export type RemoteProgramKind = keyof RemotePrograms;

export interface RingReports {
  list_rings: { fields: object; reply: { readonly rings: readonly RingInfo[] } };
  ring_state: { fields: { readonly ring: number }; reply: RingStateReply };
}
