// Which interrupts and which ring request an event is a leg of. What it keeps to tell is bounded, however long the stream: the oldest goes.

import type { Event } from '../../src/gen/api.ts';

/** Threads and UPIDs that are remembered, and interrupts of one vector. */
const KEPT = 1024;
const KEPT_OF_VECTOR = 32;

export interface Marks {
  readonly interrupts: readonly bigint[];
  /** 0 where there is none. */
  readonly request: bigint;
}

/** A Map that forgets what was not used for the longest time. */
export class Recent<Key, Value> {
  private readonly map = new Map<Key, Value>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.map.size;
  }

  get(key: Key): Value | undefined {
    const value = this.map.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.map.delete(key);
    this.map.set(key, value);
    if (this.map.size > this.limit) this.map.delete(this.map.keys().next().value!);
  }
}

type ByVector = Map<number, bigint[]>;

const NONE: readonly bigint[] = [];

function vectorsOf(bits: bigint): number[] {
  const vectors: number[] = [];
  for (let vector = 0; vector < 64; vector++) if ((bits >> BigInt(vector)) & 1n) vectors.push(vector);
  return vectors;
}

function put(where: ByVector, vector: number, interrupts: readonly bigint[]): void {
  const all = [...(where.get(vector) ?? []), ...interrupts];
  where.set(vector, all.slice(-KEPT_OF_VECTOR));
}

/** IDT vector of the kernel's own reschedule IPI. */
const RESCHEDULE_VECTOR = 0xfd;

export class Legs {
  /** In a UPID's PIR, in a thread's UIRR, and those whose handlers it is in. */
  private readonly posted = new Recent<bigint, ByVector>(KEPT);
  private readonly requested = new Recent<number, ByVector>(KEPT);
  private readonly handled = new Recent<number, (readonly bigint[])[]>(KEPT);
  private readonly upids = new Recent<number, bigint>(KEPT);

  /** To be asked about every event, in their order. */
  marksOf(event: Event): Marks {
    const request =
      event.sqe_submitted ?? event.work_queued ?? event.work_taken ?? event.request_waits ?? event.cqe_posted ?? event.ring_interrupt;
    return { interrupts: this.interruptsOf(event).filter((number) => number !== 0n), request: request?.request ?? 0n };
  }

  private interruptsOf(event: Event): readonly bigint[] {
    const { tid } = event;
    const owned = event.uintr_registered ?? event.upid_suppressed ?? event.notification_processed;
    if (owned) this.upids.set(tid, owned.upid);
    const post = event.pir_posted ?? event.ring_interrupt;
    if (post) {
      // A ring's interrupt may report its post as well.
      const pir = this.vectors(this.posted, post.upid);
      if (!pir.get(post.vector)?.includes(post.interrupt)) put(pir, post.vector, [post.interrupt]);
      return [post.interrupt];
    }
    if (event.senduipi) return [event.senduipi.interrupt];
    if (event.ipi_sent) return event.ipi_sent.interrupt === 0n ? this.waitingFor(tid) : [event.ipi_sent.interrupt];
    if (event.ipi_arrived?.idt_vector === RESCHEDULE_VECTOR) return NONE;
    if (event.ipi_arrived) return event.ipi_arrived.interrupt === 0n ? this.waitingFor(tid) : [event.ipi_arrived.interrupt];
    if (event.notification_processed) return this.take(event.notification_processed, tid);
    if (event.user_interrupt_recognized) return this.in(this.requested.get(tid), event.user_interrupt_recognized.uirr);
    if (event.user_interrupt_fault) return this.requested.get(tid)?.get(event.user_interrupt_fault.vector) ?? NONE;
    if (event.user_interrupt_delivered) return this.deliver(event.user_interrupt_delivered, tid);
    if (event.uiret) return this.handled.get(tid)?.pop() ?? NONE;
    return NONE;
  }

  private vectors<Key>(from: Recent<Key, ByVector>, key: Key): ByVector {
    const known = from.get(key);
    if (known) return known;
    const made: ByVector = new Map();
    from.set(key, made);
    return made;
  }

  private in(from: ByVector | undefined, bits: bigint): readonly bigint[] {
    return from ? vectorsOf(bits).flatMap((vector) => from.get(vector) ?? []) : NONE;
  }

  /** A kernel's self-IPI has no number of its own: it stands for what waits in the PIR. */
  private waitingFor(tid: number): readonly bigint[] {
    const upid = this.upids.get(tid);
    return upid === undefined ? NONE : [...(this.posted.get(upid)?.values() ?? [])].flat();
  }

  private take({ upid, taken }: NonNullable<Event['notification_processed']>, tid: number): readonly bigint[] {
    const pir = this.posted.get(upid);
    const uirr = this.vectors(this.requested, tid);
    const numbers = this.in(pir, taken);
    for (const vector of vectorsOf(taken)) {
      put(uirr, vector, pir?.get(vector) ?? NONE);
      pir?.delete(vector);
    }
    return numbers;
  }

  private deliver({ interrupt, interrupts, vector }: NonNullable<Event['user_interrupt_delivered']>, tid: number): readonly bigint[] {
    this.requested.get(tid)?.delete(vector);
    const numbers = interrupts.length === 0 ? [interrupt] : interrupts;
    const stack = this.handled.get(tid) ?? [];
    stack.push(numbers.slice(0, KEPT_OF_VECTOR));
    if (stack.length > KEPT_OF_VECTOR) stack.shift();
    this.handled.set(tid, stack);
    return numbers;
  }
}
