// The machine's events on their way to the encoder: those of user interrupts leave their trail, recorded or not.

import type { EventEncoder } from '../events/encoder.ts';
import type { EventSink } from '../events/event-sink.ts';
import type { EventFields, EventKind, EventPlace } from '../events/schema.ts';
import { addLeg, type InterruptTrail, type TrailLeg } from './interrupt-trail.ts';

/** Where the code stands that the processor executes now, and the name of such a place. */
export interface CodePlaces {
  rip(): bigint;
  /** "main+0x1c" in the program of a thread, else "0x...". */
  describe(tid: number, rip: bigint): string;
}

interface Note<K extends EventKind> {
  (trail: InterruptTrail, leg: TrailLeg, fields: EventFields<K>, places: CodePlaces): void;
}

const EXCEPTION_NAMES: Readonly<Record<number, string>> = { 6: '#UD', 13: '#GP', 14: '#PF' };

/** What each kind leaves. */
const NOTES: { readonly [K in EventKind]?: Note<K> } = {
  senduipi(trail, leg, fields) {
    const record = trail.interrupt(fields.interrupt!);
    record.sender = leg.tid;
    const ownsNotification = fields.sends_ipi === true;
    if (ownsNotification) trail.noteOutstanding(fields.upid!, fields.interrupt!);
    else if (/\bON\b/.test(fields.suppressed_by!)) record.behind = trail.outstanding(fields.upid!);
    addLeg(record, leg);
    trail.noteSend(leg.tid, BigInt(fields.uitt_index!), { cycle: leg.cycle, interrupt: fields.interrupt!, fault: '', place: '' });
  },
  senduipi_fault(trail, leg, { uitt_index, reason, fault_vector }, places) {
    const fault = `${reason}: ${EXCEPTION_NAMES[fault_vector!] ?? `exception ${fault_vector}`}`;
    trail.noteSend(leg.tid, uitt_index!, { cycle: leg.cycle, interrupt: 0, fault, place: places.describe(leg.tid, places.rip()) });
  },
  pir_posted(trail, leg, { interrupt, vector, upid, coalesced_with }) {
    const record = trail.interrupt(interrupt!);
    trail.notePost(record, vector!, upid!, coalesced_with!);
    addLeg(record, leg);
  },
  ipi_sent(trail, leg, { interrupt }) {
    // 0 is the self-IPI with which the kernel fetches what waits in the PIR.
    if (interrupt === 0) return trail.addLegToPosted(trail.thread(leg.tid).upid, leg);
    const record = trail.find(interrupt!);
    if (!record) return;
    trail.noteOutstanding(record.upid, interrupt!);
    addLeg(record, leg);
  },
  ipi_arrived(trail, leg, { interrupt }) {
    const record = trail.find(interrupt!);
    if (record) addLeg(record, leg);
  },
  notification_processed(trail, leg, { upid, taken }) {
    trail.noteTaken(upid!, taken!, leg);
  },
  user_interrupt_recognized(trail, leg) {
    trail.addLegToTaken(trail.thread(leg.tid).upid, leg);
  },
  user_interrupt_delivered(trail, leg, { vector, interrupt, rip }) {
    const thread = trail.thread(leg.tid);
    thread.delivered = { vector: vector!, interrupt: interrupt!, cycle: leg.cycle, rip: rip! };
    thread.fault = null;
    trail.noteDelivered(leg.tid, vector!, leg);
  },
  user_interrupt_fault(trail, leg, { vector, fault_vector, address }, places) {
    const thread = trail.thread(leg.tid);
    const place = places.describe(leg.tid, places.rip());
    thread.fault = { cycle: leg.cycle, vector: vector!, faultVector: fault_vector!, address: address!, place };
    trail.addLegToTaken(thread.upid, leg, vector!);
  },
  uiret(trail, leg) {
    trail.noteReturn(leg.tid, leg);
  },
  uif_changed(trail, leg, { uif, by }, places) {
    const thread = trail.thread(leg.tid);
    const vector = by === 'delivery' ? (thread.delivered?.vector ?? -1) : -1;
    thread.uif = { cycle: leg.cycle, by: by!, rip: by === 'delivery' ? thread.delivered!.rip : places.rip(), value: uif!, vector };
  },
  uintr_registered(trail, leg, { upid }) {
    trail.noteRegistered(leg.tid, upid!, leg.cycle);
  },
  uintr_unregistered(trail, leg) {
    trail.noteUnregistered(leg.tid, leg.cycle);
  },
  upid_suppressed(trail, leg, { suppressed, by }) {
    trail.thread(leg.tid).suppressed = { cycle: leg.cycle, by: by!, rip: 0n, value: suppressed! };
  },
  process_executed(trail, leg) {
    trail.noteGone(leg.tid);
  },
  thread_exited(trail, leg) {
    trail.noteGone(leg.tid);
    trail.noteExited(leg.tid, leg.cycle);
  },
};

export class ObservedEvents implements EventSink {
  private readonly encoder: EventEncoder;
  private readonly trail: InterruptTrail;
  private readonly places: CodePlaces;
  private readonly heard: ReadonlySet<EventKind>;

  constructor(encoder: EventEncoder, trail: InterruptTrail, places: CodePlaces) {
    this.encoder = encoder;
    this.trail = trail;
    this.places = places;
    this.heard = new Set([...(Object.keys(NOTES) as EventKind[]), ...encoder.wanted]);
  }

  get emitted(): number {
    return this.encoder.emitted;
  }

  wants(kind: EventKind): boolean {
    return this.heard.has(kind);
  }

  emit<K extends EventKind>(kind: K, place: EventPlace, fields: EventFields<K>): void {
    this.encoder.emit(kind, place, fields);
    const note = NOTES[kind] as Note<K> | undefined;
    if (!note) return;
    const sequence = this.encoder.wants(kind) ? this.encoder.emitted : 0;
    const { cycle, vcpu, pid, tid } = place;
    note(this.trail, { kind, cycle, vcpu, pid, tid, sequence, fields }, fields, this.places);
  }
}
