// Which interrupts the trail knows: it is bounded, and what has arrived does not push out what waits.

import { describe, expect, test } from 'vitest';
import { InterruptTrail, LATEST_INTERRUPTS } from '../../../src/machine/explain/interrupt-trail.ts';

const RECEIVER = 2;
const UPID = 0x1000n;
const MOST = 256;

/** Interrupts from `first` to `last` that arrived at once, at somebody else. */
function arrive(trail: InterruptTrail, first: number, last: number): void {
  for (let number = first; number <= last; number++) trail.interrupt(number).stage = 'delivered';
}

describe('the trail of interrupts', () => {
  test('knows the latest that have arrived', () => {
    const trail = new InterruptTrail();
    arrive(trail, 1, 1000);
    expect(trail.find(1000 - LATEST_INTERRUPTS)).toBeUndefined();
    expect(trail.find(1001 - LATEST_INTERRUPTS)).toBeDefined();
  });

  test('keeps one that waits, and what came after it, while there is room', () => {
    const trail = new InterruptTrail();
    trail.noteRegistered(RECEIVER, UPID, 0);
    trail.notePost(trail.interrupt(1), 5, UPID, 0);
    arrive(trail, 2, MOST);
    expect(trail.find(1)).toMatchObject({ stage: 'posted', receiver: RECEIVER });
    expect(trail.find(2)).toBeDefined();
    arrive(trail, MOST + 1, MOST + 1);
    expect(trail.find(1)).toBeUndefined();
    expect(trail.pending(UPID)).toEqual([]);
    expect(trail.find(MOST + 1 - LATEST_INTERRUPTS)).toBeUndefined();
    expect(trail.find(MOST + 2 - LATEST_INTERRUPTS)).toBeDefined();
  });

  test('lets it go when it has arrived', () => {
    const trail = new InterruptTrail();
    const record = trail.interrupt(1);
    trail.notePost(record, 5, UPID, 0);
    arrive(trail, 2, 100);
    record.stage = 'lost';
    arrive(trail, 101, 101);
    expect(trail.find(101 - LATEST_INTERRUPTS)).toBeUndefined();
    expect(trail.find(102 - LATEST_INTERRUPTS)).toBeDefined();
  });
});
