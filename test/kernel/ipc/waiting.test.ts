// eventfd, timerfd, signalfd, poll, select and epoll.

import { describe, expect, test } from 'vitest';
import { signalInformation } from '../../../src/kernel/signal/state.ts';
import { Bench, type Caller, PAIR } from '../file-bench.ts';

const IN = 1;
const OUT = 4;
const ERR = 8;
const HUP = 16;
const NVAL = 32;
const ET = 0x8000_0000;
const ONESHOT = 0x4000_0000;
const O_NONBLOCK = 0o4000;

const word = (value: number | bigint): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);

function readWord(caller: Caller, fd: number): bigint | string | number {
  const at = caller.space(8);
  const outcome = caller.call('read', fd, at, 8);
  return outcome === 8 ? new DataView(caller.bytes(at, 8).buffer).getBigUint64(0, true) : outcome;
}

function pollfds(...entries: [fd: number, events: number][]): Uint8Array {
  const bytes = new Uint8Array(entries.length * 8);
  const view = new DataView(bytes.buffer);
  entries.forEach(([fd, events], i) => {
    view.setInt32(i * 8, fd, true);
    view.setInt16(i * 8 + 4, events, true);
  });
  return bytes;
}

function revents(caller: Caller, at: number, count: number): number[] {
  const view = new DataView(caller.bytes(at, count * 8).buffer);
  return Array.from({ length: count }, (_, i) => view.getUint16(i * 8 + 6, true));
}

describe('eventfd', () => {
  test('counts, blocks, refuses', () => {
    const caller = new Bench().process();
    const fd = Number(caller.call('eventfd2', 3, O_NONBLOCK));
    expect(caller.call('write', fd, word(4), 8)).toBe(8);
    expect(readWord(caller, fd)).toBe(7n);
    expect(readWord(caller, fd)).toBe('EAGAIN');
    expect(caller.call('write', fd, word(0xffff_ffff_ffff_ffffn), 8)).toBe('EINVAL');
    expect(caller.call('write', fd, word(0xffff_ffff_ffff_fffen), 8)).toBe(8);
    expect(caller.call('write', fd, word(1), 8)).toBe('EAGAIN');
    expect(caller.call('read', fd, caller.space(8), 7)).toBe('EINVAL');
    expect(caller.call('eventfd2', 0, 2)).toBe('EINVAL');
  });

  test('a semaphore gives one at a time and wakes its reader', () => {
    const caller = new Bench().process();
    const fd = Number(caller.call('eventfd2', 0, 1));
    const child = caller.fork();
    const at = child.space(8);
    expect(child.call('read', fd, at, 8)).toBe('blocked');
    caller.call('write', fd, word(2), 8);
    expect(child.again()).toBe(8);
    expect(readWord(caller, fd)).toBe(1n);
  });
});

describe('timerfd', () => {
  const setting = (interval: number, value: number): Uint8Array =>
    new Uint8Array(BigInt64Array.of(0n, BigInt(interval), 0n, BigInt(value)).buffer);

  test('one shot, interval, what is left, disarming', () => {
    const caller = new Bench().process();
    const fd = Number(caller.call('timerfd_create', 1, O_NONBLOCK));
    expect(caller.call('timerfd_settime', fd, 0, setting(0, 1000), 0)).toBe(0);
    caller.bench.pass(400);
    const left = caller.space(32);
    expect(caller.call('timerfd_gettime', fd, left)).toBe(0);
    expect(new DataView(caller.bytes(left, 32).buffer).getBigInt64(24, true)).toBe(600n);
    expect(readWord(caller, fd)).toBe('EAGAIN');
    caller.bench.pass(600);
    expect(readWord(caller, fd)).toBe(1n);
    caller.call('timerfd_settime', fd, 0, setting(100, 100), 0);
    caller.bench.pass(1050);
    expect(readWord(caller, fd)).toBe(10n);
    caller.call('timerfd_settime', fd, 0, setting(0, 0), 0);
    caller.bench.pass(1000);
    expect(readWord(caller, fd)).toBe('EAGAIN');
  });

  test('an absolute time that has passed expires at once; wrong settings', () => {
    const caller = new Bench().process();
    const fd = Number(caller.call('timerfd_create', 0, 0));
    caller.call('timerfd_settime', fd, 1, setting(0, 5), 0);
    caller.bench.pass(1);
    expect(readWord(caller, fd)).toBe(1n);
    expect(caller.call('timerfd_settime', fd, 0, setting(0, 1e9), 0)).toBe('EINVAL');
    expect(caller.call('timerfd_settime', fd, 8, setting(0, 1), 0)).toBe('EINVAL');
    expect(caller.call('timerfd_create', 2, 0)).toBe('EINVAL');
    expect(caller.call('timerfd_gettime', caller.open('/dev/null'), 0)).toBe('EINVAL');
  });
});

