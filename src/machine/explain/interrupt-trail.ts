// What cannot be read from a machine's present state: the way of its latest interrupts, and when each thread's flags last changed.
// Follows from the events alone, whatever the event mask; bounded; not part of the state hash, because nothing depends on it.

import type { EventPlace } from '../events/schema.ts';

/** Interrupts whose way is known: the latest ones. Each takes a kilobyte of every machine. */
export const LATEST_INTERRUPTS = 64;
/** Those, while the oldest has not arrived. */
const MOST_INTERRUPTS = 256;
/** Legs of one interrupt that are kept besides its delivery and return. */
const KEPT_LEGS = 16;
const KEPT_THREADS = 8192;
const KEPT_SENDS = 64;
const KEPT_HANDLERS = 32;

/** One event on an interrupt's way. */
export interface TrailLeg extends EventPlace {
  readonly kind: string;
  readonly fields: object;
  /** Of the event, 0 if it is not recorded. */
  readonly sequence: number;
}

export interface InterruptRecord {
  readonly interrupt: number;
  /** 0: the kernel. */
  sender: number;
  receiver: number;
  vector: number;
  upid: bigint;
  /** The interrupt that had set the bit already, else 0. */
  joined: number;
  /** Where a SENDUIPI stood that found ON set: the interrupt that had set it, else 0. */
  behind: number;
  /** posted: in PIR. taken: in UIRR. lost: will not be delivered. */
  stage: 'posted' | 'taken' | 'delivered' | 'lost';
  readonly legs: TrailLeg[];
}

export interface Change {
  readonly cycle: number;
  readonly by: string;
  readonly rip: bigint;
}

/** What a thread's SENDUIPI with one operand did last. */
export interface Send {
  readonly cycle: number;
  /** 0 if it faulted. */
  readonly interrupt: number;
  /** Why and where it faulted, else ''. */
  readonly fault: string;
  readonly place: string;
}

export interface ThreadTrail {
  readonly tid: number;
  upid: bigint;
  /** -1: never, or no longer. */
  registered: number;
  unregistered: number;
  exited: number;
  /** The last change of UIF; `vector` of the delivery that cleared it. */
  uif: (Change & { readonly value: boolean; readonly vector: number }) | null;
  /** The last change of SN. */
  suppressed: (Change & { readonly value: boolean }) | null;
  fault: {
    readonly cycle: number;
    readonly vector: number;
    readonly faultVector: number;
    readonly address: bigint;
    readonly place: string;
  } | null;
  /** The last vector delivered, and where it interrupted the thread. */
  delivered: { readonly vector: number; readonly interrupt: number; readonly cycle: number; readonly rip: bigint } | null;
  /** Interrupts behind each handler that has not returned, the innermost last. */
  readonly handlers: InterruptRecord[][];
  /** By operand. */
  readonly sends: Map<bigint, Send>;
}

/** Interrupts that wait in one UPID or in the UIRR behind it, first come first. */
interface Waiting {
  receiver: number;
  posted: InterruptRecord[];
  taken: InterruptRecord[];
  /** The interrupt that set ON, 0 if ON is clear. */
  outstanding: number;
}

export class InterruptTrail {
  private readonly interrupts = new Map<number, InterruptRecord>();
  private readonly threads = new Map<number, ThreadTrail>();
  private readonly waiting = new Map<bigint, Waiting>();

  find(interrupt: number): InterruptRecord | undefined {
    return this.interrupts.get(interrupt);
  }

  findThread(tid: number): ThreadTrail | undefined {
    return this.threads.get(tid);
  }

  /** Interrupts of a UPID that have not been delivered, those in UIRR first. */
  pending(upid: bigint): readonly InterruptRecord[] {
    const waiting = this.waiting.get(upid);
    return waiting ? [...waiting.taken, ...waiting.posted] : [];
  }

  thread(tid: number): ThreadTrail {
    let found = this.threads.get(tid);
    if (!found) {
      found = {
        tid,
        upid: 0n,
        registered: -1,
        unregistered: -1,
        exited: -1,
        uif: null,
        suppressed: null,
        fault: null,
        delivered: null,
        handlers: [],
        sends: new Map(),
      };
      this.threads.set(tid, found);
      if (this.threads.size > KEPT_THREADS) this.threads.delete(this.oldestThread());
    }
    return found;
  }

  /** The record of an interrupt, made by its first event. */
  interrupt(interrupt: number): InterruptRecord {
    let found = this.interrupts.get(interrupt);
    if (!found) {
      found = { interrupt, sender: 0, receiver: 0, vector: 0, upid: 0n, joined: 0, behind: 0, stage: 'posted', legs: [] };
      this.interrupts.set(interrupt, found);
      while (this.interrupts.size > LATEST_INTERRUPTS && this.forgetOldest());
    }
    return found;
  }

  noteSend(tid: number, index: bigint, send: Send): void {
    const { sends } = this.thread(tid);
    sends.delete(index);
    sends.set(index, send);
    if (sends.size > KEPT_SENDS) sends.delete(first(sends)!);
  }

