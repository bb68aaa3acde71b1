// Events to bytes: a table-driven protobuf encoder (EVENT_SCHEMA -> uintr.v1.Event), run in the machine's worker, once an event.
// An event is stored as one element of `repeated Event events = 1`, so batches are concatenations and never encoded again.

import { ByteWriter, FIXED64, LENGTH_DELIMITED, VARINT, varintSize, zigzag } from '../../wire/byte-writer.ts';
import { EVENT_SCHEMA } from './schema.ts';
import type { EventSink } from './event-sink.ts';
import type { EventFields, EventKind, EventPlace, FieldType } from './schema.ts';

/** Field numbers of uintr.v1.Event outside its payload. `vcpu` is sint32, the others are unsigned. */
export const EVENT_HEADER = { sequence: 1, cycle: 2, vcpu: 3, pid: 4, tid: 5 } as const;

export interface EventBatch {
  readonly firstSequence: number;
  readonly bytes: Uint8Array;
  /** Start of each event in `bytes`, then the end. */
  readonly offsets: Uint32Array;
  readonly kinds: Uint8Array;
}

interface FieldPlan {
  readonly name: string;
  readonly type: FieldType;
  readonly tag: number;
}

interface KindPlan {
  readonly number: number;
  readonly fields: readonly FieldPlan[];
}

const WIRE_TYPE: Readonly<Record<FieldType, number>> = {
  u32: VARINT,
  i32: VARINT,
  u64: VARINT,
  x64: FIXED64,
  flag: VARINT,
  text: LENGTH_DELIMITED,
  bytes: LENGTH_DELIMITED,
  x64s: LENGTH_DELIMITED,
};

const PLANS = new Map<EventKind, KindPlan>(
  Object.entries(EVENT_SCHEMA).map(([kind, { number, fields }]) => [
    kind as EventKind,
    {
      number,
      fields: Object.entries(fields as Record<string, FieldType>).map(([name, type], at) => ({
        name,
        type,
        tag: ((at + 1) << 3) | WIRE_TYPE[type],
      })),
    },
  ]),
);

/** Writes one field unless it has its default value. */
const FIELD_WRITERS: Readonly<Record<FieldType, (to: ByteWriter, tag: number, value: never) => void>> = {
  u32(to, tag, value: number) {
    if (value === 0) return;
    to.varint32(tag);
    to.varint32(value);
  },
  i32(to, tag, value: number) {
    if (value === 0) return;
    to.varint32(tag);
    to.varint32(zigzag(value));
  },
  u64(to, tag, value: number) {
    if (value === 0) return;
    to.varint32(tag);
    to.varint53(value);
  },
  x64(to, tag, value: bigint) {
    if (value === 0n) return;
    to.varint32(tag);
    to.fixed64(value);
  },
  x64s(to, tag, value: readonly bigint[]) {
    if (value.length === 0) return;
    to.varint32(tag);
    to.varint32(8 * value.length);
    for (const item of value) to.fixed64(item);
  },
  text(to, tag, value: string) {
    if (value === '') return;
    to.varint32(tag);
    to.text(value);
  },
  bytes(to, tag, value: Uint8Array) {
    if (value.length === 0) return;
    to.varint32(tag);
    to.varint32(value.length);
    to.append(value);
  },
  flag(to, tag, value: boolean) {
    if (!value) return;
    to.varint32(tag);
    to.varint32(1);
  },
};

/** Numbers events without gaps (after the kind mask) and gathers them into batches. */
export class EventEncoder implements EventSink {
  /** Sees each event as it is recorded. */
  observer: ((kind: EventKind, place: EventPlace, fields: object, sequence: number) => void) | null = null;
  readonly wanted: ReadonlySet<EventKind>;
  private readonly batch = new ByteWriter(64 << 10);
  private readonly payload = new ByteWriter(4 << 10);
  private starts: number[] = [];
  private kinds: number[] = [];
  private nextSequence: number;

  constructor(kinds: Iterable<EventKind>, firstSequence = 1) {
    this.wanted = new Set(kinds);
    this.nextSequence = firstSequence;
  }

  wants(kind: EventKind): boolean {
    return this.wanted.has(kind);
  }

  /** Events emitted so far, those of earlier batches included. */
  get emitted(): number {
    return this.nextSequence - 1;
  }

  get waitingEvents(): number {
    return this.starts.length;
  }

  get waitingBytes(): number {
    return this.batch.length;
  }

  emit<K extends EventKind>(kind: K, place: EventPlace, fields: EventFields<K>): void {
    if (!this.wanted.has(kind)) return;
    this.observer?.(kind, place, fields, this.nextSequence);
    const plan = PLANS.get(kind)!;
    const payload = this.payload;
    payload.length = 0;
    const values = fields as Readonly<Record<string, unknown>>;
    for (const field of plan.fields) {
      const value = values[field.name];
      if (value !== undefined) FIELD_WRITERS[field.type](payload, field.tag, value as never);
    }
    this.frame(plan.number, place, payload);
  }

  /** Everything emitted since the last call, or null. The arrays are the caller's, and lie in one buffer. */
  take(): EventBatch | null {
    const count = this.starts.length;
    if (count === 0) return null;
    const { length } = this.batch;
    const buffer = new ArrayBuffer(4 * (count + 1) + count + length);
    const offsets = new Uint32Array(buffer, 0, count + 1);
    offsets.set(this.starts);
    offsets[count] = length;
    const kinds = new Uint8Array(buffer, 4 * (count + 1), count);
    kinds.set(this.kinds);
    const bytes = new Uint8Array(buffer, 5 * count + 4);
    bytes.set(this.batch.written());
    const batch = { firstSequence: this.nextSequence - count, bytes, offsets, kinds };
    this.batch.length = 0;
    this.starts = [];
    this.kinds = [];
    return batch;
  }

  private frame(kindNumber: number, place: EventPlace, payload: ByteWriter): void {
    const to = this.batch;
    const sequence = this.nextSequence++;
    const vcpu = zigzag(place.vcpu);
    const payloadTag = (kindNumber << 3) | LENGTH_DELIMITED;
    const size =
      1 +
      varintSize(sequence) +
      (place.cycle === 0 ? 0 : 1 + varintSize(place.cycle)) +
      (vcpu === 0 ? 0 : 1 + varintSize(vcpu)) +
      (place.pid === 0 ? 0 : 1 + varintSize(place.pid)) +
      (place.tid === 0 ? 0 : 1 + varintSize(place.tid)) +
      varintSize(payloadTag) +
      varintSize(payload.length) +
      payload.length;

    this.starts.push(to.length);
    this.kinds.push(kindNumber);
    to.varint32((1 << 3) | LENGTH_DELIMITED);
    to.varint32(size);
    FIELD_WRITERS.u64(to, EVENT_HEADER.sequence << 3, sequence as never);
    FIELD_WRITERS.u64(to, EVENT_HEADER.cycle << 3, place.cycle as never);
    FIELD_WRITERS.u32(to, EVENT_HEADER.vcpu << 3, vcpu as never);
    FIELD_WRITERS.u32(to, EVENT_HEADER.pid << 3, place.pid as never);
    FIELD_WRITERS.u32(to, EVENT_HEADER.tid << 3, place.tid as never);
    to.varint32(payloadTag);
    to.varint32(payload.length);
    to.append(payload.written());
  }
}
