// Why an interrupt has not arrived, or how it did: what is asked and what is answered. Types only.

import type { UintrState } from '../protocol.ts';

export type ExplainSubject =
  | { readonly kind: 'receiver'; readonly tid: number }
  | { readonly kind: 'interrupt'; readonly interrupt: number }
  | { readonly kind: 'sender'; readonly tid: number; readonly index: bigint };

/** As in DeliveryVerdict of the API. */
export type DeliveryVerdict =
  | 'DELIVERED'
  | 'IN_FLIGHT'
  | 'NOTHING_POSTED'
  | 'UITT_INVALID'
  | 'COALESCED'
  | 'SUPPRESSED'
  | 'MASKED'
  | 'IN_KERNEL'
  | 'DESCHEDULED'
  | 'BLOCKED'
  | 'WRONG_VECTOR'
  | 'NO_HANDLER'
  | 'RECEIVER_GONE'
  | 'FAULTED'
  | 'UNKNOWN';

export interface Obstacle {
  readonly verdict: DeliveryVerdict;
  readonly text: string;
  /** Since when, and where the thread was; 0 and '' where that is not known. */
  readonly since: number;
  readonly place: string;
  /** What would remove it. */
  readonly remedy: string;
}

export interface ExplainedLeg {
  readonly leg: string;
  readonly cycle: number;
  /** Since the leg before. */
  readonly cycles: number;
  readonly vcpu: number;
  readonly tid: number;
  readonly text: string;
  /** 0 where the machine's spec leaves the event out. */
  readonly sequence: number;
}

export interface DeliveryExplanation {
  readonly verdict: DeliveryVerdict;
  readonly summary: string;
  readonly remedy: string;
  readonly legs: readonly ExplainedLeg[];
  /** The outermost first. */
  readonly obstacles: readonly Obstacle[];
  /** Of the receiver, while it lives. */
  readonly receiver: UintrState | null;
  readonly cycle: number;
}
