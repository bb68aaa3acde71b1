// What a machine is: the complete description from which everything else follows, its defaults and its validation.

import { invalidField } from './errors.ts';
import { costBounds, isCostName, PRESETS } from './cost/presets.ts';
import { type Storage, STORAGES } from './cost/storage.ts';
import { EVENT_SCHEMA, QUIET_KINDS } from './events/schema.ts';
import type { CostName, CostOverrides } from './cost/presets.ts';
import type { EventKind } from './events/schema.ts';

export const ABIS = ['poc', 'poc-stack-top', 'k518', 'rfc', 'none'] as const;
export type Abi = (typeof ABIS)[number];

export const CPU_LEVELS = ['x86-64-v1', 'x86-64-v2'] as const;
export type CpuLevel = (typeof CPU_LEVELS)[number];

export const TIME_MODES = ['FREE_RUNNING', 'LOCKSTEP'] as const;
export type TimeMode = (typeof TIME_MODES)[number];

export interface MachineLimits {
  /** The machine pauses, for good, when virtual time reaches this many cycles; 0 = no limit. */
  readonly virtual_cycles: number;
  /** Tasks that live at one time. */
  readonly threads: number;
  /** Bytes of regular files in the guest's file systems; they lie outside RAM. */
  readonly file_bytes: number;
  /** Bytes written to each standard stream of a spawned program. */
  readonly console_bytes: number;
}

/** What the file system starts with, over the machine's own directories (root-file-system.ts). */
export interface RootFileSystem {
  /** Its name in the API, for people. */
  readonly artifact: string;
  /** Of `archive`; 64 hexadecimal digits. */
  readonly sha256: string;
  /** A tar archive, plain or compressed by gzip or zstd. Shared by all machines that start with it. */
  readonly archive: Uint8Array;
}

export interface MachineSpec {
  readonly vcpus: number;
  readonly ram_bytes: number;
  readonly cpu_level: CpuLevel;
  readonly abi: Abi;
  readonly cost_preset: string;
  /** By name, each in the unit of its row. */
  readonly cost_overrides: CostOverrides;
  /** Seeds getrandom, AT_RANDOM and every tie. */
  readonly seed: bigint;
  /** CLOCK_REALTIME at virtual time 0, nanoseconds since 1970. */
  readonly epoch: bigint;
  readonly time_mode: TimeMode;
  /** Kinds that are recorded. */
  readonly event_kinds: readonly EventKind[];
  readonly limits: MachineLimits;
  readonly root: RootFileSystem | null;
  /** The block device below the root file system; none: files are in RAM and nothing waits for them. */
  readonly storage: Storage;
}

export const KIB_64 = 65_536;
export const RAM_MINIMUM = 16 << 20;
export const RAM_MAXIMUM = 3 * 2 ** 30;

export const DEFAULT_SPEC: MachineSpec = {
  vcpus: 2,
  ram_bytes: 256 << 20,
  cpu_level: 'x86-64-v2',
  abi: 'poc',
  cost_preset: 'spr-2.0ghz',
  cost_overrides: {},
  seed: 0n,
  epoch: 1_735_689_600_000_000_000n, // 2025-01-01T00:00:00Z
  time_mode: 'FREE_RUNNING',
  event_kinds: (Object.keys(EVENT_SCHEMA) as EventKind[]).filter((kind) => !QUIET_KINDS.includes(kind)),
  limits: { virtual_cycles: 0, threads: 4096, file_bytes: 256 << 20, console_bytes: 4 * 2 ** 30 },
  root: null,
  storage: 'none',
};

/** A spec as a request brings it: everything may be left out, nothing is trusted. */
export type PartialSpec = { readonly [F in keyof MachineSpec]?: unknown };

type Check = (value: unknown, path: string) => unknown;

/** `hint`: what the caller may do about it. */
function integer(minimum: number, maximum: number, multiple = 1, hint = ''): Check {
  const refused = (path: string, must: string, value: unknown): Error =>
    invalidField(path, `must be ${must}, got ${String(value)}${hint && `; ${hint}`}`);
  return (value, path) => {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw refused(path, 'an integer', value);
    if (number < minimum || number > maximum) throw refused(path, `from ${minimum} to ${maximum}`, number);
    if (number % multiple !== 0) throw refused(path, `a multiple of ${multiple}`, number);
    return number;
  };
}

