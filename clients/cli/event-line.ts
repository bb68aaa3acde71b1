// An event as one flat JSON object, and as one line for people.

import { jsonOf } from './output.ts';
import { printable } from '../../src/text/printable.ts';
import type { Event } from '../../src/gen/api.ts';
import type { Json } from '../../src/wire/json.ts';

const HEADER = ['sequence', 'cycle', 'vcpu', 'pid', 'tid'] as const;

/** {sequence, cycle, vcpu, pid, tid, kind, ...fields of the kind}. */
export function flatEvent(event: Event): { [name: string]: Json } {
  const { ...rest } = jsonOf('uintr.v1.Event', event) as { [name: string]: Json };
  const header: { [name: string]: Json } = {};
  for (const name of HEADER) {
    header[name] = rest[name]!;
    delete rest[name];
  }
  const [kind, fields] = Object.entries(rest)[0] ?? ['unknown', {}];
  return { ...header, kind, ...(fields as { [name: string]: Json }) };
}

export function eventText(event: Event): string {
  const { sequence, cycle, vcpu, pid, tid, kind, ...fields } = flatEvent(event);
  const place = vcpu === -1 ? '' : `vcpu${vcpu}`;
  const task = pid === 0 ? '' : `${pid}/${tid}`;
  const shown = Object.entries(fields).filter(
    ([, value]) => value !== '' && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  const text = shown.map(
    ([name, value]) => `${name}=${name === 'data' ? JSON.stringify(Buffer.from(String(value), 'base64').toString()) : String(value)}`,
  );
  return `${String(sequence).padStart(6)}  ${String(cycle).padStart(12)}  ${place.padEnd(6)}  ${task.padEnd(7)}  ${String(kind).padEnd(26)}  ${printable(text.join(' '))}`.trimEnd();
}
