// Messages of the API at random, by its own tables: right in shape, mostly, so that they get past the front door; wild in what they say.

import { createHash } from 'node:crypto';
import { API, RULES } from '../src/gen/api.ts';
import type { FieldRules, FieldSchema, Format, ResourceKind } from '../src/wire/schema.ts';
import type { Choices } from './random.ts';

const DEFAULT_PROJECT = 'projects/default';
type Message = Record<string, unknown>;

const DEEPEST = 5;
const NUMBERS = [0, 1, 2, 3, 7, 8, 15, 63, 64, 255, 4096, 65_535, 0x7fff_ffff, 0xffff_ffff];
const SMALL = [0, 1, 2, 3, 8];
const WIDE = [0n, 1n, 2n, 5n, 4096n, 0x40_0000n, 1n << 31n, 1n << 32n, (1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n];
const TEXTS = [
  '',
  'x',
  '/bin/hello',
  '/tmp/file',
  '/proc/self/maps',
  '/',
  '../..',
  'main',
  'getpid',
  'mmap',
  'nothing',
  'labels',
  '"',
  'ü',
  'a=b',
  'x'.repeat(300),
];
const WILD_NAMES = [
  '',
  'x',
  'projects/-',
  'projects/default',
  'projects/default/machines/none',
  'users/none',
  'projects/default/machines/m/threads/1',
];

/** Values that let a request get further, by the name of a field. */
const HINTS: Readonly<Record<string, readonly unknown[]>> = {
  ram_bytes: [16n << 20n, 32n << 20n, 0n],
  vcpus: [1, 2, 0],
  abi: ['ABI_POC', 'ABI_K518', 'ABI_RFC', 'ABI_UNSPECIFIED'],
  // Time passes for calls of remote threads, and of those that are started by itself.
  time_mode: ['TIME_MODE_LOCKSTEP', 'TIME_MODE_LOCKSTEP', 'TIME_MODE_FREE_RUNNING'],
  resume_token: [''],
  path: ['/bin/hello', '/tmp/file', '/proc/self/maps', '/nothing'],
  arguments: [[], ['hello']],
  length: [0, 16, 4096],
  page_token: [''],
  filter: ['', 'user = "users/local"', 'code != OK AND time > "2020-01-01T00:00:00Z"'],
  vector: [0, 5, 63],
  // Of system calls.
  name: ['getpid', 'mmap', 'read', 'openat', 'nanosleep'],
  entries: [1, 8],
  request_id: [''],
  paths: [['labels'], ['display_name'], ['quota.machines'], ['quota'], ['roles'], ['disabled'], ['shared_with']],
  // What holds back all that follows would leave little to see.
  requests_per_second: [0, 1000],
  streams: [0, 8],
  machines: [0, 3, 8],
  page_size: [0, 1, 2, 1000],
};

/** Names that were seen in answers, by the kind that they look like. */
export class KnownNames {
  private readonly byKind = new Map<string, string[]>([['PROJECT', [DEFAULT_PROJECT]]]);

  /** Of every text in a message. */
  learn(message: unknown): void {
    if (typeof message === 'string') this.add(message);
    else if (typeof message === 'object' && message !== null && !(message instanceof Uint8Array))
      Object.values(message).forEach((value) => this.learn(value));
  }

  /** `tame`: never one that nobody has told. */
  of(kinds: readonly ResourceKind[], choices: Choices, tame: boolean): string {
    const known = this.byKind.get(choices.of(kinds)) ?? [];
    if (known.length === 0 || (!tame && choices.chance(0.05))) return choices.of(WILD_NAMES);
    // The latest are of one machine, mostly.
    if (kinds.includes('PROJECT') && choices.chance(0.6)) return DEFAULT_PROJECT;
    return choices.chance(0.5) ? known[0]! : choices.of(known);
  }

  has(kind: ResourceKind): boolean {
    return (this.byKind.get(kind)?.length ?? 0) > 0;
  }

  /** Those that an error has named, whole or by their last part, and what is in them. The default project stays. */
  forgetThose(parts: readonly string[]): void {
    for (const [kind, known] of this.byKind)
      this.byKind.set(
        kind,
        known.filter(
          (name) =>
            name === DEFAULT_PROJECT || !parts.some((part) => name === part || name.endsWith(`/${part}`) || name.startsWith(`${part}/`)),
        ),
      );
  }

  private add(text: string): void {
    const kind = KINDS.find(([, shape]) => shape.test(text))?.[0];
    if (!kind) return;
    const known = this.byKind.get(kind) ?? [];
    this.byKind.set(kind, [text, ...known.filter((other) => other !== text)].slice(0, MOST_KNOWN));
  }
}
const MOST_KNOWN = 6;
const KINDS: readonly (readonly [ResourceKind, RegExp])[] = [
  ['MACHINE', /^projects\/[^/]+\/machines\/[^/]+$/],
  ['PROCESS', /\/processes\/\d+$/],
  ['THREAD', /\/threads\/\d+$/],
  ['RING', /\/rings\/\d+$/],
  ['BREAKPOINT', /\/breakpoints\/\d+$/],
  ['DESCRIPTOR', /\/fds\/\d+$/],
  ['ARTIFACT', /^projects\/[^/]+\/artifacts\/[^/]+$/],
  ['SNAPSHOT', /^projects\/[^/]+\/snapshots\/[^/]+$/],
  ['LEASE', /^projects\/[^/]+\/leases\/[^/]+$/],
  ['TOKEN', /^users\/[^/]+\/tokens\/[^/]+$/],
  ['USER', /^users\/[^/]+$/],
  ['PROJECT', /^projects\/[a-z][^/]*$/],
];

/** By the format that a rule asks for. */
const FORMATS: Readonly<Record<Exclude<Format, 'LABELS' | 'SHA256'>, readonly string[]>> = {
  ID: ['a', 'b', 'c', 'm1', 'm2'],
  REQUEST_ID: ['r1', 'r2', 'r3'],
  PATH: ['/bin/hello', '/tmp/file', '/proc/self/maps', '/'],
  TEXT: ['x', 'main', '', 'hello'],
  ENVIRONMENT: ['A=b', 'PATH=/bin'],
};

/** One that keeps the rules; undefined if they ask for nothing in particular. */
function goodValue({ type, of: name }: FieldSchema, { format, min, max }: FieldRules, sums: readonly string[], choices: Choices): unknown {
  if (format === 'SHA256') return choices.of(sums);
  if (format && format !== 'LABELS') return choices.of(FORMATS[format]);
  if (type === 'enum') return choices.of(Object.keys(API.enums[name!]!).slice(1));
  if (max === undefined) return undefined;
  const least = min ?? 0;
  const value = least + choices.below(choices.chance(0.7) ? Math.min(16, max - least + 1) : max - least + 1);
  return type === 'uint32' || type === 'int32'
    ? value
    : type === 'uint64' || type === 'fixed64' || type === 'int64'
      ? BigInt(value)
      : undefined;
}

/** Fields of one name have different types in different messages. */
function fits({ type, repeated, map }: FieldSchema, hint: unknown): boolean {
  if (repeated) return type === 'string' && Array.isArray(hint);
  const wanted = type === 'string' || type === 'enum' ? 'string' : type === 'uint32' ? 'number' : type === 'uint64' ? 'bigint' : 'none';
  return !map && typeof hint === wanted;
}

export class RandomMessages {
  private readonly choices: Choices;
  private readonly names: KnownNames;
  /** Bytes of programs. */
  private readonly images: readonly Uint8Array[];
  private readonly sums: readonly string[];
  private tame = false;

  constructor(choices: Choices, names: KnownNames, images: readonly Uint8Array[]) {
    this.choices = choices;
    this.names = names;
    this.images = images;
    this.sums = images.map((image) => createHash('sha256').update(image).digest('hex'));
  }

  /** A tame message keeps the rules and says little else, so that it gets far; others are wild in what they say. */
  message(type: string, tame: boolean, only?: readonly string[]): Message {
    this.tame = tame;
    return this.of(type, only, 0);
  }

  private of(type: string, only: readonly string[] | undefined, depth: number): Message {
    const message: Message = {};
    const oneofs = new Map<string, FieldSchema[]>();
    for (const field of API.messages[type]!) {
      if (only && !only.includes(field.name)) continue;
      if (field.oneof) oneofs.set(field.oneof, [...(oneofs.get(field.oneof) ?? []), field]);
      else this.fill(message, type, field, depth);
    }
    for (const members of oneofs.values())
      if (this.tame || this.choices.chance(0.9)) this.fill(message, type, this.choices.of(members), depth, 1);
    return message;
  }

  /** How likely a field is given that need not be. */
  private probability({ name, type }: FieldSchema): number {
    if (!this.tame) return 0.25;
    return type === 'message' ? 0.4 : Object.hasOwn(HINTS, name) ? 0.7 : 0.1;
  }

  private fill(message: Message, type: string, field: FieldSchema, depth: number, probability = this.probability(field)): void {
    const rules = RULES[type]?.fields[field.name] ?? {};
    const wanted = rules.required || (rules.resource && !field.oneof) ? (this.tame ? 1 : 0.97) : probability;
    if (depth >= DEEPEST || !this.choices.chance(wanted)) return;
    const hint = this.choices.of(HINTS[field.name] ?? [undefined]);
    if (!rules.resource && (this.tame || this.choices.chance(0.8)) && fits(field, hint)) {
      message[field.name] = hint;
      return;
    }
    const one = (): unknown => (rules.resource ? this.names.of(rules.resource, this.choices, this.tame) : this.value(field, rules, depth));
    if (field.map)
      message[field.name] = Object.fromEntries(Array.from({ length: this.choices.below(3) }, () => [this.choices.of(TEXTS), one()]));
    else message[field.name] = field.repeated ? Array.from({ length: this.choices.below(4) + (this.tame ? 1 : 0) }, one) : one();
  }

  private value(field: FieldSchema, rules: FieldRules, depth: number): unknown {
    const { choices } = this;
    const good = this.tame || choices.chance(0.9) ? goodValue(field, rules, this.sums, choices) : undefined;
    if (good !== undefined) return good;
    switch (field.type) {
      case 'message':
        if (rules.min_millis !== undefined && this.tame) return { seconds: BigInt(Math.ceil(rules.min_millis / 1000) + choices.below(3)) };
        return this.of(field.of!, rules.only, depth + 1);
      case 'enum':
        return choices.of(Object.keys(API.enums[field.of!]!));
      case 'bool':
        return choices.chance(0.5);
      case 'string':
        return choices.chance(0.2) ? `r${choices.below(30)}` : choices.of(TEXTS);
      case 'bytes':
        return this.tame || choices.chance(0.5) ? choices.of(this.images) : choices.bytes(choices.below(64));
      case 'uint32':
        return choices.of(this.tame ? SMALL : NUMBERS);
      case 'int32':
      case 'sint32':
        return choices.of(this.tame ? SMALL : NUMBERS) | 0;
      case 'uint64':
      case 'fixed64':
        return this.tame ? BigInt(choices.of(SMALL)) : choices.chance(0.9) ? choices.of(WIDE) : choices.bits64();
      case 'int64':
        return choices.chance(0.9) ? choices.of(WIDE) : BigInt.asIntN(64, choices.bits64());
    }
  }
}
