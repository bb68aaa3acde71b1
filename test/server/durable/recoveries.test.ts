// Machines come back a few at a time; whoever waits for one makes it come next, and does not wait for ever.

import { expect, test } from 'vitest';
import { MachineError } from '../../../src/machine/errors.ts';
import { Recoveries } from '../../../src/server/durable/recoveries.ts';

const NEVER = new AbortController().signal;

/** Recoveries of machines that come back when they are let; two at a time, one of them only if it is wanted. */
function waiting(names: readonly string[], patience?: number) {
  const recoveries = new Recoveries(1, patience);
  const order: string[] = [];
  const coming = new Map<string, () => void>();
  for (const name of names)
    recoveries.add(name, async () => {
      order.push(name);
      await new Promise<void>((resolve) => coming.set(name, resolve));
      coming.delete(name);
    });
  recoveries.begin();
  const arrive = async (...its: string[]): Promise<void> => {
    for (const name of its) coming.get(name)!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { recoveries, order, coming: () => [...coming.keys()], arrive };
}

test('one that somebody waits for begins at once, beside the others; all that wait for it are told', async () => {
  const { recoveries, order, coming, arrive } = waiting(['a', 'b', 'c', 'd', 'e']);
  const both = [recoveries.of('d', () => NEVER)!, recoveries.of('d', () => NEVER)!];
  const other = recoveries.of('c', () => NEVER)!;
  expect(coming()).toEqual(['a', 'd']);
  expect(recoveries.count).toBe(5);
  await arrive('d');
  await Promise.all(both);
  expect(coming()).toEqual(['a', 'c']);
  // Nothing that nobody waits for takes a processor from it.
  await arrive('a');
  expect(coming()).toEqual(['c']);
  await arrive('c');
  await other;
  expect(order).toEqual(['a', 'd', 'c', 'b']);
  expect(recoveries.of('d', () => NEVER)).toBeNull();
  expect(recoveries.of('nobody', () => NEVER)).toBeNull();
  await arrive('b');
  await arrive('e');
  await recoveries.end();
  expect(recoveries.count).toBe(0);
});

test('whoever waits for too long is told to come again, unless it has a deadline; whoever goes away is let go', async () => {
  const { recoveries, arrive } = waiting(['a', 'b'], 1);
  const patient = recoveries.of('b', () => NEVER, true)!;
  const late = await recoveries.of('b', () => NEVER)!.catch((error: unknown) => error as MachineError);
  expect(late).toMatchObject({ code: 'MACHINE_RECOVERING', details: { name: 'b' } });
  const leaving = new AbortController();
  const left = recoveries.of('b', () => leaving.signal)!;
  leaving.abort(new MachineError('CANCELLED', 'gone'));
  await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(recoveries.of('b', () => leaving.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  await arrive('a', 'b');
  await patient;
  await recoveries.end();
});

test('one that has to come once more, while others come or when all are back, is waited for as the first time', async () => {
  const recoveries = new Recoveries(1);
  recoveries.begin();
  let times = 0;
  for (let i = 0; i < 2; i++) {
    recoveries.add('a', async () => void times++);
    await recoveries.of('a', () => NEVER);
    await recoveries.end();
  }
  expect(times).toBe(2);
});

test('nothing to bring back is over at once', async () => {
  const recoveries = new Recoveries(2);
  recoveries.begin();
  await recoveries.end();
  await recoveries.back('nobody');
});
