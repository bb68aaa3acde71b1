// Machines come back a few at a time; whoever waits for one makes it come next, and does not wait for ever.

import { expect, test } from 'vitest';
import { MachineError } from '../../../src/machine/errors.ts';
import { Recoveries } from '../../../src/server/durable/recoveries.ts';

const NEVER = new AbortController().signal;

/** Recoveries of machines that come back when they are let. */
function waiting(names: readonly string[], patience?: number) {
  const recoveries = new Recoveries(1, patience);
  const order: string[] = [];
  let release = (): void => {};
  for (const name of names)
    recoveries.add(name, async () => {
      order.push(name);
      await new Promise<void>((resolve) => (release = resolve));
    });
  recoveries.begin();
  const next = async (): Promise<void> => {
    release();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { recoveries, order, next };
}

test('one that somebody waits for comes before the others; all that wait for it are told', async () => {
  const { recoveries, order, next } = waiting(['a', 'b', 'c', 'd']);
  const both = [recoveries.of('d', () => NEVER)!, recoveries.of('d', () => NEVER)!];
  expect(recoveries.count).toBe(4);
  await next();
  await next();
  await Promise.all(both);
  expect(order).toEqual(['a', 'd', 'b']);
  expect(recoveries.of('d', () => NEVER)).toBeNull();
  expect(recoveries.of('nobody', () => NEVER)).toBeNull();
  await next();
  await next();
  await recoveries.end();
  expect(recoveries.count).toBe(0);
});

test('whoever waits for too long is told to come again, whoever goes away is let go', async () => {
  const { recoveries, next } = waiting(['a', 'b'], 1);
  const late = await recoveries.of('b', () => NEVER)!.catch((error: unknown) => error as MachineError);
  expect(late).toMatchObject({ code: 'MACHINE_RECOVERING', details: { name: 'b' } });
  const leaving = new AbortController();
  const left = recoveries.of('b', () => leaving.signal)!;
  leaving.abort(new MachineError('CANCELLED', 'gone'));
  await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(recoveries.of('b', () => leaving.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  await next();
  await next();
  await recoveries.end();
});

test('nothing to bring back is over at once', async () => {
  const recoveries = new Recoveries(2);
  recoveries.begin();
  await recoveries.end();
  await recoveries.back('nobody');
});