test('signalfd reads what is blocked, by number', () => {
  const caller = new Bench().process();
  const fd = Number(caller.call('signalfd4', -1, word((1n << 9n) | (1n << 11n)), 8, O_NONBLOCK));
  const buffer = caller.space(256);
  expect(caller.call('read', fd, buffer, 256)).toBe('EAGAIN');
  caller.task.signals.blocked = (1n << 9n) | (1n << 11n);
  caller.task.process.pending.add(signalInformation(12, 0, { pid: 77 }));
  caller.task.signals.pending.add(signalInformation(10, -1, { value: 5n }));
  expect(caller.call('read', fd, buffer, 127)).toBe('EINVAL');
  expect(caller.call('read', fd, buffer, 256)).toBe(256);
  const view = new DataView(caller.bytes(buffer, 256).buffer);
  expect([view.getUint32(0, true), view.getInt32(44, true), view.getUint32(128, true), view.getUint32(140, true)]).toEqual([10, 5, 12, 77]);
  expect(caller.call('signalfd4', fd, word(0), 4, 0)).toBe('EINVAL');
});

describe('poll', () => {
  test('readiness of pipes, regular files, nothing', () => {
    const caller = new Bench().process();
    const [reader, writer] = caller.pair('pipe2', PAIR, 0);
    const file = caller.open('/tmp/f', 0o102);
    const at = caller.place(pollfds([reader, IN], [writer, OUT], [file, IN | OUT], [-1, IN], [99, IN]));
    expect(caller.call('poll', at, 5, 0)).toBe(3);
    expect(revents(caller, at, 5)).toEqual([0, OUT, IN | OUT, 0, NVAL]);
    caller.call('close', writer);
    expect(caller.call('poll', at, 1, -1)).toBe(1);
    expect(revents(caller, at, 1)).toEqual([HUP]);
    const broken = caller.pair('pipe2', PAIR, 0);
    caller.call('close', broken[0]);
    const alone = caller.place(pollfds([broken[1], 0]));
    caller.call('poll', alone, 1, 0);
    expect(revents(caller, alone, 1)).toEqual([ERR]);
    expect(caller.call('poll', at, 100_000, 0)).toBe('EINVAL');
    expect(caller.call('poll', caller.edge(4), 1, 0)).toBe('EFAULT');
  });

  test('waits for the first, or for its time', () => {
    const caller = new Bench().process();
    const [reader, writer] = caller.pair('pipe2', PAIR, 0);
    const child = caller.fork();
    const at = child.place(pollfds([reader, IN]));
    expect(child.call('poll', at, 1, 10)).toBe('blocked');
    caller.bench.pass(9_000_000);
    expect(child.again()).toBe('asleep');
    caller.bench.pass(1_000_000);
    expect(child.again()).toBe(0);
    expect(child.call('poll', at, 1, -1)).toBe('blocked');
    caller.write(writer, 'x');
    expect(child.again()).toBe(1);
  });

  test('select counts bits and wants open descriptors', () => {
    const caller = new Bench().process();
    const [reader, writer] = caller.pair('pipe2', PAIR, 0);
    caller.write(writer, 'x');
    const reads = caller.place(word(1n << BigInt(reader)));
    const writes = caller.place(word((1n << BigInt(writer)) | (1n << BigInt(reader))));
    expect(caller.call('select', 8, reads, writes, 0, 0)).toBe(2);
    expect(caller.bytes(writes, 1)[0]).toBe(1 << writer);
    expect(caller.call('select', 8, word(1 << 5), 0, 0, 0)).toBe('EBADF');
    expect(caller.call('select', -1, 0, 0, 0, 0)).toBe('EINVAL');
    expect(caller.call('pselect6', 0, 0, 0, 0, new Uint8Array(BigInt64Array.of(0n, 0n).buffer), 0)).toBe(0);
  });
});

