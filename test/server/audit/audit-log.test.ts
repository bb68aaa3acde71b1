import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditLog } from '../../../src/server/audit/audit-log.ts';
import { Store } from '../../../src/server/store/store.ts';
import type { AuditedCall } from '../../../src/server/audit/audit-log.ts';

const call = (resource: string, code = 'OK'): AuditedCall => ({
  user: 'users/u',
  token: '',
  peer: '10.0.0.1',
  method: 'MachineService.StartMachine',
  resource,
  code,
  reason: '',
});
const ALL = Number.MAX_SAFE_INTEGER;

describe('the audit log', () => {
  let store: Store;
  let log: AuditLog;
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
    store = new Store(':memory:');
    log = new AuditLog(store, 1000);
  });
  afterEach(() => {
    log.close();
    store.close();
    vi.useRealTimers();
  });
  const written = (): unknown => store.database.prepare('SELECT count(*) AS rows, sum(count) AS calls FROM audit').get();

  it('makes one entry of equal calls in a second, and writes the entries of a second together', () => {
    for (let n = 0; n < 5; n++) {
      log.add(call('projects/a/machines/m'), `r${n}`, false);
      vi.advanceTimersByTime(100);
    }
    log.add(call('projects/a/machines/m', 'NOT_FOUND'), 'other', false);
    expect(written()).toEqual({ rows: 0, calls: null });
    vi.advanceTimersByTime(500);
    expect(written()).toEqual({ rows: 2, calls: 6 });
    expect(log.read('projects/a', null, ALL, 10)).toMatchObject([
      { code: 'NOT_FOUND', count: 1 },
      { code: 'OK', count: 5, time: 1_000_000, last_time: 1_000_400, request_id: 'r4' },
    ]);
  });

  it('writes at once what manages access, and all when it is closed or read', () => {
    log.add(call('users/x'), 'r', true);
    expect(written()).toMatchObject({ rows: 1 });
    log.add(call('users/y'), 'r', false);
    expect(log.read('', null, ALL, 10).map(({ resource }) => resource)).toEqual(['users/y', 'users/x']);
  });

  it('goes on where the store cannot be written, tells so, and writes what waited when it can', () => {
    const troubles: (string | null)[] = [];
    const other = new AuditLog(store, 1000, (error) => void troubles.push(error && error.message));
    store.database.exec('PRAGMA query_only = 1');
    other.add(call('users/x'), 'r', true);
    for (let n = 0; n < 5; n++) other.add(call('users/y'), 'r', true);
    expect(troubles).toEqual([expect.stringMatching(/readonly/)]);
    vi.advanceTimersByTime(3000);
    expect(troubles.length).toBeGreaterThan(1);
    store.database.exec('PRAGMA query_only = 0');
    vi.advanceTimersByTime(2000);
    expect(troubles.at(-1)).toBeNull();
    expect(written()).toEqual({ rows: 2, calls: 6 });
    other.close();
  });

  it('loses what is too much to wait', () => {
    const other = new AuditLog(store, 1000);
    store.database.exec('PRAGMA query_only = 1');
    for (let n = 0; n < 20_000; n++) {
      other.add(call(`projects/a/machines/m${n}`), 'r', false);
      if (n % 1000 === 0) vi.advanceTimersByTime(1000);
    }
    expect(other.lost).toBeGreaterThan(0);
    store.database.exec('PRAGMA query_only = 0');
    other.close();
  });

  it('keeps the newest, and not more calls in memory than a bound', () => {
    for (let n = 0; n < 5000; n++) log.add(call(`projects/a/machines/m${n}`), 'r', false);
    expect(written()).toMatchObject({ rows: expect.any(Number) as number });
    expect((written() as { rows: number }).rows).toBeGreaterThan(0);
    log.flush();
    expect((written() as { rows: number }).rows).toBeLessThanOrEqual(1000 + 256);
    expect(log.read('', null, ALL, 1)[0]!.resource).toBe('projects/a/machines/m4999');
  });
});
