// What remote threads have done that clients want to hear of: calls that ended, interrupts taken, threads gone.
// Beside the machine's state: nothing in the machine reads it.

import type { RemoteListener } from '../../kernel/remote/remotes.ts';
import type { RemoteOutcome, TakenInterrupt } from './remote-call.ts';
import { TakenInterrupts } from './taken-interrupts.ts';

export interface EndedCall {
  readonly outcome: RemoteOutcome;
  /** When it was over, with the handlers that followed its last step. */
  readonly cycle: number;
}

export class RemoteObserver implements RemoteListener {
  /** Not yet fetched, in the order of their ends. */
  ended: EndedCall[] = [];
  /** By thread, oldest first. */
  readonly taken = new Map<number, TakenInterrupts>();
  /** Threads of which nextInterrupt() has told, one entry each: for a journal; null if nobody keeps one. */
  told: number[] | null = null;
  /** Told of everything above as it happens. */
  onNews: ((tid: number, cycle: number) => void) | null = null;
  private readonly sequence: () => number;

  /** `sequence`: of the event that reports the interrupt just taken, 0 if none does. */
  constructor(sequence: () => number) {
    this.sequence = sequence;
  }

  callEnded(outcome: RemoteOutcome, cycle: number): void {
    this.ended.push({ outcome, cycle });
    this.onNews?.(outcome.tid, cycle);
  }

  threadEnded(tid: number, cycle: number): void {
    this.taken.delete(tid);
    this.onNews?.(tid, cycle);
  }

  interruptTaken(interrupt: Omit<TakenInterrupt, 'eventSequence'>): void {
    const { tid, cycle } = interrupt;
    let list = this.taken.get(tid);
    if (!list) this.taken.set(tid, (list = new TakenInterrupts(tid)));
    list.push({ ...interrupt, eventSequence: this.sequence() });
    this.onNews?.(tid, cycle);
  }

  /** The oldest interrupt that no answer has named, of those that may be told of. */
  nextInterrupt(tid: number, mayTell: (cycle: number) => boolean): { readonly interrupt: TakenInterrupt; readonly more: number } | null {
    const list = this.taken.get(tid);
    const first = list?.firstCycle;
    if (!list || first === undefined || !mayTell(first)) return null;
    const interrupt = list.shift()!;
    this.told?.push(tid);
    return { interrupt, more: list.count(mayTell) };
  }
}
