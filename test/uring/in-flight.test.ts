// The list of a ring's requests, beside a Map, which also keeps the order.

import { expect, it } from 'vitest';
import { InFlight } from '../../src/uring/in-flight.ts';
import type { Request } from '../../src/uring/request.ts';

function numbered(number: number): Request {
  return { number, place: -1 } as Request;
}

it('keeps the order of submission, whoever leaves first, and does not grow with what has left', () => {
  const list = new InFlight();
  const model = new Map<number, Request>();
  let state = 7;
  for (let number = 0; number < 20_000; number++) {
    const request = numbered(number);
    list.add(request);
    model.set(number, request);
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    while (model.size > (state >>> 16) % 200) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const all = [...model.values()];
      // The very first one stays for long.
      const leaving = all[all.length === 1 ? 0 : 1 + ((state >>> 16) % (all.length - 1))]!;
      list.delete(leaving);
      list.delete(leaving);
      model.delete(leaving.number);
    }
    expect(list.oldest()).toBe(model.values().next().value ?? null);
    expect(list.size).toBe(model.size);
    if (number % 500 === 0) expect(list.list()).toEqual([...model.values()]);
  }
  expect((list as unknown as { places: unknown[] }).places.length).toBeLessThan(1000);
  list.clear();
  expect([list.size, list.oldest(), list.list()]).toEqual([0, null, []]);
});
