import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/kernel/time/virtual-clock.ts';

describe.each([2_000_000_000, 2_900_000_000, 1_000_000_000, 2_399_999_999, 1_193_182])('at %i Hz', (hertz) => {
  const clock = new VirtualClock(hertz, 1_700_000_000_000_000_000n);

  test('a second is a second', () => {
    expect(clock.nanoseconds(hertz)).toBe(1_000_000_000);
    expect(clock.cycles(1_000_000_000)).toBe(hertz);
    expect(clock.realtime(hertz)).toBe(1_700_000_001_000_000_000n);
  });

  test.each([0, 1, 2, 3, 7, 999, 1_000_001, 3_600_000_000_123])('a sleep of %i ns never ends early, and at most a cycle late', (span) => {
    const cycles = clock.cycles(span);
    expect(clock.nanoseconds(cycles)).toBeGreaterThanOrEqual(span);
    if (cycles > 0) expect(clock.nanoseconds(cycles - 1)).toBeLessThan(Math.max(span, 1));
  });

  test('a hundred days without drift', () => {
    const days = 100 * 86_400;
    expect(clock.nanoseconds(hertz * days)).toBe(days * 1_000_000_000);
  });
});
