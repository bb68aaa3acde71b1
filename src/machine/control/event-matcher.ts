// The event that RunMachine waits for: its kind, where it happens, and its fields by their text.

import { EVENT_SCHEMA, type EventKind, type EventPlace, type FieldType } from '../events/schema.ts';
import { invalidField } from '../errors.ts';
import type { EventMatchFields } from '../protocol.ts';

type Test = (value: unknown) => boolean;

const NUMBER = /^(?:-?\d{1,20}|0x[0-9a-f]{1,16})$/i;

function number(text: string, field: string): bigint {
  if (!NUMBER.test(text)) throw invalidField(field, `must be a number, decimal or 0x..., got "${text.slice(0, 80)}"`);
  return BigInt(text);
}

const equalNumber =
  (bits: number, signed: boolean) =>
  (text: string, field: string): Test => {
    const wanted = number(text, field);
    const wrap = signed ? BigInt.asIntN : BigInt.asUintN;
    return (value) => wrap(bits, BigInt((value ?? 0) as number | bigint)) === wrap(bits, wanted);
  };

/** What a field's text is compared with; a field that an event leaves out has the default of its type. */
const TESTS: Readonly<Record<FieldType, (text: string, field: string) => Test>> = {
  u32: equalNumber(32, false),
  i32: equalNumber(32, true),
  u64: equalNumber(64, false),
  x64: equalNumber(64, false),
  text: (text) => (value) => (value ?? '') === text,
  bytes: (text) => (value) => new TextDecoder().decode((value as Uint8Array | undefined) ?? new Uint8Array(0)) === text,
  flag(text, field) {
    if (text !== 'true' && text !== 'false') throw invalidField(field, `must be true or false, got "${text.slice(0, 80)}"`);
    return (value) => (value ?? false) === (text === 'true');
  },
  x64s(text, field) {
    const wanted = text === '' ? [] : text.split(',').map((part) => BigInt.asUintN(64, number(part.trim(), field)));
    return (value) => {
      const items = (value ?? []) as readonly bigint[];
      return items.length === wanted.length && items.every((item, at) => item === wanted[at]);
    };
  },
};

export class EventMatcher {
  private readonly match: EventMatchFields;
  private readonly tests: readonly (readonly [name: string, test: Test])[];

  /** `recorded`: the kinds that the machine records. */
  constructor(match: EventMatchFields, recorded: readonly string[]) {
    this.match = match;
    const { kind } = match;
    if (kind !== '' && !Object.hasOwn(EVENT_SCHEMA, kind)) throw invalidField('event.kind', `there is no kind ${kind}`);
    if (kind !== '' && !recorded.includes(kind))
      throw invalidField('event.kind', `the machine does not record ${kind}: name it in spec.event_kinds, or leave those empty`);
    const fields: Readonly<Record<string, FieldType>> = kind === '' ? {} : EVENT_SCHEMA[kind as EventKind].fields;
    this.tests = Object.entries(match.fields).map(([name, text]) => {
      const path = `event.fields["${name.slice(0, 40)}"]`;
      if (kind === '') throw invalidField(path, 'needs event.kind: each kind has fields of its own');
      if (!Object.hasOwn(fields, name))
        throw invalidField(path, `${kind} has no such field; it has ${Object.keys(fields).join(' ') || 'none'}`);
      return [name, TESTS[fields[name]!](text, path)] as const;
    });
  }

  matches(kind: EventKind, place: EventPlace, fields: object): boolean {
    const { match } = this;
    return (
      (match.kind === '' || match.kind === kind) &&
      (match.pid === 0 || match.pid === place.pid) &&
      (match.tid === 0 || match.tid === place.tid) &&
      (match.vcpu === null || match.vcpu === place.vcpu) &&
      this.tests.every(([name, test]) => test((fields as Readonly<Record<string, unknown>>)[name]))
    );
  }
}
