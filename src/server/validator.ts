// Requests against the rules of their protos (uintr/v1/rules.proto), before a method runs. Each message type is compiled once into a
// list of checks; what has no rule in or below it costs nothing.

import { MachineError } from '../machine/errors.ts';
import { checkLabels, STRING_FORMATS } from './formats.ts';
import { resourceProblem } from './resource-name.ts';
import type { ApiRules, ApiSchema, FieldRules, FieldSchema } from '../wire/schema.ts';
import type { Violation } from './formats.ts';

/** A status travels in HTTP/2 trailers, which clients bound to some KiB: what is beyond this is only counted. */
const MOST_VIOLATIONS = 16;
const LONGEST_FIELD = 160;
const MOST_SECONDS: Readonly<Record<string, bigint>> = {
  'google.protobuf.Duration': 315_576_000_000n,
  'google.protobuf.Timestamp': 253_402_300_799n,
};

/** Everything that is wrong with one request. */
export class InvalidRequest extends MachineError {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    const first = violations[0]!;
    const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
    super('INVALID_FIELD', `${first.field}: ${first.description}${more}`, first as Violation & Record<string, string>);
    const kept = violations.slice(0, MOST_VIOLATIONS);
    if (violations.length > kept.length) kept.push({ field: '', description: `${violations.length - kept.length} more fields are wrong` });
    this.violations = kept;
  }
}

type Message = Readonly<Record<string, unknown>>;
type MessageCheck = (message: Message, path: string, found: Violation[]) => void;
/** What is wrong with a value that is given; undefined if nothing is. */
type ValueCheck = (value: never) => string | undefined;
type Nested = (value: never, path: string, found: Violation[]) => void;

export class Validator {
  private readonly api: ApiSchema;
  private readonly rules: ApiRules;
  private readonly compiled = new Map<string, MessageCheck | null>();

  constructor(api: ApiSchema, rules: ApiRules) {
    this.api = api;
    this.rules = rules;
  }

  /** Throws InvalidRequest. */
  check(type: string, message: unknown): void {
    const check = this.compile(type);
    if (check === null) return;
    const found: Violation[] = [];
    check(message as Message, '', found);
    if (found.length > 0) throw new InvalidRequest(found);
  }

  private compile(type: string, only?: readonly string[]): MessageCheck | null {
    const key = only ? `${type} ${only.join()}` : type;
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    const seconds = MOST_SECONDS[type];
    if (seconds !== undefined) {
      const check: MessageCheck = (value, path, found) => checkTime(value as never, seconds, path, found);
      this.compiled.set(key, check);
      return check;
    }
    const rules = this.rules[type];
    const checks: MessageCheck[] = [];
    for (const field of this.api.messages[type]!) {
      if (only && !only.includes(field.name)) checks.push(refuse(this.api, field));
      else {
        const check = this.field(field, rules?.fields[field.name] ?? {});
        if (check) checks.push(check);
      }
    }
    for (const oneof of rules?.oneofs ?? []) checks.push(requireOne(this.api, type, oneof));
    const all: MessageCheck | null =
      checks.length === 0
        ? null
        : (message, path, found) => {
            for (const check of checks) check(message, path, found);
          };
    this.compiled.set(key, all);
    return all;
  }

  private field(field: FieldSchema, rules: FieldRules): MessageCheck | null {
    const { name } = field;
    const required = rules.required === true || (rules.resource !== undefined && !field.oneof);
    const one = valueCheck(field, rules);
    const nested: Nested | null = field.type === 'message' ? (this.compile(field.of!, rules.only) as Nested | null) : null;
    const time = rules.min_millis !== undefined || rules.max_millis !== undefined ? durationCheck(rules) : null;
    if (!required && !one && !nested && !time && rules.max_items === undefined && rules.format !== 'LABELS') return null;
    if (field.map || field.repeated) return listCheck(field, rules, one, nested);
    const isDefault = defaultTest(this.api, field);
    return (message, path, found) => {
      const value = message[name] as never;
      if (isDefault(value)) {
        // One answer for a name that is missing and one that is wrong.
        if (required) found.push({ field: at(path, name), description: (one && one(value)) ?? 'must be given' });
        return;
      }
      const problem = one?.(value);
      if (problem !== undefined) found.push({ field: at(path, name), description: problem });
      if (nested) nested(value, at(path, name), found);
      const late = time?.(value);
      if (late !== undefined) found.push({ field: at(path, name), description: late });
    };
  }
}

