// AF_UNIX and AF_INET sockets (unix(7), tcp(7), udp(7)).

import { describe, expect, test } from 'vitest';
import { Bench, type Caller, PAIR } from '../file-bench.ts';

const UNIX = 1;
const INET = 2;
const STREAM = 1;
const DGRAM = 2;
const SEQPACKET = 5;
const NONBLOCK = 0o4000;

const unixName = (name: string): Uint8Array => Uint8Array.from([1, 0, ...Buffer.from(name, 'latin1')]);
const inetName = (port: number, host = [127, 0, 0, 1]): Uint8Array =>
  Uint8Array.from([2, 0, port >> 8, port & 255, ...host, 0, 0, 0, 0, 0, 0, 0, 0]);

function pairOf(type: number): { caller: Caller; a: number; b: number } {
  const caller = new Bench().process();
  const [a, b] = caller.pair('socketpair', UNIX, type, 0, PAIR);
  return { caller, a, b };
}

/** struct msghdr over one buffer and a control area. */
function message(caller: Caller, buffer: number, length: number, control = 0, controlLength = 0): number {
  const vector = caller.place(new Uint8Array(BigUint64Array.of(BigInt(buffer), BigInt(length)).buffer));
  return caller.place(new Uint8Array(BigUint64Array.of(0n, 0n, BigInt(vector), 1n, BigInt(control), BigInt(controlLength), 0n).buffer));
}

