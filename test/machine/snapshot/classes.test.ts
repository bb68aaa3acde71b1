// Nothing is forgotten: every class that state may hold is listed, every field that the hash leaves out has a row that says what becomes of
// it, every default that machines share has a name, and one changed field in each class is seen by the hash and by the snapshot.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generated, STATE_CLASSES as GENERATED } from '../../../scripts/generate-state-classes.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import { STATE_CLASSES } from '../../../src/machine/snapshot/classes.ts';
import { capture, restore } from '../../../src/machine/snapshot/image.ts';
import { knownObjects } from '../../../src/machine/snapshot/known-objects.ts';
import { TRANSIENTS } from '../../../src/machine/snapshot/transients.ts';
import { stateFields, transientFields } from '../../../src/machine/state-fields.ts';
import { guest, newMachine, spawn, stepModule } from '../run-guest.ts';
import { stateObjects } from './state-walk.ts';

/** Together they have nearly every kind of object. */
const PROGRAMS: readonly [name: string, cycles: number][] = [
  ['tcp', 400_000],
  ['uring/features', 300_000],
  ['epoll', 300_000],
  ['unix_rights', 200_000],
  ['posix_queues', 200_000],
  ['tty_jobs', 600_000],
  ['uipi_spin.poc', 60_000],
  ['inotify', 500_000],
  ['locks', 400_000],
];

function machineWith(names: readonly (readonly [string, number])[]): Machine {
  const machine = newMachine({ storage: 'nvme', ram_bytes: 64 << 20 });
  for (const [name, cycles] of names) {
    spawn(machine, guest(name));
    machine.advanceTo(machine.time + cycles);
  }
  machine.consoles.takeOutput();
  machine.board.suspendAll();
  return machine;
}

test('classes.ts is what the sources say', () => expect(readFileSync(GENERATED, 'utf8')).toBe(generated()));

test('every class with transient fields has a row, and no other', () => {
  const having = Object.entries(STATE_CLASSES)
    .filter(([, [{ prototype }]]) => transientFields(prototype).length > 0)
    .map(([key]) => key);
  // WriteGrants is reached through transient fields alone.
  expect(Object.keys(TRANSIENTS).sort()).toEqual(having.filter((key) => !key.endsWith(':WriteGrants')).sort());
});

test('a restored object has every field that the original has, the transient ones too', () => {
  const machine = machineWith(PROGRAMS);
  const copy = restore(machine.spec, stepModule(), capture(machine));
  const [originals, copies] = [[...stateObjects(machine.board)], [...stateObjects(copy.board)]];
  expect(copies.length).toBe(originals.length);
  const fields = (object: object): string[] => (ArrayBuffer.isView(object) || Array.isArray(object) ? [] : Object.keys(object).sort());
  const missing = new Set<string>();
  for (const [at, original] of originals.entries()) {
    const found = fields(copies[at]!);
    for (const field of fields(original)) if (!found.includes(field)) missing.add(`${original.constructor.name}.${field}`);
  }
  expect([...missing]).toEqual([]);
  expect(copy.hash()).toBe(machine.hash());
});

test('what two machines share are defaults with a name', () => {
  const [one, other] = [machineWith(PROGRAMS), machineWith(PROGRAMS)];
  const others = stateObjects(other.board);
  const named = new Set(knownObjects(one).constants.values());
  const shared = [...stateObjects(one.board)].filter((object) => others.has(object) && !named.has(object));
  expect(shared).toEqual([]);
});

type Flip = { readonly object: Record<string, unknown>; readonly field: string; readonly before: unknown };

/** Changes a number, truth or text of the object; null if it has none. */
function flipped(object: Record<string, unknown>): Flip | null {
  for (const field of stateFields(object).reverse()) {
    const before = object[field];
    if (typeof before === 'number' && field !== 'ramBytes') object[field] = before === Number.POSITIVE_INFINITY ? 1 : before + 1;
    else if (typeof before === 'boolean') object[field] = !before;
    else if (typeof before === 'bigint') object[field] = before ^ 1n;
    else if (typeof before === 'string') object[field] = `${before}!`;
    else continue;
    return { object, field, before };
  }
  return null;
}

test('one changed field in each class changes the hash, and comes back from a snapshot', () => {
  const machine = machineWith(PROGRAMS.slice(0, 4));
  const before = machine.hash();
  const constants = new Set(knownObjects(machine).constants.values());
  const flips: Flip[] = [];
  const classes = new Set<string>();
  const unseen: string[] = [];
  for (const object of stateObjects(machine.board)) {
    const { name } = object.constructor;
    if (ArrayBuffer.isView(object) || object.constructor === Object || classes.has(name) || constants.has(object)) continue;
    const flip = flipped(object as Record<string, unknown>);
    if (!flip) continue;
    classes.add(name);
    if (machine.hash() === before) unseen.push(`${name}.${flip.field}`);
    flip.object[flip.field] = flip.before;
    flips.push(flip);
  }
  expect(unseen).toEqual([]);
  expect(classes.size).toBeGreaterThan(50);
  expect(machine.hash()).toBe(before);
  for (const { object } of flips) flipped(object);
  const changed = machine.hash();
  expect(restore(machine.spec, stepModule(), capture(machine)).hash()).toBe(changed);
});