describe('epoll', () => {
  function epoll(): { caller: Caller; epfd: number; reader: number; writer: number } {
    const caller = new Bench().process();
    const epfd = Number(caller.call('epoll_create1', 0));
    const [reader, writer] = caller.pair('pipe2', PAIR, O_NONBLOCK);
    return { caller, epfd, reader, writer };
  }
  const event = (events: number, data: number): Uint8Array => {
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, events, true);
    view.setBigUint64(4, BigInt(data), true);
    return bytes;
  };
  const control = (caller: Caller, epfd: number, operation: number, fd: number, events = 0, data = fd): number | string =>
    caller.call('epoll_ctl', epfd, operation, fd, event(events >>> 0, data));
  const wait = (caller: Caller, epfd: number, limit = 8): string => {
    const at = caller.space(limit * 12);
    const count = caller.call('epoll_wait', epfd, at, limit, 0);
    if (typeof count !== 'number') return count;
    const view = new DataView(caller.bytes(at, count * 12).buffer);
    return Array.from({ length: count }, (_, i) => `${view.getBigUint64(i * 12 + 4, true)}:${view.getUint32(i * 12, true)}`).join(' ');
  };

  test('level: as long as it lasts', () => {
    const { caller, epfd, reader, writer } = epoll();
    expect(control(caller, epfd, 1, reader, IN)).toBe(0);
    expect(control(caller, epfd, 1, reader, IN)).toBe('EEXIST');
    expect(wait(caller, epfd)).toBe('');
    caller.write(writer, 'xy');
    expect([wait(caller, epfd), wait(caller, epfd)]).toEqual([`${reader}:1`, `${reader}:1`]);
    caller.read(reader);
    expect(wait(caller, epfd)).toBe('');
    expect(control(caller, epfd, 2, reader)).toBe(0);
    expect(control(caller, epfd, 2, reader)).toBe('ENOENT');
  });

  test('edge: once for every arrival, and for one that was there', () => {
    const { caller, epfd, reader, writer } = epoll();
    caller.write(writer, 'a');
    control(caller, epfd, 1, reader, IN | ET);
    expect([wait(caller, epfd), wait(caller, epfd)]).toEqual([`${reader}:1`, '']);
    caller.write(writer, 'b');
    expect([wait(caller, epfd), wait(caller, epfd)]).toEqual([`${reader}:1`, '']);
    control(caller, epfd, 3, reader, IN | ET, 42);
    expect(wait(caller, epfd)).toBe('42:1');
  });

  test('one shot: until it is armed again', () => {
    const { caller, epfd, reader, writer } = epoll();
    control(caller, epfd, 1, reader, IN | ONESHOT);
    caller.write(writer, 'a');
    expect([wait(caller, epfd), wait(caller, epfd)]).toEqual([`${reader}:1`, '']);
    control(caller, epfd, 3, reader, IN | ONESHOT);
    expect(wait(caller, epfd)).toBe(`${reader}:1`);
  });

  test('turns go round, closed files leave, others are refused', () => {
    const { caller, epfd, reader, writer } = epoll();
    const events = [1, 2, 3].map(() => Number(caller.call('eventfd2', 1, 0)));
    for (const fd of events) control(caller, epfd, 1, fd, IN);
    expect([1, 2, 3, 4].map(() => wait(caller, epfd, 1))).toEqual([...events, events[0]].map((fd) => `${fd}:1`));
    caller.call('close', events[1]!);
    expect(wait(caller, epfd).split(' ').length).toBe(2);
    expect(control(caller, epfd, 1, caller.open('/tmp'), IN)).toBe('EPERM');
    expect(control(caller, epfd, 1, epfd, IN)).toBe('EINVAL');
    expect(control(caller, reader, 1, writer, IN)).toBe('EINVAL');
    expect(control(caller, epfd, 9, reader, IN)).toBe('EINVAL');
    expect(control(caller, epfd, 1, 99, IN)).toBe('EBADF');
    expect(caller.call('epoll_wait', epfd, caller.space(12), 0, 0)).toBe('EINVAL');
  });

  test('nested ones report, loops are refused', () => {
    const { caller, epfd, reader, writer } = epoll();
    const outer = Number(caller.call('epoll_create1', 0));
    control(caller, epfd, 1, reader, IN);
    expect(control(caller, outer, 1, epfd, IN)).toBe(0);
    expect(control(caller, epfd, 1, outer, IN)).toBe('ELOOP');
    caller.write(writer, 'x');
    expect(wait(caller, outer)).toBe(`${epfd}:1`);
    caller.read(reader);
    expect(wait(caller, outer)).toBe('');
  });

  test('a sleeper is woken by what it waits for, also by what is added', () => {
    const { caller, epfd, reader, writer } = epoll();
    const child = caller.fork();
    const at = child.space(24);
    expect(child.call('epoll_wait', epfd, at, 2, -1)).toBe('blocked');
    control(caller, epfd, 1, reader, IN);
    expect(child.again()).toBe('asleep');
    caller.write(writer, 'x');
    expect(child.again()).toBe(1);
  });
});