function rights(caller: Caller, ...fds: number[]): { at: number; length: number } {
  const bytes = new Uint8Array(16 + Math.ceil((fds.length * 4) / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(16 + fds.length * 4), true);
  view.setInt32(8, 1, true);
  view.setInt32(12, 1, true);
  fds.forEach((fd, i) => view.setInt32(16 + i * 4, fd, true));
  return { at: caller.place(bytes), length: bytes.length };
}

describe('pairs', () => {
  test('a stream joins writes, packets stay apart', () => {
    const stream = pairOf(STREAM);
    stream.caller.write(stream.a, 'one');
    stream.caller.write(stream.a, 'two');
    expect(stream.caller.read(stream.b)).toBe('onetwo');
    for (const type of [DGRAM, SEQPACKET]) {
      const { caller, a, b } = pairOf(type);
      caller.write(a, 'one');
      caller.write(a, 'two');
      expect(caller.read(b, 2)).toBe('on');
      expect(caller.read(b)).toBe('two');
    }
  });

  test('closing: rest, end, EPIPE; unread data resets', () => {
    const { caller, a, b } = pairOf(STREAM);
    caller.write(a, 'last');
    caller.call('close', a);
    expect(caller.write(b, 'x')).toBe('EPIPE');
    expect(caller.read(b)).toBe('last');
    expect(caller.read(b)).toBe('');
    const reset = pairOf(STREAM);
    reset.caller.write(reset.a, 'never read');
    reset.caller.call('close', reset.b);
    expect(reset.caller.read(reset.a)).toBe('ECONNRESET');
    expect(reset.caller.read(reset.a)).toBe('');
  });

  test('shutdown goes one way', () => {
    const { caller, a, b } = pairOf(STREAM);
    expect(caller.call('shutdown', a, 1)).toBe(0);
    expect(caller.call('sendto', a, caller.space(1), 1, 0x4000, 0, 0)).toBe('EPIPE');
    expect(caller.read(b)).toBe('');
    caller.write(b, 'still');
    expect(caller.read(a)).toBe('still');
    expect(caller.call('shutdown', a, 3)).toBe('EINVAL');
  });

  test('peeking, truncation, not waiting', () => {
    const { caller, a, b } = pairOf(DGRAM);
    const buffer = caller.space(16);
    caller.write(a, 'datagram');
    expect(caller.call('recvfrom', b, buffer, 4, 2, 0, 0)).toBe(4);
    expect(caller.call('recvfrom', b, buffer, 4, 0x20, 0, 0)).toBe(8);
    expect(caller.call('recvfrom', b, buffer, 4, 0x40, 0, 0)).toBe('EAGAIN');
    expect(caller.call('sendto', a, buffer, 1, 1, 0, 0)).toBe('EOPNOTSUPP');
    expect(caller.call('pread64', a, buffer, 1, 0)).toBe('ESPIPE');
  });

  test('a sender waits for room and goes on', () => {
    const { caller, a, b } = pairOf(STREAM);
    const child = caller.fork();
    const data = child.space(400_000);
    expect(child.call('write', a, data, 400_000)).toBe('blocked');
    let got = 0;
    for (let i = 0; i < 100 && got < 400_000; i++) {
      got += caller.read(b, 50_000).length;
      if (child.again() === 400_000) break;
    }
    while (got < 400_000) got += caller.read(b, 50_000).length;
    expect(got).toBe(400_000);
  });
});

describe('descriptors in flight', () => {
  test('arrive as new numbers of the same description', () => {
    const { caller, a, b } = pairOf(STREAM);
    const file = caller.open('/tmp/f', 0o102);
    caller.write(file, 'content');
    const control = rights(caller, file);
    expect(caller.call('sendmsg', a, message(caller, caller.place('x'), 1, control.at, control.length), 0)).toBe(1);
    const description = caller.task.files.get(file)!;
    caller.call('close', file);
    expect(description.references).toBe(1);
    const [into, buffer] = [caller.space(64), caller.space(8)];
    const header = message(caller, buffer, 8, into, 64);
    expect(caller.call('recvmsg', b, header, 0x4000_0000)).toBe(1);
    const fd = new DataView(caller.bytes(into, 24).buffer).getInt32(16, true);
    expect(caller.task.files.get(fd)).toBe(description);
    expect(caller.task.files.entry(fd)!.closeOnExec).toBe(true);
    expect(Number(new DataView(caller.bytes(header, 56).buffer).getBigUint64(40, true))).toBe(24);
  });

  test('are dropped where there is no room, with the socket, or with a plain read', () => {
    const { caller, a, b } = pairOf(STREAM);
    const [reader, writer] = caller.pair('pipe2', PAIR, NONBLOCK);
    const send = (): void => {
      const control = rights(caller, writer);
      expect(caller.call('sendmsg', a, message(caller, caller.place('x'), 1, control.at, control.length), 0)).toBe(1);
    };
    const pipe = caller.task.files.get(writer)!;
    send();
    const header = message(caller, caller.space(8), 8, caller.space(16), 16);
    expect(caller.call('recvmsg', b, header, 0)).toBe(1);
    expect(new DataView(caller.bytes(header, 56).buffer).getUint32(48, true) & 8).toBe(8);
    send();
    expect(caller.read(b)).toBe('x');
    send();
    expect(pipe.references).toBe(2);
    caller.call('close', writer);
    expect(caller.read(reader)).toBe('EAGAIN');
    caller.call('close', b);
    expect(pipe.references).toBe(0);
    expect(caller.read(reader)).toBe('');
    const control = rights(caller, 99);
    expect(caller.call('sendmsg', a, message(caller, caller.place('x'), 1, control.at, control.length), 0)).toBe('EBADF');
  });

  test('credentials come with SO_PASSCRED', () => {
    const { caller, a, b } = pairOf(STREAM);
    expect(caller.call('setsockopt', b, 1, 16, Uint8Array.of(1, 0, 0, 0), 4)).toBe(0);
    caller.write(a, 'x');
    const into = caller.space(64);
    expect(caller.call('recvmsg', b, message(caller, caller.space(8), 8, into, 64), 0)).toBe(1);
    const view = new DataView(caller.bytes(into, 32).buffer);
    expect([view.getInt32(12, true), view.getInt32(16, true)]).toEqual([2, caller.task.process.pid]);
  });
});

describe('connections', () => {
  const families: [name: string, domain: number, address: Uint8Array, other: Uint8Array][] = [
    ['path', UNIX, unixName('/tmp/s\0'), unixName('/tmp/none\0')],
    ['abstract', UNIX, unixName('\0abstract'), unixName('\0none')],
    ['loopback', INET, inetName(8080), inetName(8081)],
  ];

  test.each(families)('%s: bind, listen, connect, accept', (name, domain, address, nobody) => {
    const server = new Bench().process();
    const client = server.fork();
    const listener = Number(server.call('socket', domain, STREAM, 0));
    expect(server.call('bind', listener, address, address.length)).toBe(0);
    expect(server.call('bind', listener, address, address.length)).toBe(name === 'path' ? 'EADDRINUSE' : 'EINVAL');
    const twin = Number(server.call('socket', domain, STREAM, 0));
    expect(server.call('bind', twin, address, address.length)).toBe('EADDRINUSE');
    const end = Number(client.call('socket', domain, STREAM, 0));
    expect(client.call('connect', end, address, address.length)).toBe('ECONNREFUSED');
    expect(server.call('accept', listener, 0, 0)).toBe('EINVAL');
    expect(server.call('listen', listener, 1)).toBe(0);
    expect(client.call('connect', end, nobody, nobody.length)).toBe(name === 'path' ? 'ENOENT' : 'ECONNREFUSED');
    expect(server.call('accept', listener, 0, 0)).toBe('blocked');
    expect(client.call('connect', end, address, address.length)).toBe(0);
    expect(client.call('connect', end, address, address.length)).toBe('EISCONN');
    const accepted = Number(server.again());
    expect(client.write(end, 'question')).toBe(8);
    expect(server.read(accepted)).toBe('question');
    server.write(accepted, 'answer');
    expect(client.read(end)).toBe('answer');
    const [peer, length] = [client.space(128), client.place(Uint8Array.of(128, 0, 0, 0))];
    expect(client.call('getpeername', end, peer, length)).toBe(0);
    expect([...client.bytes(peer, address.length)]).toEqual([...address]);
    expect(server.call('accept4', listener, 0, 0, 1)).toBe('EINVAL');
  });

  test('the backlog holds connections back', () => {
    const server = new Bench().process();
    const address = unixName('\0busy');
    const listener = Number(server.call('socket', UNIX, STREAM, 0));
    server.call('bind', listener, address, address.length);
    server.call('listen', listener, 0);
    const client = server.fork();
    const dial = (flags: number): string | number =>
      client.call('connect', Number(client.call('socket', UNIX, STREAM | flags, 0)), address, address.length);
    expect(dial(0)).toBe(0);
    expect(dial(NONBLOCK)).toBe('EAGAIN');
    expect(dial(0)).toBe('blocked');
    expect(client.again()).toBe('asleep');
    expect(server.call('accept', listener, 0, 0)).toBeGreaterThan(0);
    expect(client.again()).toBe(0);
  });

  test('a non-blocking TCP connect says EINPROGRESS, then how it went', () => {
    const caller = new Bench().process();
    const listener = Number(caller.call('socket', INET, STREAM, 0));
    caller.call('bind', listener, inetName(7000), 16);
    const refused = Number(caller.call('socket', INET, STREAM | NONBLOCK, 0));
    expect(caller.call('connect', refused, inetName(7000), 16)).toBe('EINPROGRESS');
    const [value, length] = [caller.space(4), caller.place(Uint8Array.of(4, 0, 0, 0))];
    expect(caller.call('getsockopt', refused, 1, 4, value, length)).toBe(0);
    expect(new DataView(caller.bytes(value, 4).buffer).getInt32(0, true)).toBe(111);
    caller.call('listen', listener, 5);
    const accepted = Number(caller.call('socket', INET, STREAM | NONBLOCK, 0));
    expect(caller.call('connect', accepted, inetName(7000), 16)).toBe('EINPROGRESS');
    expect(caller.call('connect', accepted, inetName(7000), 16)).toBe(0);
    expect(caller.call('connect', accepted, inetName(7000), 16)).toBe('EISCONN');
    expect(caller.call('connect', accepted, inetName(7000, [10, 0, 0, 1]), 16)).toBe('EISCONN');
    const far = Number(caller.call('socket', INET, STREAM, 0));
    expect(caller.call('connect', far, inetName(7000, [10, 0, 0, 1]), 16)).toBe('ENETUNREACH');
  });

  test('datagrams name their sender', () => {
    const caller = new Bench().process();
    const [one, two] = [Number(caller.call('socket', INET, DGRAM, 0)), Number(caller.call('socket', INET, DGRAM, 0))];
    caller.call('bind', one, inetName(5000), 16);
    expect(caller.call('sendto', two, caller.place('ping'), 4, 0, inetName(5000), 16)).toBe(4);
    const [buffer, from, length] = [caller.space(16), caller.space(16), caller.place(Uint8Array.of(16, 0, 0, 0))];
    expect(caller.call('recvfrom', one, buffer, 16, 0, from, length)).toBe(4);
    expect(caller.call('sendto', one, caller.place('pong'), 4, 0, caller.bytes(from, 16), 16)).toBe(4);
    expect(caller.read(two)).toBe('pong');
    expect(caller.call('sendto', two, caller.place('lost'), 4, 0, inetName(5999), 16)).toBe(4);
    expect(caller.call('sendto', two, buffer, 4, 0, 0, 0)).toBe('EDESTADDRREQ');
  });
});

const REFUSED: [call: string, args: number[], expected: string][] = [
  ['socket', [9, STREAM, 0], 'EAFNOSUPPORT'],
  ['socket', [UNIX, 4, 0], 'ESOCKTNOSUPPORT'],
  ['socket', [INET, STREAM, 17], 'EPROTONOSUPPORT'],
  ['socket', [UNIX, STREAM | 0x100, 0], 'EINVAL'],
  ['bind', [0, 0, 0], 'ENOTSOCK'],
  ['listen', [9, 1], 'EBADF'],
];
test.each(REFUSED)('%s(%j): %s', (name, args, expected) => {
  const caller = new Bench().process();
  caller.open('/dev/null');
  expect(caller.call(name, ...args)).toBe(expected);
});
