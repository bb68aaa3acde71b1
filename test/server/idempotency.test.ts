import { describe, expect, it } from 'vitest';
import { MachineError } from '../../src/machine/errors.ts';
import { Idempotency } from '../../src/server/idempotency.ts';

const never = new AbortController().signal;
const key = (requestId: string, method = 'S/M', principal = '') => ({ principal, method, requestId });
const BODY = Buffer.from('body');

/** Work that is counted and answers `size` bytes. */
function counted(size = 1) {
  const calls = { count: 0 };
  return { calls, work: () => Promise.resolve(Buffer.alloc(size, ++calls.count)) };
}

/** Work that ends when told. */
function pending() {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const calls = { count: 0 };
  return {
    calls,
    resolve,
    reject,
    work: () => {
      calls.count++;
      return promise;
    },
  };
}

describe('a repeated request_id', () => {
  it('gets the first answer, in flight and later', async () => {
    const window = new Idempotency();
    const first = pending();
    const answers = [1, 2, 3].map(() => window.run(key('a'), BODY, never, first.work));
    first.resolve(Buffer.from('answer'));
    for (const answer of await Promise.all(answers)) expect(Buffer.from(answer).toString()).toBe('answer');
    await window.run(key('a'), BODY, never, first.work);
    expect(first.calls.count).toBe(1);
  });

  it.each([
    ['another method', key('a', 'S/N')],
    ['another principal', key('a', 'S/M', 'p')],
    ['another id', key('b')],
  ])('of %s is another call', async (_name, other) => {
    const window = new Idempotency();
    const { calls, work } = counted();
    await window.run(key('a'), BODY, never, work);
    await window.run(other, BODY, never, work);
    expect(calls.count).toBe(2);
  });

  it('with another body is refused, in flight and later', async () => {
    const window = new Idempotency();
    const first = pending();
    const answer = window.run(key('a'), BODY, never, first.work);
    const other = () => window.run(key('a'), Buffer.from('other'), never, first.work);
    await expect(other()).rejects.toMatchObject({ code: 'REQUEST_ID_REUSED', details: { field: 'request_id' } });
    first.resolve(BODY);
    await answer;
    await expect(other()).rejects.toThrow(/request_id "a".*choose a new one/);
    expect(first.calls.count).toBe(1);
  });

  it('of a call that failed does it again; who waited for it fails with it', async () => {
    const window = new Idempotency();
    const first = pending();
    const both = [1, 2].map(() => window.run(key('a'), BODY, never, first.work));
    first.reject(new MachineError('WRONG_STATE', 'not now'));
    for (const outcome of await Promise.allSettled(both))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'WRONG_STATE' } });
    expect([window.size, window.bytes]).toEqual([0, 0]);
    const { calls, work } = counted();
    await window.run(key('a'), BODY, never, work);
    expect(calls.count).toBe(1);
  });

  it('does the work itself when the first caller has gone', async () => {
    const window = new Idempotency();
    const first = pending();
    const gone = window.run(key('a'), BODY, never, first.work);
    const { calls, work } = counted();
    const second = window.run(key('a'), BODY, never, work);
    first.reject(new MachineError('CANCELLED', 'gone'));
    await expect(gone).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await second).toHaveLength(1);
    expect(calls.count).toBe(1);
  });

  it('need not wait longer than its caller does', async () => {
    const window = new Idempotency();
    const first = pending();
    const answer = window.run(key('a'), BODY, never, first.work);
    const caller = new AbortController();
    const second = window.run(key('a'), BODY, caller.signal, first.work);
    caller.abort(new MachineError('CANCELLED', 'gone'));
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    first.resolve(BODY);
    expect(await answer).toBe(BODY);
  });
});

describe('the window', () => {
  it('forgets the oldest beyond its number of entries', async () => {
    const window = new Idempotency({ entries: 3, bytes: 1 << 20 });
    const { calls, work } = counted();
    for (const id of ['a', 'b', 'c', 'd']) await window.run(key(id), BODY, never, work);
    expect(window.size).toBe(3);
    await window.run(key('b'), BODY, never, work);
    expect(calls.count).toBe(4);
    await window.run(key('a'), BODY, never, work);
    expect([calls.count, window.size]).toEqual([5, 3]);
  });

  it('forgets the oldest beyond its bytes, and counts them back', async () => {
    const window = new Idempotency({ entries: 1000, bytes: 10_000 });
    for (let n = 0; n < 50; n++) {
      await window.run(key(`id${n}`), BODY, never, counted(3000).work);
      expect(window.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(window.size).toBe(3);
  });

  it.each([
    ['bytes', { entries: 1000, bytes: 0 }],
    ['entries', { entries: 0, bytes: 1 << 20 }],
  ])('of no %s keeps nothing, but still joins calls in flight', async (_name, bounds) => {
    const window = new Idempotency(bounds);
    const first = pending();
    const both = [1, 2].map(() => window.run(key('a'), BODY, never, first.work));
    first.resolve(BODY);
    await Promise.all(both);
    expect([first.calls.count, window.size, window.bytes]).toEqual([1, 0, 0]);
  });

  it('keeps calls in flight, whatever comes after them', async () => {
    const window = new Idempotency({ entries: 1, bytes: 1 << 20 });
    const first = pending();
    const answer = window.run(key('slow'), BODY, never, first.work);
    for (let n = 0; n < 10; n++) await window.run(key(`id${n}`), BODY, never, counted().work);
    const joined = window.run(key('slow'), BODY, never, first.work);
    first.resolve(BODY);
    await Promise.all([answer, joined]);
    expect(first.calls.count).toBe(1);
  });
});
