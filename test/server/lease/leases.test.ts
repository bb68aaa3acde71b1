import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Leases } from '../../../src/server/lease/leases.ts';
import { Store } from '../../../src/server/store/store.ts';
import type { Lease, LeaseWish } from '../../../src/server/lease/lease.ts';

const MACHINE = 'projects/p/machines/m';
const HOUR = 3_600_000;
const START = 1_000_000_000_000;

let store: Store;
let leases: Leases;
let told: string[];
const uids = new Map([[MACHINE, 'uid-1']]);

const open = (): Leases =>
  new Leases(store, {
    longest: 3 * HOUR,
    uidOf: (machine) => uids.get(machine),
    onBegin: ({ holder }) => void told.push(`${holder} begins`),
    onEnd: ({ holder }, why) => void told.push(`${holder} ${why}`),
  });

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  uids.set(MACHINE, 'uid-1');
  store = new Store(':memory:');
  told = [];
  leases = open();
});
afterEach(() => {
  leases.close();
  store.close();
  vi.useRealTimers();
});

const take = (holder: string, wish: Partial<LeaseWish> = {}): Lease =>
  leases.create({
    id: holder,
    machine: MACHINE,
    machineUid: 'uid-1',
    holder,
    sharedWith: [],
    displayName: '',
    priority: 0,
    ttl: HOUR,
    queueTtl: 10 * HOUR,
    ...wish,
  });
const order = (): string[] => leases.list().map((lease) => `${lease.holder}:${leases.positionOf(lease)}`);
const name = (id: string): string => `projects/p/leases/${id}`;
const minutesLeft = (id: string): number => (leases.get(name(id)).expireTime - Date.now()) / 60_000;

describe('leases', () => {
  it('are active if the machine is free, else queued by priority and age', () => {
    expect(take('a')).toMatchObject({ state: 'active', startTime: START, expireTime: START + HOUR });
    take('b');
    take('c');
    expect(take('d', { priority: 5 })).toMatchObject({ state: 'queued', startTime: 0, expireTime: START + 10 * HOUR });
    expect(order()).toEqual(['a:0', 'b:2', 'c:3', 'd:1']);
    leases.end(name('a'), 'was released');
    expect(order()).toEqual(['b:1', 'c:2', 'd:0']);
    expect(told).toEqual(['a begins', 'a was released', 'd begins']);
  });

  it('expire, and the next begins with its whole time', () => {
    take('a');
    take('b', { ttl: HOUR / 2 });
    vi.advanceTimersByTime(HOUR + 200);
    expect(told).toEqual(['a begins', 'a has expired', 'b begins']);
    expect(minutesLeft('b')).toBeCloseTo(30, 1);
    expect(() => leases.get(name('a'))).toThrow(/has ended/);
    vi.advanceTimersByTime(HOUR);
    expect(order()).toEqual([]);
  });

  it('are extended, never shortened, and never beyond the longest', () => {
    take('a', { ttl: 2 * HOUR });
    leases.extend(name('a'), HOUR);
    expect(minutesLeft('a')).toBe(120);
    leases.extend(name('a'), 2.5 * HOUR);
    expect(minutesLeft('a')).toBe(150);
    vi.advanceTimersByTime(HOUR);
    leases.extend(name('a'), 3 * HOUR);
    expect(minutesLeft('a')).toBe(120);
    leases.extend(name('a'), 3 * HOUR);
    vi.advanceTimersByTime(2 * HOUR + 10);
    expect(order()).toEqual([]);
  });

  it('wait so long and no longer', () => {
    take('a', { ttl: 3 * HOUR });
    take('b', { queueTtl: HOUR });
    take('c');
    vi.advanceTimersByTime(HOUR + 10);
    expect(told).toEqual(['a begins', 'b has waited for too long']);
    expect(order()).toEqual(['a:0', 'c:1']);
  });

  it('keep others out, whom it is not shared with', () => {
    leases.check(MACHINE, 'anybody');
    take('a', { sharedWith: ['friend'] });
    for (const user of ['a', 'friend']) leases.check(MACHINE, user);
    expect(() => leases.check(MACHINE, 'stranger')).toThrow(/leased by a until 2001-09-09T02:46:40.000Z/);
    leases.check('projects/p/machines/other', 'stranger');
    leases.update(name('a'), { sharedWith: ['stranger'] });
    leases.check(MACHINE, 'stranger');
    expect(() => leases.check(MACHINE, 'friend')).toThrow(/leased/);
  });

  it('that are over keep nobody out, though no timer has run', () => {
    take('a');
    take('b');
    vi.setSystemTime(START + HOUR);
    leases.check(MACHINE, 'b');
    expect(() => leases.check(MACHINE, 'a')).toThrow(/leased by b/);
  });

  it('end with their machine; one that comes later under its name is another', () => {
    take('a');
    take('b');
    uids.set(MACHINE, 'uid-2');
    leases.check(MACHINE, 'stranger');
    expect(order()).toEqual([]);
    expect(told.slice(1)).toEqual(['a has ended: its machine is gone', 'b has ended: its machine is gone']);
  });

  it('are there after a restart, less the time that has passed', () => {
    take('a');
    take('b');
    leases.close();
    vi.setSystemTime(START + HOUR / 2);
    leases = open();
    expect(order()).toEqual(['a:0', 'b:1']);
    expect(minutesLeft('a')).toBe(30);
    vi.advanceTimersByTime(HOUR);
    expect(order()).toEqual(['b:0']);
  });

  it('have names of their own', () => {
    take('a');
    expect(() => take('a')).toThrow(/there is a lease projects\/p\/leases\/a already/);
    expect(take('x', { id: '' }).name).toMatch(/^projects\/p\/leases\/l-[0-9a-f]{8}$/);
  });
});
