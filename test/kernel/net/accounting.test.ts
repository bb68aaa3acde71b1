// What sockets take of the kernel's memory: bounded while it is taken, and given back to the last byte, whatever was done with them.

import { describe, expect, test } from 'vitest';
import { Bench, type Caller, PAIR } from '../file-bench.ts';

const UNIX = 1;
const INET = 2;
const INET6 = 10;
const NETLINK = 16;
const [STREAM, DGRAM, SEQPACKET] = [1, 2, 5];
const NONBLOCK = 0o4000;
const MSG_DONTWAIT = 0x40;
const [MSG_OOB, MSG_PEEK, MSG_MORE, MSG_NOSIGNAL] = [1, 2, 0x8000, 0x4000];

const loopback = (port: number): Uint8Array => Uint8Array.from([INET, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);

/** A connected TCP pair. */
function tcpPair(caller: Caller, port: number): [number, number] {
  const listener = Number(caller.call('socket', INET, STREAM, 0));
  caller.call('bind', listener, loopback(port), 16);
  caller.call('listen', listener, 8);
  const client = Number(caller.call('socket', INET, STREAM | NONBLOCK, 0));
  caller.call('connect', client, loopback(port), 16);
  const server = Number(caller.call('accept4', listener, 0, 0, NONBLOCK));
  caller.call('close', listener);
  return [client, server];
}

describe('without end', () => {
  test.each([
    ['AF_UNIX', UNIX, DGRAM, 'ENOMEM'],
    ['TCP', INET, STREAM, 'ENOBUFS'],
    ['UDP over IPv6', INET6, DGRAM, 'ENOBUFS'],
    ['netlink', NETLINK, DGRAM, 'ENOBUFS'],
  ])('%s sockets are refused at a quarter of RAM', (_name, domain, type, error) => {
    const caller = new Bench(4 << 20).process();
    caller.task.files.limit = 10_000;
    let made = 0;
    let outcome = caller.call('socket', domain, type, 0);
    for (; typeof outcome === 'number'; made++) outcome = caller.call('socket', domain, type, 0);
    expect(outcome).toBe(error);
    expect(made).toBeGreaterThan(300);
    expect(made).toBeLessThan(600);
    caller.call('close', 0);
    expect(caller.call('socket', domain, type, 0)).toBe(0);
  });

  test('data that nobody reads is refused at a quarter of RAM', () => {
    const bench = new Bench(4 << 20);
    const caller = bench.process();
    caller.task.files.limit = 10_000;
    const data = caller.space(65_536);
    const outcomes: (string | number)[] = [];
    while (outcomes.at(-1) !== 'ENOBUFS') {
      const useUnix = outcomes.length % 2 === 0;
      const [a] = useUnix ? caller.pair('socketpair', UNIX, STREAM | NONBLOCK, 0, PAIR) : tcpPair(caller, 5000 + outcomes.length);
      let sent = caller.call('sendto', a, data, 8192, MSG_DONTWAIT, 0, 0);
      while (typeof sent === 'number') sent = caller.call('sendto', a, data, 8192, MSG_DONTWAIT, 0, 0);
      outcomes.push(sent);
    }
    expect(outcomes).toEqual(['EAGAIN', 'ENOBUFS']);
    expect(bench.kernel.memory.used).toBeLessThanOrEqual(bench.kernel.memory.limit);
  });
});

/** A sequence of numbers that is the same every day. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    yield state >> 8;
  }
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))('nothing is left of sockets that were used in any way (%i)', (seed) => {
  const bench = new Bench();
  const caller = bench.process();
  const { network, memory } = bench.kernel;
  const before = memory.used;
  const random = numbers(seed * 7919 + 1);
  const pick = (count: number): number => random.next().value % count;
  const open: number[] = [];
  const any = (): number => open[pick(open.length)] ?? 99;
  const buffer = caller.space(70_000);
  const control = caller.space(512);

  const send = (): void => {
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL | [0, 0, 0, MSG_OOB, MSG_MORE][pick(5)]!;
    caller.call('sendto', any(), buffer, [1, 100, 5000, 60_000][pick(4)]!, flags, 0, 0);
  };
  const sendFiles = (): void => {
    const vector = caller.place(new Uint8Array(BigUint64Array.of(BigInt(buffer), BigInt(1 + pick(9))).buffer));
    const rights = new Uint8Array(24);
    const view = new DataView(rights.buffer);
    view.setBigUint64(0, 20n + BigInt(4 * pick(2)), true);
    view.setInt32(8, 1, true);
    view.setInt32(12, 1, true);
    view.setInt32(16, any(), true);
    view.setInt32(20, any(), true);
    const header = BigUint64Array.of(0n, 0n, BigInt(vector), 1n, BigInt(caller.place(rights)), 24n, 0n);
    caller.call('sendmsg', any(), new Uint8Array(header.buffer), MSG_DONTWAIT | MSG_NOSIGNAL);
  };
  const receive = (): void => {
    const vector = caller.place(new Uint8Array(BigUint64Array.of(BigInt(buffer), BigInt([1, 50, 70_000][pick(3)]!)).buffer));
    const header = caller.place(
      new Uint8Array(BigUint64Array.of(0n, 0n, BigInt(vector), 1n, BigInt(control), [0n, 20n, 512n][pick(3)]!, 0n).buffer),
    );
    const flags = MSG_DONTWAIT | [0, 0, 0, MSG_OOB, MSG_PEEK][pick(5)]!;
    if (typeof caller.call('recvmsg', any(), header, flags) !== 'number') return;
    for (const fd of caller.task.files.list()) if (!open.includes(fd)) open.push(fd);
  };
  const make = (): void => {
    if (open.length > 60) return;
    const types = [STREAM, DGRAM, SEQPACKET];
    open.push(
      ...(pick(3) > 0 ? caller.pair('socketpair', UNIX, types[pick(3)]! | NONBLOCK, 0, PAIR) : tcpPair(caller, 2000 + pick(30_000))),
    );
  };
  const close = (): void => {
    const fd = any();
    if (caller.call('close', fd) === 0) open.splice(open.indexOf(fd), 1);
  };
  const actions = [make, send, send, sendFiles, sendFiles, receive, receive, close, () => void caller.call('shutdown', any(), pick(3))];
  make();
  for (let i = 0; i < 600; i++) actions[pick(actions.length)]!();
  for (const fd of caller.task.files.list()) caller.call('close', fd);
  caller.call('close', Number(caller.call('socket', UNIX, STREAM, 0)));

  expect(network.sockets.size).toBe(0);
  expect(network.inFlight.sockets).toEqual([]);
  expect(network.inFlight.perUser.size).toBe(0);
  expect(network.tcpPorts.at(2000)).toEqual([]);
  expect(memory.used - before).toBe(0);
});
