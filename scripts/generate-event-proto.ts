// Writes proto/uintr/v1/event.proto from EVENT_SCHEMA. `--check` compares instead and fails if it differs.

import { readFileSync, writeFileSync } from 'node:fs';
import { EVENT_HEADER } from '../src/machine/events/encoder.ts';
import { EVENT_SCHEMA } from '../src/machine/events/schema.ts';
import type { FieldType } from '../src/machine/events/schema.ts';
import { isMain } from './is-main.ts';

export const EVENT_PROTO = new URL('../proto/uintr/v1/event.proto', import.meta.url);

const PROTO_TYPE: Readonly<Record<FieldType, string>> = {
  u32: 'uint32',
  i32: 'sint32',
  u64: 'uint64',
  x64: 'fixed64',
  x64s: 'repeated fixed64',
  text: 'string',
  bytes: 'bytes',
  flag: 'bool',
};

const pascal = (name: string): string => name.replace(/(^|_)(\w)/g, (_, _separator, letter: string) => letter.toUpperCase());

export function eventProto(): string {
  const kinds = Object.entries(EVENT_SCHEMA);
  const enumeration = kinds.map(([kind, { number }]) => `  EVENT_KIND_${kind.toUpperCase()} = ${number};`);
  const payload = kinds.map(([kind, { number }]) => `    ${pascal(kind)}Event ${kind} = ${number};`);
  const messages = kinds.map(([kind, { fields }]) => {
    const lines = Object.entries(fields as Record<string, FieldType>).map(
      ([name, type], at) => `  ${PROTO_TYPE[type]} ${name} = ${at + 1};\n`,
    );
    return `message ${pascal(kind)}Event {${lines.length > 0 ? `\n${lines.join('')}` : ''}}\n`;
  });
  return `// Everything a machine reports. Generated from src/machine/events/schema.ts by scripts/generate-event-proto.ts: change that table instead.

syntax = "proto3";

package uintr.v1;

// The kinds of events; a kind's number is the field number of its payload in Event.
enum EventKind {
  EVENT_KIND_UNSPECIFIED = 0;
${enumeration.join('\n')}
}

// One thing that happened, at one virtual time. Events carry no time of the host.
// In payloads, uint64 counts something; fixed64 is an address or a set of bits.
message Event {
  // Counts the machine's recorded events from 1, without gaps.
  uint64 sequence = ${EVENT_HEADER.sequence};
  // Virtual time in cycles of the machine's nominal clock.
  uint64 cycle = ${EVENT_HEADER.cycle};
  // -1 where no vCPU is concerned.
  sint32 vcpu = ${EVENT_HEADER.vcpu};
  // Process and thread in whose context it happened, 0 where there is none.
  uint32 pid = ${EVENT_HEADER.pid};
  uint32 tid = ${EVENT_HEADER.tid};
  oneof payload {
${payload.join('\n')}
  }
}

${messages.join('\n')}`;
}

if (isMain(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(EVENT_PROTO, eventProto());
  else if (readFileSync(EVENT_PROTO, 'utf8') !== eventProto()) {
    console.error('proto/uintr/v1/event.proto differs from src/machine/events/schema.ts: run scripts/generate-event-proto.ts');
    process.exitCode = 1;
  }
}
