// What a client has a remote thread do: a list of steps, each one real instruction or system call on the thread's vCPU.
// Plain data: a call in progress is part of the machine's state.

/** User-mode instructions without operands that a client may ask for. */
export type RemoteInstruction = 'stui' | 'clui' | 'testui' | 'uiret';

export type RemoteStep =
  /** SYSCALL with RAX and up to six arguments in RDI, RSI, RDX, R10, R8, R9. */
  | { readonly kind: 'syscall'; readonly number: number; readonly arguments: readonly bigint[] }
  /** SENDUIPI RAX. */
  | { readonly kind: 'senduipi'; readonly index: bigint }
  | { readonly kind: 'instruction'; readonly name: RemoteInstruction }
  /** Bytes into, or out of, the thread's memory where the step is reached; takes no virtual time. The call fails if it is not mapped so. */
  | { readonly kind: 'store'; readonly address: number; readonly bytes: Uint8Array }
  | { readonly kind: 'load'; readonly address: number; readonly length: number };

/** What a step left behind: RAX of a system call, CF of TESTUI, the interrupt's number of SENDUIPI, bytes of a load; else 0. */
export type RemoteResult = { readonly kind: 'value'; readonly value: bigint } | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

export interface RemoteCall {
  readonly tid: number;
  /** For people: "SendUipi". */
  readonly name: string;
  readonly steps: readonly RemoteStep[];
}

/** How a call ended. */
export interface RemoteOutcome {
  /** Of the call, as events give it. */
  readonly call: number;
  readonly tid: number;
  /**
   * done: every step. interrupted: the thread is in a handler of mode MANUAL; `results` has the steps before that.
   * killed: the thread is gone. faulted: a store or load met memory that is not there.
   */
  readonly outcome: 'done' | 'interrupted' | 'killed' | 'faulted';
  readonly results: readonly RemoteResult[];
  /** Vector of the interrupt, signal that killed it; else 0. */
  readonly number: number;
  /** For people: "#GP at senduipi: UITT entry 7 is not valid"; else ''. */
  readonly text: string;
  readonly startCycle: number;
  readonly endCycle: number;
  readonly vcpu: number;
}

/** An interrupt that a remote thread took. Kept until a wait has answered with it; not part of the machine's state, because nothing in the machine reads it. */
export interface TakenInterrupt {
  readonly tid: number;
  readonly vector: number;
  readonly cycle: number;
  readonly vcpu: number;
  readonly sources: readonly { readonly interrupt: number; readonly sender: number }[];
  readonly rip: bigint;
  readonly symbol: string;
  readonly handlerDepth: number;
  readonly eventSequence: number;
}
