// What a remote thread is at, beside its registers. Part of the machine's state: plain data.

import type { RemoteResult, RemoteStep } from '../../machine/remote/remote-call.ts';

/** What it does without a call: executes its pause loop, or sleeps in the kernel. */
export type ParkMode = 'spin' | 'block';

export class RemoteCallState {
  readonly number: number;
  readonly name: string;
  readonly steps: readonly RemoteStep[];
  /** One for each step that is done. */
  readonly results: RemoteResult[] = [];
  /** -1 until the first step begins, or the last is done. */
  startCycle = -1;
  endCycle = -1;
  vcpu = -1;
  /** Number of the interrupt that the kernel has posted for the SENDUIPI in progress, 0 if it has not. */
  posted = 0;
  /** The last exception of the step in progress, as a sentence; ''. */
  fault = '';

  constructor(number: number, name: string, steps: readonly RemoteStep[]) {
    this.number = number;
    this.name = name;
    this.steps = steps;
  }

  /** The step in progress or due; undefined when all are done. */
  get step(): RemoteStep | undefined {
    return this.steps[this.results.length];
  }
}

export class RemoteState {
  readonly park: ParkMode;
  /** The code page. */
  readonly code: number;
  /** RSP of a thread that is in no handler. Zeroes follow; the last of them is the word it sleeps at. */
  readonly stack: number;
  /** Memory for its client. */
  readonly data: number;
  /** Handlers of mode MANUAL that it is in. */
  handlerDepth = 0;
  /** It executes what is not its client's: a handler that returns by itself, or code of its process. */
  away = false;
  /** What the instruction or system call in progress belongs to: a step of the call, or the sleep of mode BLOCK. */
  issued: 'nothing' | 'step' | 'sleep' = 'nothing';
  call: RemoteCallState | null = null;

  constructor(park: ParkMode, places: { readonly code: number; readonly stack: number; readonly data: number }) {
    this.park = park;
    this.code = places.code;
    this.stack = places.stack;
    this.data = places.data;
  }

  /** Of a child that clone() has made of this thread: it waits for calls of its own. */
  forChild(): RemoteState {
    return new RemoteState(this.park, this);
  }

  /** It executes the pause loop and will go on until something comes from elsewhere. */
  get spins(): boolean {
    return this.call === null && !this.away && this.issued === 'nothing' && (this.park === 'spin' || this.handlerDepth > 0);
  }
}
