import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { EVENT_PROTO, eventProto } from '../../../scripts/generate-event-proto.ts';
import { EventEncoder } from '../../../src/machine/events/encoder.ts';
import { EVENT_SCHEMA } from '../../../src/machine/events/schema.ts';
import type { EventKind, FieldType } from '../../../src/machine/events/schema.ts';

const source = readFileSync(EVENT_PROTO, 'utf8');
const { root } = protobuf.parse(source, { keepCase: true });
root.add(new protobuf.Type('Batch').add(new protobuf.Field('events', 1, 'uintr.v1.Event', 'repeated')));
const Batch = root.lookupType('Batch');
const KINDS = Object.keys(EVENT_SCHEMA) as EventKind[];

/** What proto-loader would show: 64-bit values as decimal strings. */
function decode(bytes: Uint8Array): Record<string, unknown>[] {
  return (
    Batch.toObject(Batch.decode(bytes), { longs: String, bytes: Array, defaults: true, oneofs: true }) as {
      events: Record<string, unknown>[];
    }
  ).events;
}

const SAMPLES: Readonly<Record<FieldType, readonly { given: unknown; decoded: unknown }[]>> = {
  u32: [0, 1, 127, 128, 0x3fff, 0x4000, 0xffff_ffff].map((n) => ({ given: n, decoded: n })),
  i32: [0, -1, 1, 0x7fff_ffff, -0x8000_0000].map((n) => ({ given: n, decoded: n })),
  u64: [0, 1, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER].map((n) => ({ given: n, decoded: String(n) })),
  x64: [0n, 1n, 0xffff_8880_0000_0000n, 0xffff_ffff_ffff_ffffn, 1n << 63n, -1n].map((n) => ({
    given: n,
    decoded: String(BigInt.asUintN(64, n)),
  })),
  x64s: [[], [0n], [1n, 0xffff_ffff_ffff_ffffn, 128n]].map((list) => ({ given: list, decoded: list.map(String) })),
  text: ['', 'ascii', 'käse 中文 🧀', 'x'.repeat(127), 'x'.repeat(128), `${'é'.repeat(100)}`, 'y'.repeat(70_000)].map((s) => ({
    given: s,
    decoded: s,
  })),
  bytes: [[], [0, 255], Array.from({ length: 200_000 }, (_, n) => n & 255)].map((list) => ({
    given: Uint8Array.from(list),
    decoded: list,
  })),
  flag: [false, true].map((b) => ({ given: b, decoded: b })),
};

describe('EventEncoder', () => {
  it('agrees with protobufjs on every kind, with every sample of every field', () => {
    const encoder = new EventEncoder(KINDS);
    const expected: Record<string, unknown>[] = [];
    for (const kind of KINDS) {
      const fields = Object.entries(EVENT_SCHEMA[kind].fields as Record<string, FieldType>);
      const rounds = Math.max(1, ...fields.map(([, type]) => SAMPLES[type].length));
      for (let round = 0; round < rounds; round++) {
        const sample = (type: FieldType) => SAMPLES[type][round % SAMPLES[type].length]!;
        const place = { cycle: [0, 5, 2 ** 40 + 3][round % 3]!, vcpu: [-1, 0, 31][round % 3]!, pid: round, tid: round * 300 };
        encoder.emit(kind, place, Object.fromEntries(fields.map(([name, type]) => [name, sample(type).given])) as never);
        expected.push({
          sequence: String(expected.length + 1),
          cycle: String(place.cycle),
          vcpu: place.vcpu,
          pid: place.pid,
          tid: place.tid,
          payload: kind,
          [kind]: Object.fromEntries(fields.map(([name, type]) => [name, sample(type).decoded])),
        });
      }
    }
    const batch = encoder.take()!;
    expect(decode(batch.bytes)).toEqual(expected);
    expect(batch.firstSequence).toBe(1);
    expect([...batch.kinds]).toEqual(expected.map((event) => EVENT_SCHEMA[event['payload'] as EventKind].number));
    // Every slice is an event of its own, and they cover the bytes.
    for (let at = 0; at < batch.kinds.length; at += 17)
      expect(decode(batch.bytes.subarray(batch.offsets[at]!, batch.offsets[at + 1]!))).toEqual([expected[at]]);
    expect(batch.offsets.at(-1)).toBe(batch.bytes.length);
  });

  it('numbers only what passes the mask, without gaps, over batches', () => {
    const encoder = new EventEncoder(['uiret', 'woken']);
    const place = { cycle: 1, vcpu: 0, pid: 1, tid: 1 };
    encoder.emit('uiret', place, {});
    encoder.emit('senduipi', place, {});
    expect([encoder.wants('uiret'), encoder.wants('senduipi')]).toEqual([true, false]);
    expect(decode(encoder.take()!.bytes).map((event) => event['sequence'])).toEqual(['1']);
    expect(encoder.take()).toBeNull();
    encoder.emit('woken', place, { by: 'pipe' });
    encoder.emit('uiret', place, {});
    expect([encoder.waitingEvents, encoder.emitted]).toEqual([2, 3]);
    const second = encoder.take()!;
    expect(second.firstSequence).toBe(2);
    expect(decode(second.bytes).map((event) => event['sequence'])).toEqual(['2', '3']);
  });

  it('gives equal bytes for equal events', () => {
    const run = () => {
      const encoder = new EventEncoder(KINDS);
      for (let n = 0; n < 1000; n++)
        encoder.emit('pir_posted', { cycle: n * 7, vcpu: n & 3, pid: 2, tid: 2 }, { vector: n & 63, pir: BigInt(n) << 40n });
      return encoder.take()!.bytes;
    };
    expect(run()).toEqual(run());
  });
});

describe('event.proto', () => {
  it('is what the table generates', () => {
    expect(source).toBe(eventProto());
  });

  it('has the fields of every kind, in order, and no others', () => {
    const Event = root.lookupType('uintr.v1.Event');
    const payload = Event.oneofs['payload']!.fieldsArray;
    expect(payload.map((field) => [field.name, field.id])).toEqual(KINDS.map((kind) => [kind, EVENT_SCHEMA[kind].number]));
    for (const field of payload)
      expect((field.resolve().resolvedType as protobuf.Type).fieldsArray.map((f) => [f.name, f.id])).toEqual(
        Object.keys(EVENT_SCHEMA[field.name as EventKind].fields).map((name, at) => [name, at + 1]),
      );
  });

  it('has numbers that are unique and fit one byte', () => {
    const numbers = KINDS.map((kind) => EVENT_SCHEMA[kind].number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers)).toBeLessThan(256);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(10);
  });
});
