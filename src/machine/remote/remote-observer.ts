// What remote threads have done that clients want to hear of: calls that ended, interrupts taken, threads gone.
// Beside the machine's state: nothing in the machine reads it.

import type { RemoteListener } from '../../kernel/remote/remotes.ts';
import type { RemoteOutcome, TakenInterrupt } from './remote-call.ts';

/** Interrupts kept for one thread while nobody asks for them; the oldest go first. */
export const KEPT_INTERRUPTS = 16_384;

export interface EndedCall {
  readonly outcome: RemoteOutcome;
  /** When it was over, with the handlers that followed its last step. */
  readonly cycle: number;
}

export class RemoteObserver implements RemoteListener {
  /** Not yet fetched, in the order of their ends. */
  ended: EndedCall[] = [];
  /** By thread, oldest first. */
  readonly taken = new Map<number, TakenInterrupt[]>();
  /** Told of everything above as it happens. */
  onNews: ((tid: number, cycle: number, vcpu: number) => void) | null = null;
  private readonly sequence: () => number;

  /** `sequence`: of the event that reports the interrupt just taken, 0 if none does. */
  constructor(sequence: () => number) {
    this.sequence = sequence;
  }

  callEnded(outcome: RemoteOutcome, cycle: number, vcpu: number): void {
    this.ended.push({ outcome, cycle });
    this.onNews?.(outcome.tid, cycle, vcpu);
  }

  threadEnded(tid: number, cycle: number, vcpu: number): void {
    this.taken.delete(tid);
    this.onNews?.(tid, cycle, vcpu);
  }

  interruptTaken(interrupt: Omit<TakenInterrupt, 'eventSequence'>): void {
    const { tid, cycle, vcpu } = interrupt;
    let list = this.taken.get(tid);
    if (!list) this.taken.set(tid, (list = []));
    if (list.length >= KEPT_INTERRUPTS) list.shift();
    list.push({ ...interrupt, eventSequence: this.sequence() });
    this.onNews?.(tid, cycle, vcpu);
  }

  /** The oldest interrupt, taken by virtual time `now`, that no answer has named. */
  nextInterrupt(tid: number, now: number): { readonly interrupt: TakenInterrupt; readonly more: number } | null {
    const list = this.taken.get(tid);
    if (!list?.[0] || list[0].cycle > now) return null;
    const interrupt = list.shift()!;
    return { interrupt, more: list.filter(({ cycle }) => cycle <= now).length };
  }
}
