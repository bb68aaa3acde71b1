// Which interrupts wait where, and which arrows have begun: what connects the slices of different tracks. Bounded.

import type { Track } from './track.ts';

const MOST_FLOWS = 65_536;
const MOST_POSTED = 16_384;

interface PostedInterrupt {
  readonly interrupt: bigint;
  readonly vector: number;
}

export class Flows {
  /** Arrows that have begun and may go on, by id; the oldest first. */
  private readonly begun = new Set<string>();
  private readonly category: string;
  private readonly noun: string;

  constructor(category: string, noun: string) {
    this.category = category;
    this.noun = noun;
  }

  /** Begins the arrow, or leads it on. */
  step(track: Track, number: bigint): void {
    const id = this.id(number);
    track.flow(this.begun.has(id) ? 't' : 's', this.category, this.name(number), id);
    if (this.begun.has(id)) return;
    this.begun.add(id);
    if (this.begun.size > MOST_FLOWS) this.begun.delete(this.begun.values().next().value!);
  }

  /** Leads an arrow on that has begun; one whose beginning is not in the trace is left out. */
  pass(track: Track, number: bigint): void {
    if (this.begun.has(this.id(number))) track.flow('t', this.category, this.name(number), this.id(number));
  }

  finish(track: Track, number: bigint): void {
    if (this.begun.delete(this.id(number))) track.flow('f', this.category, this.name(number), this.id(number));
  }

  private id(number: bigint): string {
    return `${this.category}-${number}`;
  }

  private name(number: bigint): string {
    return `${this.noun} ${number}`;
  }
}

/** Interrupts in each PIR, so that a notification knows whom it takes along. */
export class PostedInterrupts {
  private readonly byUpid = new Map<bigint, PostedInterrupt[]>();

  post(upid: bigint, interrupt: bigint, vector: number): void {
    let posted = this.byUpid.get(upid);
    if (!posted) this.byUpid.set(upid, (posted = []));
    if (posted.length < MOST_POSTED) posted.push({ interrupt, vector });
  }

  take(upid: bigint, vectors: bigint): bigint[] {
    const posted = this.byUpid.get(upid) ?? [];
    this.byUpid.delete(upid);
    return posted.filter(({ vector }) => (vectors >> BigInt(vector)) & 1n).map(({ interrupt }) => interrupt);
  }
}
