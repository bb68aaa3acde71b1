import { expect, test } from 'vitest';
import type { TakenInterrupt } from '../../../src/machine/remote/remote-call.ts';
import { KEPT_INTERRUPTS, TakenInterrupts } from '../../../src/machine/remote/taken-interrupts.ts';

const TID = 7;

const interrupt = (at: number): TakenInterrupt => ({
  tid: TID,
  vector: at % 64,
  cycle: at * 1000 + 0.0625,
  vcpu: at % 3,
  sources: Array.from({ length: at % 4 }, (_unused, source) => ({ interrupt: 2 ** 40 + at + source, sender: source })),
  rip: at % 2 === 0 ? 0xffff_8000_0000_1234n : BigInt(at),
  symbol: ['', 'main+0x1c', 'größer', 'x'.repeat(300)][at % 4]!,
  handlerDepth: at % 5,
  eventSequence: 2 ** 45 + at,
});

test('what goes in comes out, in its order, however much is taken out in between', () => {
  const queue = new TakenInterrupts(TID);
  expect([queue.length, queue.firstCycle, queue.shift()]).toEqual([0, undefined, undefined]);
  const expected: TakenInterrupt[] = [];
  for (let at = 0; at < 3000; at++) {
    queue.push(interrupt(at));
    expected.push(interrupt(at));
    // Fills up, and is emptied now and then.
    if (at % 3 === 0 || at % 1000 > 900) for (let more = 0; more < at % 5; more++) expect(queue.shift()).toEqual(expected.shift());
    expect(queue.length).toBe(expected.length);
    expect(queue.firstCycle).toBe(expected[0]?.cycle);
  }
  expect(queue.all()).toEqual(expected);
  expect(queue.count((cycle) => cycle < 2_990_000)).toBe(expected.filter(({ cycle }) => cycle < 2_990_000).length);
  expect(new TakenInterrupts(TID, queue.all()).all()).toEqual(expected);
  while (expected.length > 0) expect(queue.shift()).toEqual(expected.shift());
  expect(queue.shift()).toBeUndefined();
});

test('the oldest go for more than are kept', () => {
  const queue = new TakenInterrupts(TID);
  for (let at = 0; at < KEPT_INTERRUPTS + 10; at++) queue.push(interrupt(4 * at));
  expect([queue.length, queue.firstCycle]).toEqual([KEPT_INTERRUPTS, interrupt(40).cycle]);
});
