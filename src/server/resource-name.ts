// Names of resources (google.aip.dev/122). There is one project until there are several: "default".

import { invalidField } from '../machine/errors.ts';
import type { ResourceKind } from '../wire/schema.ts';

const PROJECT = 'projects/default';
const ID = '[a-z][a-z0-9-]{0,62}';

export const machineName = (id: string): string => `${PROJECT}/machines/${id}`;
export const artifactName = (id: string): string => `${PROJECT}/artifacts/${id}`;
export const processName = (machine: string, pid: number): string => `${machine}/processes/${pid}`;
export const threadName = (machine: string, tid: number): string => `${machine}/threads/${tid}`;
export const ringName = (machine: string, ring: number): string => `${machine}/rings/${ring}`;
export const breakpointName = (machine: string, id: number): string => `${machine}/breakpoints/${id}`;
export const descriptorName = (machine: string, pid: number, fd: number): string => `${machine}/processes/${pid}/fds/${fd}`;

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
  return parse(field, value, MACHINE, `${PROJECT}/machines/m1`)[1]!;
}

export function parseProcess(field: string, value: string): { machine: string; pid: number } {
  const match = parse(field, value, `${MACHINE}/processes/([1-9]\\d{0,8})`, `${PROJECT}/machines/m1/processes/1`);
  return { machine: match[1]!, pid: Number(match[2]) };
}

/** Exactly one thread, ring or breakpoint of a machine. */
export function parseOne(field: string, value: string, kind: 'threads' | 'rings' | 'breakpoints'): { machine: string; id: number } {
  const match = parse(field, value, `${MACHINE}/${kind}/([1-9]\\d{0,8})`, `${PROJECT}/machines/m1/${kind}/1`);
  return { machine: match[1]!, id: Number(match[2]) };
}

export function parseDescriptor(field: string, value: string): { machine: string; pid: number; fd: number } {
  const shape = `${PROJECT}/machines/m1/processes/1/fds/3`;
  const match = parse(field, value, `${MACHINE}/processes/([1-9]\\d{0,8})/fds/(0|[1-9]\\d{0,8})`, shape);
  return { machine: match[1]!, pid: Number(match[2]), fd: Number(match[3]) };
}

/** A machine (`id` 0), or one of its processes or threads. */
export function parseWithin(
  field: string,
  value: string,
  kinds: 'processes' | 'threads' | 'processes|threads',
): { machine: string; kind: string; id: number } {
  const match = parse(field, value, `${MACHINE}(?:/(${kinds})/([1-9]\\d{0,8}))?`, `${PROJECT}/machines/m1/${kinds.split('|')[0]}/1`);
  return { machine: match[1]!, kind: match[2] ?? '', id: match[3] ? Number(match[3]) : 0 };
}

const NUMBER = '[1-9]\\d{0,8}';
const KINDS: Readonly<Record<ResourceKind, { readonly pattern: RegExp; readonly example: string }>> = {
  PROJECT: { pattern: new RegExp(`^${PROJECT}$`), example: PROJECT },
  MACHINE: { pattern: new RegExp(`^${MACHINE}$`), example: `${PROJECT}/machines/m1` },
  PROCESS: { pattern: new RegExp(`^${MACHINE}/processes/${NUMBER}$`), example: `${PROJECT}/machines/m1/processes/1` },
  THREAD: { pattern: new RegExp(`^${MACHINE}/threads/${NUMBER}$`), example: `${PROJECT}/machines/m1/threads/1` },
  RING: { pattern: new RegExp(`^${MACHINE}/rings/${NUMBER}$`), example: `${PROJECT}/machines/m1/rings/1` },
  BREAKPOINT: { pattern: new RegExp(`^${MACHINE}/breakpoints/${NUMBER}$`), example: `${PROJECT}/machines/m1/breakpoints/1` },
  DESCRIPTOR: {
    pattern: new RegExp(`^${MACHINE}/processes/${NUMBER}/fds/(?:0|${NUMBER})$`),
    example: `${PROJECT}/machines/m1/processes/1/fds/3`,
  },
  ARTIFACT: { pattern: new RegExp(`^${PROJECT}/artifacts/${ID}$`), example: `${PROJECT}/artifacts/a1` },
};

/** What is wrong with the name of a resource that may be of these kinds; undefined if nothing is. */
export function resourceProblem(kinds: readonly ResourceKind[], name: string): string | undefined {
  for (const kind of kinds) if (KINDS[kind].pattern.test(name)) return undefined;
  const examples = kinds.map((kind) => `"${KINDS[kind].example}"`).join(' or ');
  return `must be a name such as ${examples}, got ${JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}...` : name)}`;
}
