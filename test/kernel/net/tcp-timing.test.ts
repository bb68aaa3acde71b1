// What of TCP happens at a time of its own: SYNs sent again, corks, deferred connections, ports that wait; and ports that are given out.

import { describe, expect, test } from 'vitest';
import { Bench, type Caller } from '../file-bench.ts';

const INET = 2;
const [STREAM, DGRAM] = [1, 2];
const NONBLOCK = 0o4000;
const [SOL_SOCKET, SOL_TCP] = [1, 6];
const [SO_REUSEADDR, SO_ERROR, SO_REUSEPORT] = [2, 4, 15];
const [TCP_CORK, TCP_DEFER_ACCEPT] = [3, 9];
const MSG_MORE = 0x8000;
const SECOND = 1e9;

const loopback = (port: number): Uint8Array => Uint8Array.from([INET, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
const int = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

const socket = (caller: Caller, type = STREAM): number => Number(caller.call('socket', INET, type | NONBLOCK, 0));

function listener(caller: Caller, port: number, backlog = 5): number {
  const fd = socket(caller);
  expect(caller.call('bind', fd, loopback(port), 16)).toBe(0);
  expect(caller.call('listen', fd, backlog)).toBe(0);
  return fd;
}

function option(caller: Caller, fd: number, level: number, name: number): number {
  const [value, length] = [caller.space(4), caller.place(int(4))];
  expect(caller.call('getsockopt', fd, level, name, value, length)).toBe(0);
  return new DataView(caller.bytes(value, 4).buffer).getInt32(0, true);
}

function portOf(caller: Caller, fd: number): number {
  const [name, length] = [caller.space(16), caller.place(int(16))];
  caller.call('getsockname', fd, name, length);
  return new DataView(caller.bytes(name, 16).buffer).getUint16(2);
}

describe('a SYN that a full backlog drops', () => {
  test('is sent again after 1, 3 and 7 seconds', () => {
    const bench = new Bench();
    const caller = bench.process();
    const server = listener(caller, 7000, 0);
    caller.call('connect', socket(caller), loopback(7000), 16);
    const late = socket(caller);
    expect(caller.call('connect', late, loopback(7000), 16)).toBe('EINPROGRESS');
    bench.pass(3.5 * SECOND);
    expect(caller.call('connect', late, loopback(7000), 16)).toBe('EALREADY');
    expect(caller.call('accept', server, 0, 0)).toBeGreaterThan(0);
    bench.pass(3 * SECOND);
    expect(caller.call('connect', late, loopback(7000), 16)).toBe('EALREADY');
    bench.pass(SECOND);
    expect(caller.call('connect', late, loopback(7000), 16)).toBe(0);
  });

  test('is given up after 127 seconds, and refused once nobody listens', () => {
    const bench = new Bench();
    const caller = bench.process();
    const server = listener(caller, 7000, 0);
    caller.call('connect', socket(caller), loopback(7000), 16);
    const [patient, refused] = [socket(caller), socket(caller)];
    caller.call('connect', patient, loopback(7000), 16);
    bench.pass(126 * SECOND);
    expect(option(caller, patient, SOL_SOCKET, SO_ERROR)).toBe(0);
    bench.pass(2 * SECOND);
    expect(option(caller, patient, SOL_SOCKET, SO_ERROR)).toBe(110);
    caller.call('connect', refused, loopback(7000), 16);
    caller.call('close', server);
    bench.pass(SECOND);
    expect(caller.call('connect', refused, loopback(7000), 16)).toBe('ECONNREFUSED');
  });
});

test.each([
  ['MSG_MORE', MSG_MORE, 0],
  ['TCP_CORK', 0, 1],
])('what %s holds back leaves after 200 ms', (_name, flags, cork) => {
  const bench = new Bench();
  const caller = bench.process();
  const server = listener(caller, 7000);
  const client = socket(caller);
  caller.call('connect', client, loopback(7000), 16);
  const accepted = Number(caller.call('accept4', server, 0, 0, NONBLOCK));
  caller.call('setsockopt', client, SOL_TCP, TCP_CORK, int(cork), 4);
  expect(caller.call('sendto', client, caller.place('held'), 4, flags, 0, 0)).toBe(4);
  bench.pass(0.19 * SECOND);
  expect(caller.read(accepted)).toBe('EAGAIN');
  bench.pass(0.02 * SECOND);
  expect(caller.read(accepted)).toBe('held');
});

test('a connection without data is accepted when TCP_DEFER_ACCEPT has passed, one with data at once', () => {
  const bench = new Bench();
  const caller = bench.process();
  const server = listener(caller, 7000);
  caller.call('setsockopt', server, SOL_TCP, TCP_DEFER_ACCEPT, int(2), 4);
  const [silent, talking] = [socket(caller), socket(caller)];
  caller.call('connect', silent, loopback(7000), 16);
  caller.call('connect', talking, loopback(7000), 16);
  expect(caller.call('accept', server, 0, 0)).toBe('EAGAIN');
  caller.write(talking, 'data');
  const first = Number(caller.call('accept', server, 0, 0));
  expect(caller.read(first)).toBe('data');
  expect(caller.call('accept', server, 0, 0)).toBe('EAGAIN');
  bench.pass(3.1 * SECOND);
  expect(caller.call('accept', server, 0, 0)).toBeGreaterThan(0);
});

describe('ports', () => {
  test('of a connection that was closed first wait a minute', () => {
    const bench = new Bench();
    const caller = bench.process();
    const server = listener(caller, 7000);
    const client = socket(caller);
    caller.call('connect', client, loopback(7000), 16);
    caller.call('close', Number(caller.call('accept', server, 0, 0)));
    caller.call('close', client);
    caller.call('close', server);
    const again = socket(caller);
    expect(caller.call('bind', again, loopback(7000), 16)).toBe('EADDRINUSE');
    bench.pass(59 * SECOND);
    expect(caller.call('bind', again, loopback(7000), 16)).toBe('EADDRINUSE');
    bench.pass(2 * SECOND);
    expect(caller.call('bind', again, loopback(7000), 16)).toBe(0);
  });

  test('are given out in order, those in use passed over, and come round', () => {
    const caller = new Bench().process();
    caller.call('bind', socket(caller, DGRAM), loopback(32_770), 16);
    const given = Array.from({ length: 4 }, () => {
      const fd = socket(caller, DGRAM);
      caller.call('bind', fd, loopback(0), 16);
      const port = portOf(caller, fd);
      caller.call('close', fd);
      return port;
    });
    expect(given).toEqual([32_768, 32_769, 32_771, 32_772]);
    const one = socket(caller, DGRAM);
    for (let i = 0; i < 28_232 - 5; i++) {
      const fd = socket(caller, DGRAM);
      caller.call('bind', fd, loopback(0), 16);
      caller.call('close', fd);
    }
    caller.call('bind', one, loopback(0), 16);
    expect(portOf(caller, one)).toBe(32_768);
  });

  test('that are shared take connections in the same places every time', () => {
    const counts = [0, 1].map(() => {
      const caller = new Bench().process();
      const servers = [0, 1, 2].map(() => {
        const fd = socket(caller);
        caller.call('setsockopt', fd, SOL_SOCKET, SO_REUSEPORT, int(1), 4);
        caller.call('setsockopt', fd, SOL_SOCKET, SO_REUSEADDR, int(1), 4);
        expect(caller.call('bind', fd, loopback(7000), 16)).toBe(0);
        expect(caller.call('listen', fd, 100)).toBe(0);
        return fd;
      });
      for (let i = 0; i < 60; i++) caller.call('connect', socket(caller), loopback(7000), 16);
      return servers.map((fd) => {
        let count = 0;
        while (typeof caller.call('accept', fd, 0, 0) === 'number') count++;
        return count;
      });
    });
    expect(counts[0]).toEqual(counts[1]);
    expect(Math.min(...counts[0]!)).toBeGreaterThan(5);
  });
});