  notePost(record: InterruptRecord, vector: number, upid: bigint, joined: number): void {
    const waiting = this.waitingAt(upid);
    Object.assign(record, { vector, upid, joined, receiver: waiting.receiver });
    waiting.posted.push(record);
  }

  /** A notification has been sent for a UPID, so ON is set; or (0) ON has been cleared. */
  noteOutstanding(upid: bigint, interrupt: number): void {
    this.waitingAt(upid).outstanding = interrupt;
  }

  outstanding(upid: bigint): number {
    return this.waiting.get(upid)?.outstanding ?? 0;
  }

  /** A leg that all interrupts in the PIR share. */
  addLegToPosted(upid: bigint, leg: TrailLeg): void {
    for (const record of this.waiting.get(upid)?.posted ?? []) addLeg(record, leg);
  }

  /** A leg that all interrupts in UIRR share, or those of one vector. */
  addLegToTaken(upid: bigint, leg: TrailLeg, vector = -1): void {
    for (const record of this.waiting.get(upid)?.taken ?? []) if (vector < 0 || record.vector === vector) addLeg(record, leg);
  }

  noteTaken(upid: bigint, vectors: bigint, leg: TrailLeg): void {
    const waiting = this.waiting.get(upid);
    if (!waiting) return;
    waiting.outstanding = 0;
    const isTaken = (record: InterruptRecord): boolean => ((vectors >> BigInt(record.vector)) & 1n) === 1n;
    for (const record of waiting.posted) {
      // A bit that is gone from the PIR without having been taken was withdrawn.
      record.stage = isTaken(record) ? 'taken' : 'lost';
      if (record.stage === 'lost') continue;
      addLeg(record, leg);
      waiting.taken.push(record);
    }
    waiting.posted = [];
  }

  noteDelivered(tid: number, vector: number, leg: TrailLeg): void {
    const thread = this.thread(tid);
    const waiting = this.waiting.get(thread.upid);
    const delivered = waiting?.taken.filter((record) => record.vector === vector) ?? [];
    if (waiting) waiting.taken = waiting.taken.filter((record) => record.vector !== vector);
    for (const record of delivered) {
      record.stage = 'delivered';
      record.legs.push(leg);
    }
    thread.handlers.push(delivered);
    if (thread.handlers.length > KEPT_HANDLERS) thread.handlers.shift();
  }

  noteReturn(tid: number, leg: TrailLeg): void {
    for (const record of this.thread(tid).handlers.pop() ?? []) record.legs.push(leg);
  }

  /** A handler is registered: its UPID may hold posts of an earlier registration. */
  noteRegistered(tid: number, upid: bigint, cycle: number): void {
    Object.assign(this.thread(tid), { upid, registered: cycle, unregistered: -1, fault: null });
    this.waitingAt(upid).receiver = tid;
  }

  noteUnregistered(tid: number, cycle: number): void {
    const thread = this.thread(tid);
    Object.assign(thread, { registered: -1, unregistered: cycle });
    const waiting = this.waiting.get(thread.upid);
    if (!waiting) return;
    for (const record of waiting.taken) record.stage = 'lost';
    waiting.taken = [];
  }

  /** Keeps only the last SENDUIPI of a thread that has ended. */
  noteExited(tid: number, cycle: number): void {
    const thread = this.threads.get(tid);
    if (!thread) return;
    thread.exited = cycle;
    const last = [...thread.sends].at(-1);
    thread.sends.clear();
    if (last) thread.sends.set(...last);
  }

  /** The thread has ended or executes another program: nothing that waits for it will arrive. */
  noteGone(tid: number): void {
    const thread = this.threads.get(tid);
    if (!thread) return;
    for (const record of this.pending(thread.upid)) record.stage = 'lost';
    this.waiting.delete(thread.upid);
    Object.assign(thread, { upid: 0n, registered: -1, uif: null, suppressed: null });
    thread.handlers.length = 0;
  }

  private waitingAt(upid: bigint): Waiting {
    let waiting = this.waiting.get(upid);
    if (!waiting) this.waiting.set(upid, (waiting = { receiver: 0, posted: [], taken: [], outstanding: 0 }));
    return waiting;
  }

  /** False if it may still arrive, and there is room for it. */
  private forgetOldest(): boolean {
    const [number, record] = this.interrupts.entries().next().value!;
    const isOver = record.stage === 'delivered' || record.stage === 'lost';
    if (!isOver && this.interrupts.size <= MOST_INTERRUPTS) return false;
    this.interrupts.delete(number);
    const waiting = this.waiting.get(record.upid);
    for (const list of waiting ? [waiting.posted, waiting.taken] : []) {
      const at = list.indexOf(record);
      if (at >= 0) list.splice(at, 1);
    }
    return true;
  }

  /** One that has ended, else the one noted first. */
  private oldestThread(): number {
    for (const thread of this.threads.values()) if (thread.exited >= 0) return thread.tid;
    return first(this.threads)!;
  }
}

export function addLeg(record: InterruptRecord, leg: TrailLeg): void {
  if (record.legs.length < KEPT_LEGS) record.legs.push(leg);
}

function first<K>(map: ReadonlyMap<K, unknown>): K | undefined {
  return map.keys().next().value;
}
