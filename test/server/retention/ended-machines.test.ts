// Which machines have ended, since when, and what they take up; also for the next daemon.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { completeSpec } from '../../../src/machine/machine-spec.ts';
import { MachineKeeper } from '../../../src/server/durable/machine-keeper.ts';
import { EndedMachines, type EndedOptions } from '../../../src/server/retention/ended-machines.ts';
import { BlobStore } from '../../../src/server/store/blobs/blob-store.ts';
import { Store } from '../../../src/server/store/store.ts';
import type { MachineHandle } from '../../../src/server/machine-handle.ts';

const NOW = Date.now();
const HOUR = 3_600_000;
const WHY = { setting: 'machine-keep-seconds', value: 1, time: NOW };
let base: string;
let store: Store;
let blobs: BlobStore;
let deleted: string[];
let leased: string;
let watched: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'uintrd-ended-'));
  store = new Store(':memory:');
  blobs = new BlobStore(join(base, 'blobs'));
  [deleted, leased, watched] = [[], '', ''];
});
afterEach(async () => {
  await blobs.close();
  store.close();
  rmSync(base, { recursive: true, force: true });
});

type Fake = { -readonly [K in keyof MachineHandle]: MachineHandle[K] };
const uidOf = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
/** Not used for an hour. */
function handle(n: number, state: Partial<Fake> = {}): Fake {
  const name = `projects/default/machines/m${n}`;
  const identity = { name, uid: uidOf(n), ordinal: n, createTime: new Date(), spec: completeSpec({ ram_bytes: 32 << 20 }) };
  return {
    identity,
    state: 'quiescent',
    stateReason: '',
    awaitingInput: false,
    isRecovering: false,
    deleted: false,
    cycle: 100,
    incarnation: 1,
    lastUsed: 5,
    idleMilliseconds: HOUR,
    log: { diskBytes: 1000 },
    ...state,
  } as unknown as Fake;
}
function ended(handles: readonly Fake[], keeper: MachineKeeper | null = null): EndedMachines {
  return new EndedMachines({
    keeper,
    machines: { list: () => handles, delete: (gone: Fake) => Promise.resolve(void deleted.push(gone.identity.name)) },
    leases: { isLeased: (name: string) => name === leased },
    live: { isOpen: (name: string) => name === watched },
  } as unknown as EndedOptions);
}
const newKeeper = (): MachineKeeper => new MachineKeeper(store, blobs, join(base, 'journals'), 'engine');
const look = async (machines: EndedMachines, now = NOW) =>
  (await machines.look(now, false)).items.map(({ name, time }) => [name.slice(-2), now - time]);

test.each<[what: string, state: Partial<Fake>, hasEnded: boolean]>([
  ['quiescent', {}, true],
  ['quiescent, and awaits input', { awaitingInput: true }, false],
  ['crashed', { state: 'crashed', awaitingInput: true }, true],
  ['paused by somebody', { state: 'paused', stateReason: 'requested' }, false],
  ['paused where a run ended', { state: 'paused', stateReason: 'quiescent' }, true],
  ['at its limit', { state: 'paused', stateReason: 'virtual_limit' }, true],
  ['running', { state: 'running' }, false],
  ['created', { state: 'created' }, false],
  ['on its way back', { isRecovering: true }, false],
  ['deleted', { deleted: true }, false],
])('%s', async (_what, state, hasEnded) => {
  expect(await look(ended([handle(1, state)]))).toEqual(hasEnded ? [['m1', HOUR]] : []);
});

test('one that is used is young again, and one that is leased or watched is needed', async () => {
  const [one, two, three] = [handle(1), handle(2), handle(3)];
  const machines = ended([one, two, three]);
  [leased, watched] = [two.identity.name, three.identity.name];
  const { items } = await machines.look(NOW, false);
  expect(items.map(({ isNeeded }) => isNeeded)).toEqual([false, true, true]);
  // It has been looked at an hour later, and has been used in between.
  Object.assign(one, { lastUsed: 6, idleMilliseconds: 10 });
  expect(await look(machines, NOW + HOUR)).toEqual([
    ['m1', 10],
    ['m2', 2 * HOUR],
    ['m3', 2 * HOUR],
  ]);
  // Between the look and the removal.
  expect(await items[0]!.remove(WHY)).toBeNull();
  leased = '';
  expect(await items[1]!.remove(WHY)).toBe(0);
  expect(await items[2]!.remove(WHY)).toBeNull();
  expect(deleted).toEqual([two.identity.name]);
});

test('a restart makes none younger, unless something has happened in it', async () => {
  const keeper = newKeeper();
  const first = [handle(1), handle(2), handle(3)];
  for (const { identity } of first) await keeper.add(identity, {});
  expect(await look(ended(first, keeper))).toHaveLength(3);
  const fresh = { lastUsed: 1, idleMilliseconds: 50 };
  const next = [handle(1, fresh), handle(2, { ...fresh, cycle: 101 }), handle(3, { ...fresh, state: 'running' })];
  const again = newKeeper();
  const machines = ended(next, again);
  expect(await look(machines, NOW + HOUR)).toEqual([
    ['m1', 2 * HOUR],
    ['m2', 50],
  ]);
  // What goes on has not ended, and begins anew when it has.
  expect(again.get(uidOf(3)).ended).toBeNull();
  next[2]!.state = 'quiescent';
  expect((await look(machines, NOW + HOUR)).at(-1)).toEqual(['m3', 50]);
  expect(newKeeper().get(uidOf(3)).ended).toEqual({ time: NOW + HOUR - 50, cycle: 100, incarnation: 1 });
});

test('so many are noted in one look, and the others in the next', async () => {
  const keeper = newKeeper();
  const handles = Array.from({ length: 70 }, (_, n) => {
    const its = handle(1);
    its.identity = { ...its.identity, name: `projects/default/machines/x${n}`, uid: `${uidOf(1).slice(0, -2)}${n + 10}`, ordinal: n + 1 };
    return its;
  });
  for (const { identity } of handles) await keeper.add(identity, {});
  const machines = ended(handles, keeper);
  expect(await look(machines)).toHaveLength(64);
  expect(await look(machines)).toHaveLength(70);
});

test('takes up its journal, its events, and what of its image nobody else uses', async () => {
  const keeper = newKeeper();
  const [one, two] = [handle(1), handle(2)];
  const image = () => ({
    graph: crypto.getRandomValues(new Uint8Array(500)),
    frames: Uint32Array.of(0),
    pages: new Uint8Array(4096).fill(1),
    position: { emitted: 0 },
    layout: '',
  });
  for (const { identity } of [one, two]) await keeper.add(identity, {}, image() as never);
  mkdirSync(join(base, 'journals', uidOf(1)), { recursive: true });
  writeFileSync(join(base, 'journals', uidOf(1), '00000001.journal'), new Uint8Array(300));
  const { held, items } = await ended([one, two], keeper).look(NOW, true);
  const tails = (await keeper.bytesOf(uidOf(2))) - 500;
  // The piece of RAM and the tails are of both, the graphs are not.
  expect(tails).toBe(0);
  expect(held).toBe(500 + 300 + 1000 + 500 + 1000);
  expect(await items[0]!.remove(WHY)).toBe(1800);
  expect((await ended([one, two], keeper).look(NOW, false)).held).toBe(0);
});
