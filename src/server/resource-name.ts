// Names of resources (google.aip.dev/122).

import { invalidField } from '../machine/errors.ts';
import type { ResourceKind } from '../wire/schema.ts';

/** The project that is always there; it stands in examples too. */
export const DEFAULT_PROJECT = 'projects/default';
/** In a role: all projects that are and will be, and the daemon itself (google.aip.dev/159). */
export const EVERY_PROJECT = 'projects/-';
const ID = '[a-z][a-z0-9-]{0,62}';
const PROJECT = `projects/${ID}`;
const USER = `users/${ID}`;

export const projectName = (id: string): string => `projects/${id}`;
export const userName = (id: string): string => `users/${id}`;
export const tokenName = (user: string, id: string): string => `${user}/tokens/${id}`;
export const machineName = (project: string, id: string): string => `${project}/machines/${id}`;
export const leaseName = (project: string, id: string): string => `${project}/leases/${id}`;
export const artifactName = (project: string, id: string): string => `${project}/artifacts/${id}`;
export const snapshotName = (project: string, id: string): string => `${project}/snapshots/${id}`;
export const processName = (machine: string, pid: number): string => `${machine}/processes/${pid}`;
export const threadName = (machine: string, tid: number): string => `${machine}/threads/${tid}`;
export const ringName = (machine: string, ring: number): string => `${machine}/rings/${ring}`;
export const breakpointName = (machine: string, id: number): string => `${machine}/breakpoints/${id}`;
export const descriptorName = (machine: string, pid: number, fd: number): string => `${machine}/processes/${pid}/fds/${fd}`;

/** "m1" of "projects/p/machines/m1". */
export const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** The machine that is named, or that what is named is in; undefined if it is in none. */
export function machineOf(name: string): string | undefined {
  const at = name.indexOf(MACHINES);
  if (at < 0) return undefined;
  const end = name.indexOf('/', at + MACHINES.length);
  return end < 0 ? name : name.slice(0, end);
}
const MACHINES = '/machines/';

/** The first two parts: of a project's resource the project, of a token its user. */
export function ownerOf(name: string): string {
  const end = name.indexOf('/', name.indexOf('/') + 1);
  return end < 0 ? name : name.slice(0, end);
}

/** A pattern is compiled once: making a RegExp costs more than the rest of a call's validation. */
const EXPRESSIONS = new Map<string, RegExp>();

function parse(field: string, value: string, pattern: string, shape: string): RegExpExecArray {
  let expression = EXPRESSIONS.get(pattern);
  if (!expression) EXPRESSIONS.set(pattern, (expression = new RegExp(`^${pattern}$`)));
  const match = expression.exec(value);
  if (!match) throw invalidField(field, `must be a name such as "${shape}", got "${value.slice(0, 200)}"`);
  return match;
}

const MACHINE = `(${PROJECT}/machines/${ID})`;

export function parseMachine(field: string, value: string): string {
  return parse(field, value, MACHINE, `${DEFAULT_PROJECT}/machines/m1`)[1]!;
}

export function parseProcess(field: string, value: string): { machine: string; pid: number } {
  const match = parse(field, value, `${MACHINE}/processes/([1-9]\\d{0,8})`, `${DEFAULT_PROJECT}/machines/m1/processes/1`);
  return { machine: match[1]!, pid: Number(match[2]) };
}

/** Exactly one thread, ring or breakpoint of a machine. */
export function parseOne(field: string, value: string, kind: 'threads' | 'rings' | 'breakpoints'): { machine: string; id: number } {
  const match = parse(field, value, `${MACHINE}/${kind}/([1-9]\\d{0,8})`, `${DEFAULT_PROJECT}/machines/m1/${kind}/1`);
  return { machine: match[1]!, id: Number(match[2]) };
}

export function parseDescriptor(field: string, value: string): { machine: string; pid: number; fd: number } {
  const shape = `${DEFAULT_PROJECT}/machines/m1/processes/1/fds/3`;
  const match = parse(field, value, `${MACHINE}/processes/([1-9]\\d{0,8})/fds/(0|[1-9]\\d{0,8})`, shape);
  return { machine: match[1]!, pid: Number(match[2]), fd: Number(match[3]) };
}

/** A machine (`id` 0), or one of its processes or threads. */
export function parseWithin(
  field: string,
  value: string,
  kinds: 'processes' | 'threads' | 'processes|threads',
): { machine: string; kind: string; id: number } {
  const match = parse(
    field,
    value,
    `${MACHINE}(?:/(${kinds})/([1-9]\\d{0,8}))?`,
    `${DEFAULT_PROJECT}/machines/m1/${kinds.split('|')[0]}/1`,
  );
  return { machine: match[1]!, kind: match[2] ?? '', id: match[3] ? Number(match[3]) : 0 };
}

const NUMBER = '[1-9]\\d{0,8}';
const KINDS: Readonly<Record<ResourceKind, { readonly pattern: RegExp; readonly example: string }>> = {
  PROJECT: { pattern: new RegExp(`^${PROJECT}$`), example: DEFAULT_PROJECT },
  MACHINE: { pattern: new RegExp(`^${MACHINE}$`), example: `${DEFAULT_PROJECT}/machines/m1` },
  PROCESS: { pattern: new RegExp(`^${MACHINE}/processes/${NUMBER}$`), example: `${DEFAULT_PROJECT}/machines/m1/processes/1` },
  THREAD: { pattern: new RegExp(`^${MACHINE}/threads/${NUMBER}$`), example: `${DEFAULT_PROJECT}/machines/m1/threads/1` },
  RING: { pattern: new RegExp(`^${MACHINE}/rings/${NUMBER}$`), example: `${DEFAULT_PROJECT}/machines/m1/rings/1` },
  BREAKPOINT: { pattern: new RegExp(`^${MACHINE}/breakpoints/${NUMBER}$`), example: `${DEFAULT_PROJECT}/machines/m1/breakpoints/1` },
  DESCRIPTOR: {
    pattern: new RegExp(`^${MACHINE}/processes/${NUMBER}/fds/(?:0|${NUMBER})$`),
    example: `${DEFAULT_PROJECT}/machines/m1/processes/1/fds/3`,
  },
  LEASE: { pattern: new RegExp(`^${PROJECT}/leases/${ID}$`), example: `${DEFAULT_PROJECT}/leases/l1` },
  SNAPSHOT: { pattern: new RegExp(`^${PROJECT}/snapshots/${ID}$`), example: `${DEFAULT_PROJECT}/snapshots/s1` },
  ARTIFACT: { pattern: new RegExp(`^${PROJECT}/artifacts/${ID}$`), example: `${DEFAULT_PROJECT}/artifacts/a1` },
  EVERY_PROJECT: { pattern: new RegExp(`^${EVERY_PROJECT}$`), example: EVERY_PROJECT },
  USER: { pattern: new RegExp(`^${USER}$`), example: 'users/alice' },
  TOKEN: { pattern: new RegExp(`^${USER}/tokens/[0-9a-f]{16}$`), example: 'users/alice/tokens/0123456789abcdef' },
};

/** What is wrong with the name of a resource that may be of these kinds; undefined if nothing is. */
export function resourceProblem(kinds: readonly ResourceKind[], name: string): string | undefined {
  for (const kind of kinds) if (KINDS[kind].pattern.test(name)) return undefined;
  const examples = kinds.map((kind) => `"${KINDS[kind].example}"`).join(' or ');
  return `must be a name such as ${examples}, got ${JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}...` : name)}`;
}
