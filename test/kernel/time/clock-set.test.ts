// Setting CLOCK_REALTIME: what waits for a time of it moves, what waits for a span does not.

import { describe, expect, test } from 'vitest';
import { Bench, type Caller } from '../file-bench.ts';

const [REALTIME, MONOTONIC] = [0, 1];
const ABSTIME = 1;
const CANCEL_ON_SET = 2;
const O_NONBLOCK = 0o4000;
const SECOND = 1_000_000_000;
const EPOCH = 1_700_000_000;

const times = (...seconds: number[]): Uint8Array =>
  new Uint8Array(BigInt64Array.from(seconds.flatMap((time) => [BigInt(Math.floor(time)), BigInt(Math.round((time % 1) * SECOND))])).buffer);

/** timerfd: due at `value` seconds. */
function timer(caller: Caller, clock: number, flags: number, value: number): number {
  const fd = Number(caller.call('timerfd_create', clock, O_NONBLOCK));
  expect(caller.call('timerfd_settime', fd, flags, times(0, value), 0)).toBe(0);
  return fd;
}

const setClock = (caller: Caller, seconds: number): string | number => caller.call('clock_settime', REALTIME, times(seconds));
const expired = (caller: Caller, fd: number): string | number => caller.call('read', fd, caller.space(8), 8);

describe('timers', () => {
  test.each([
    ['a time of CLOCK_REALTIME', REALTIME, ABSTIME, EPOCH + 10, true],
    ['a span of CLOCK_REALTIME', REALTIME, 0, 10, false],
    ['a time of CLOCK_MONOTONIC', MONOTONIC, ABSTIME, 10, false],
  ])('timerfd: %s', (_what, clock, flags, value, moves) => {
    const bench = new Bench();
    const caller = bench.process();
    const fd = timer(caller, clock, flags, value);
    expect(setClock(caller, EPOCH + 9)).toBe(0);
    bench.pass(2 * SECOND);
    expect(expired(caller, fd)).toBe(moves ? 8 : 'EAGAIN');
    bench.pass(9 * SECOND);
    expect(expired(caller, fd)).toBe(moves ? 'EAGAIN' : 8);
  });

  test('a clock that goes back puts it off', () => {
    const bench = new Bench();
    const caller = bench.process();
    const fd = timer(caller, REALTIME, ABSTIME, EPOCH + 10);
    setClock(caller, EPOCH - 10);
    bench.pass(15 * SECOND);
    expect(expired(caller, fd)).toBe('EAGAIN');
    bench.pass(6 * SECOND);
    expect(expired(caller, fd)).toBe(8);
  });

  test('TFD_TIMER_CANCEL_ON_SET', () => {
    const bench = new Bench();
    const caller = bench.process();
    const fd = timer(caller, REALTIME, ABSTIME | CANCEL_ON_SET, EPOCH + 10);
    const at = caller.space(8);
    caller.call('fcntl', fd, 4, 0);
    expect(caller.call('read', fd, at, 8)).toBe('blocked');
    setClock(bench.process(), EPOCH + 1);
    expect(caller.again()).toBe('ECANCELED');
    caller.call('fcntl', fd, 4, O_NONBLOCK);
    expect(caller.call('read', fd, at, 8)).toBe('EAGAIN');
    setClock(caller, EPOCH + 2);
    expect(caller.call('timerfd_settime', fd, ABSTIME | CANCEL_ON_SET, times(0, EPOCH + 20), 0)).toBe('ECANCELED');
    expect(caller.call('timerfd_settime', fd, ABSTIME | CANCEL_ON_SET, times(0, EPOCH + 20), 0)).toBe(0);
  });
});

describe('sleeps', () => {
  test('clock_nanosleep to a time of the calendar', () => {
    const bench = new Bench();
    const [sleeper, other] = [bench.process(), bench.process()];
    expect(sleeper.call('clock_nanosleep', REALTIME, ABSTIME, times(EPOCH + 100), 0)).toBe('blocked');
    setClock(other, EPOCH + 50);
    expect(sleeper.again()).toBe('blocked');
    bench.pass(49 * SECOND);
    expect(sleeper.again()).toBe('asleep');
    bench.pass(2 * SECOND);
    expect(sleeper.again()).toBe(0);
  });

  test('a queue waited at until a time', () => {
    const bench = new Bench();
    const [sleeper, other] = [bench.process(), bench.process()];
    const queue = sleeper.call('mq_open', 'queue', 0o102, 0o600, 0);
    expect(sleeper.call('mq_timedreceive', queue, sleeper.space(8192), 8192, 0, times(EPOCH + 100))).toBe('blocked');
    setClock(other, EPOCH + 101);
    expect(sleeper.again()).toBe('ETIMEDOUT');
  });
});

test('the clock goes back no further than the machine is old', () => {
  const bench = new Bench();
  const caller = bench.process();
  bench.pass(100 * SECOND);
  expect(setClock(caller, 50)).toBe('EINVAL');
  expect(setClock(caller, 150)).toBe(0);
  expect(setClock(bench.process(1000), 150)).toBe('EPERM');
});