const at = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`).slice(0, LONGEST_FIELD);

/** A value as an error shows it. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value);
  return String(value);
}

function defaultTest(api: ApiSchema, field: FieldSchema): (value: unknown) => boolean {
  // With presence: absent is undefined, and a member that is set is given whatever its value; but "required" of an enum means a value.
  if (field.type === 'enum') {
    const zero = Object.keys(api.enums[field.of!]!)[0];
    return (value) => value === undefined || value === zero;
  }
  if (field.oneof || field.type === 'message') return (value) => value === undefined;
  if (field.type === 'bytes') return (value) => (value as Uint8Array).length === 0;
  return (value) => value === '' || value === 0 || value === 0n || value === false;
}

function isUnset(api: ApiSchema, field: FieldSchema): (value: unknown) => boolean {
  if (field.repeated) return (value) => (value as unknown[]).length === 0;
  if (field.map) return (value) => Object.keys(value as object).length === 0;
  return defaultTest(api, field);
}

function refuse(api: ApiSchema, field: FieldSchema): MessageCheck {
  const unset = isUnset(api, field);
  return (message, path, found) => {
    if (!unset(message[field.name])) found.push({ field: at(path, field.name), description: 'is set by the server: leave it out' });
  };
}

function requireOne(api: ApiSchema, type: string, oneof: string): MessageCheck {
  const members = api.messages[type]!.filter((field) => field.oneof === oneof).map(({ name }) => name);
  const description = `one of ${members.join(', ')} must be given`;
  return (message, path, found) => {
    for (const member of members) if (message[member] !== undefined) return;
    found.push({ field: at(path, oneof), description });
  };
}

function valueCheck(field: FieldSchema, rules: FieldRules): ValueCheck | null {
  const { resource, format, min, max } = rules;
  if (resource) return (value: string) => resourceProblem(resource, value);
  const checks: ValueCheck[] = [];
  if (field.type === 'enum' && field.repeated)
    checks.push((value: string) => (value.endsWith('_UNSPECIFIED') ? `must name a value, got ${value}` : undefined));
  if (format && format !== 'LABELS') {
    const { accepts, wants } = STRING_FORMATS[format];
    checks.push((text: string) => (accepts(text) ? undefined : `${wants}; got ${shown(text)}`));
  }
  const { min_length: shortest = 0, max_length: longest = Number.POSITIVE_INFINITY, multiple_of: multiple } = rules;
  if (rules.min_length !== undefined || rules.max_length !== undefined) {
    const unit = field.type === 'bytes' ? 'bytes' : 'characters';
    const wants =
      shortest === longest
        ? `exactly ${longest}`
        : longest === Number.POSITIVE_INFINITY
          ? `at least ${shortest}`
          : shortest === 0
            ? `at most ${longest}`
            : `${shortest} to ${longest}`;
    checks.push((value: string | Uint8Array) =>
      value.length < shortest || value.length > longest ? `must have ${wants} ${unit}, has ${value.length}` : undefined,
    );
  }
  if (min !== undefined || max !== undefined) {
    const [low, high] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
    const wants =
      min === undefined ? `must be at most ${max}` : max === undefined ? `must be at least ${min}` : `must be from ${min} to ${max}`;
    checks.push((value: number | bigint) => (value < low || value > high ? `${wants}, got ${value}` : undefined));
  }
  if (multiple !== undefined)
    checks.push((value: number | bigint) =>
      BigInt(value) % BigInt(multiple) === 0n ? undefined : `must be a multiple of ${multiple}, got ${value}`,
    );
  if (checks.length <= 1) return checks[0] ?? null;
  return (value) => {
    for (const check of checks) {
      const problem = check(value);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

function listCheck(field: FieldSchema, rules: FieldRules, one: ValueCheck | null, nested: Nested | null): MessageCheck {
  const { name, map } = field;
  const most = rules.max_items ?? Number.POSITIVE_INFINITY;
  return (message, path, found) => {
    if (rules.format === 'LABELS') {
      checkLabels(at(path, name), message[name] as Record<string, string>, found);
      return;
    }
    const entries = map ? Object.entries(message[name] as object) : (message[name] as unknown[]);
    if (entries.length === 0 && rules.required) found.push({ field: at(path, name), description: 'must not be empty' });
    if (entries.length > most) {
      found.push({ field: at(path, name), description: `must have at most ${most} elements, has ${entries.length}` });
      return;
    }
    if (!one && !nested) return;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      const value = (map ? (entry as [string, unknown])[1] : entry) as never;
      const here = (): string => at(path, map ? `${name}["${(entry as [string, unknown])[0]}"]` : `${name}[${index}]`);
      const problem = one?.(value);
      if (problem !== undefined) found.push({ field: here(), description: problem });
      if (nested) nested(value, here(), found);
    }
  };
}

interface Time {
  readonly seconds: bigint;
  readonly nanos: number;
}

function checkTime({ seconds, nanos }: Time, most: bigint, path: string, found: Violation[]): void {
  if (seconds < 0n || seconds > most) found.push({ field: at(path, 'seconds'), description: `must be from 0 to ${most}, got ${seconds}` });
  if (nanos < 0 || nanos > 999_999_999) found.push({ field: at(path, 'nanos'), description: `must be from 0 to 999999999, got ${nanos}` });
}

function durationCheck({
  min_millis: min = 0,
  max_millis: max = Number.POSITIVE_INFINITY,
}: FieldRules): (value: Time) => string | undefined {
  const wants = `must be from ${min / 1000} s to ${max / 1000} s`;
  return ({ seconds, nanos }) => {
    const milliseconds = Number(seconds) * 1000 + nanos / 1e6;
    return milliseconds < min || milliseconds > max ? `${wants}, got ${milliseconds / 1000} s` : undefined;
  };
}
