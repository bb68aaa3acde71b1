import { describe, expect, it } from 'vitest';
import { FailedAttempts, networkOf } from '../../../src/server/auth/failed-attempts.ts';

describe('failed attempts', () => {
  it('wait after a burst, are forgiven one a second, and count for their address and token alone', () => {
    let now = 1_000_000;
    const failed = new FailedAttempts(() => now);
    for (let n = 0; n < 10; n++) {
      expect(failed.delay('a', 'x')).toBe(0);
      failed.add('a', 'x');
    }
    expect(failed.delay('a', 'x')).toBe(1000);
    expect(failed.delay('a', 'y')).toBe(0);
    expect(failed.delay('b', 'x')).toBe(0);
    now += 1000;
    expect(failed.delay('a', 'x')).toBe(0);
    failed.add('a', 'x');
    expect(failed.delay('a', 'x')).toBe(1000);
    now += 10_000;
    for (let n = 0; n < 9; n++) failed.add('a', 'x');
    expect(failed.delay('a', 'x')).toBe(0);
    expect(failed.count).toBe(20);
  });

  it('are remembered up to a bound', () => {
    const failed = new FailedAttempts(() => 0);
    for (let n = 0; n < 10; n++) failed.add('first', '');
    for (let n = 0; n < 4096; n++) failed.add(`a${n}`, '');
    expect(failed.delay('first', '')).toBe(0);
  });

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s are those of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
