// Names of resources (google.aip.dev/122). There is one project until there are several: "default".

import { invalidField } from '../machine/errors.ts';

const PROJECT = 'projects/default';
const ID = '[a-z][a-z0-9-]{0,62}';

export const machineName = (id: string): string => `${PROJECT}/machines/${id}`;
export const artifactName = (id: string): string => `${PROJECT}/artifacts/${id}`;
export const processName = (machine: string, pid: number): string => `${machine}/processes/${pid}`;
export const threadName = (machine: string, tid: number): string => `${machine}/threads/${tid}`;
export const ringName = (machine: string, ring: number): string => `${machine}/rings/${ring}`;
export const breakpointName = (machine: string, id: number): string => `${machine}/breakpoints/${id}`;
export const descriptorName = (machine: string, pid: number, fd: number): string => `${machine}/processes/${pid}/fds/${fd}`;

export function checkProject(field: string, value: string): void {
  if (value !== PROJECT) throw invalidField(field, `must be "${PROJECT}", got "${value}"`);
}

export function checkId(field: string, value: string): string {
  if (!new RegExp(`^${ID}$`).test(value))
    throw invalidField(field, `must be 1 to 63 lower-case letters, digits and hyphens, first a letter; got "${value}"`);
  return value;
}

function parse(field: string, value: string, pattern: string, shape: string): RegExpExecArray {
  const match = new RegExp(`^${pattern}$`).exec(value);
  if (!match) throw invalidField(field, `must be a name such as "${shape}", got "${value.slice(0, 200)}"`);
  return match;
}

const MACHINE = `(${PROJECT}/machines/${ID})`;

export function parseMachine(field: string, value: string): string {
  return parse(field, value, MACHINE, `${PROJECT}/machines/m1`)[1]!;
}

export function parseArtifact(field: string, value: string): string {
  return parse(field, value, `(${PROJECT}/artifacts/${ID})`, `${PROJECT}/artifacts/a1`)[1]!;
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