function unsigned64(value: unknown, path: string): bigint {
  if (typeof value !== 'bigint' || value < 0n || value >= 1n << 64n) throw invalidField(path, 'must be an unsigned 64-bit integer');
  return value;
}

function oneOf(choices: readonly string[]): Check {
  return (value, path) => {
    if (typeof value !== 'string' || !choices.includes(value))
      throw invalidField(path, `must be one of ${choices.join(', ')}, got ${JSON.stringify(value)}`);
    return value;
  };
}

function costOverrides(value: unknown, path: string): CostOverrides {
  if (typeof value !== 'object' || value === null) throw invalidField(path, 'must map names of costs to numbers');
  const checked: Partial<Record<CostName, number>> = {};
  for (const [name, cost] of Object.entries(value)) {
    const at = `${path}["${name}"]`;
    if (!isCostName(name)) throw invalidField(at, 'is not the name of a cost; GetCostTable lists them');
    const { least, most, multiple, hint } = costBounds(name);
    checked[name] = integer(least, most, multiple, hint)(cost, at) as number;
  }
  return checked;
}

function eventKinds(value: unknown, path: string): EventKind[] {
  if (!Array.isArray(value)) throw invalidField(path, 'must be a list of event kinds');
  for (const [at, kind] of value.entries())
    if (typeof kind !== 'string' || !Object.hasOwn(EVENT_SCHEMA, kind))
      throw invalidField(`${path}[${at}]`, `${JSON.stringify(kind)} is not a kind of event`);
  // In the schema's order, once each: two specs that mean the same are the same.
  return (Object.keys(EVENT_SCHEMA) as EventKind[]).filter((kind) => value.includes(kind));
}

function limits(value: unknown, path: string): MachineLimits {
  if (typeof value !== 'object' || value === null) throw invalidField(path, 'must be an object');
  return complete(value, LIMIT_CHECKS, DEFAULT_SPEC.limits, `${path}.`) as MachineLimits;
}

/** Its contents are looked at when the machine is made. */
function rootFileSystem(value: unknown, path: string): RootFileSystem | null {
  if (value === null) return null;
  const { artifact, sha256, archive } = value as Partial<Record<keyof RootFileSystem, unknown>>;
  if (typeof artifact !== 'string' || typeof sha256 !== 'string' || !(archive instanceof Uint8Array))
    throw invalidField(path, 'must have artifact, sha256 and archive');
  return { artifact, sha256, archive };
}

const LIMIT_CHECKS: Readonly<Record<keyof MachineLimits, Check>> = {
  virtual_cycles: integer(0, Number.MAX_SAFE_INTEGER),
  threads: integer(1, 32_768),
  file_bytes: integer(0, 4 * 2 ** 30),
  console_bytes: integer(0, Number.MAX_SAFE_INTEGER),
};

const CHECKS: Readonly<Record<keyof MachineSpec, Check>> = {
  vcpus: integer(1, 32),
  ram_bytes: integer(RAM_MINIMUM, RAM_MAXIMUM, KIB_64),
  cpu_level: oneOf(CPU_LEVELS),
  abi: oneOf(ABIS),
  cost_preset: oneOf(Object.keys(PRESETS)),
  cost_overrides: costOverrides,
  seed: unsigned64,
  epoch: (value, path) => {
    const epoch = unsigned64(value, path);
    if (epoch >= 1n << 63n) throw invalidField(path, 'must be below 2^63 nanoseconds');
    return epoch;
  },
  time_mode: oneOf(TIME_MODES),
  event_kinds: eventKinds,
  limits,
  root: rootFileSystem,
  storage: oneOf(STORAGES),
};

function complete(given: object, checks: Readonly<Record<string, Check>>, defaults: object, prefix: string): unknown {
  for (const name of Object.keys(given)) if (!Object.hasOwn(checks, name)) throw invalidField(`${prefix}${name}`, 'is not a field');
  const result: Record<string, unknown> = { ...defaults };
  for (const [name, check] of Object.entries(checks)) {
    const value = (given as Record<string, unknown>)[name];
    if (value !== undefined) result[name] = check(value, `${prefix}${name}`);
  }
  return result;
}

/** Fills in defaults and checks everything; throws INVALID_FIELD with the field's path, which starts with `prefix`. */
export function completeSpec(given: PartialSpec, prefix = 'spec.'): MachineSpec {
  return complete(given, CHECKS, DEFAULT_SPEC, prefix) as MachineSpec;
}
