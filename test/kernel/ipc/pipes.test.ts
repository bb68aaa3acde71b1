// Pipes and FIFOs (pipe(7), fifo(7)).

import { signalInformation } from '../../../src/kernel/signal/state.ts';
import { describe, expect, test } from 'vitest';
import { Bench, type Caller, PAIR } from '../file-bench.ts';

const O_NONBLOCK = 0o4000;

function piped(flags = 0): { caller: Caller; reader: number; writer: number } {
  const caller = new Bench().process();
  const [reader, writer] = caller.pair('pipe2', PAIR, flags);
  return { caller, reader, writer };
}

/** A second process that holds the same descriptors. */
function other(caller: Caller): Caller {
  return caller.fork();
}

describe('pipes', () => {
  test('order, end of file, EPIPE with SIGPIPE', () => {
    const { caller, reader, writer } = piped();
    expect(caller.write(writer, 'one')).toBe(3);
    expect(caller.write(writer, 'two')).toBe(3);
    expect(caller.read(reader, 4)).toBe('onet');
    expect(caller.call('close', writer)).toBe(0);
    expect(caller.read(reader)).toBe('wo');
    expect(caller.read(reader)).toBe('');
    const broken = piped();
    broken.caller.call('close', broken.reader);
    expect(broken.caller.write(broken.writer, 'x')).toBe('EPIPE');
    expect(broken.caller.task.signals.pending.has(13)).toBe(true);
  });

  test('a reader sleeps until somebody writes', () => {
    const { caller, reader, writer } = piped();
    const child = other(caller);
    const buffer = child.space(16);
    expect(child.call('read', reader, buffer, 16)).toBe('blocked');
    expect(child.again()).toBe('asleep');
    caller.write(writer, 'wake');
    expect(child.again()).toBe(4);
    expect(child.text(buffer, 4)).toBe('wake');
  });

  test('a large write goes on in pieces and counts them all', () => {
    const { caller, reader, writer } = piped();
    const child = other(caller);
    const data = child.space(100_000);
    expect(child.call('write', writer, data, 100_000)).toBe('blocked');
    let got = 0;
    while (got < 65_536) got += caller.read(reader, 8192).length;
    expect(child.again()).toBe(100_000);
    expect(caller.read(reader, 65_536).length).toBe(100_000 - 65_536);
  });

  test('a signal ends a write in the middle with what was done', () => {
    const { caller, writer } = piped();
    const data = caller.space(100_000);
    expect(caller.call('write', writer, data, 100_000)).toBe('blocked');
    caller.task.signals.actions.of(10).handler = 0x1234n;
    caller.task.signals.pending.add(signalInformation(10, 0));
    caller.bench.kernel.wakeTask(caller.task, 'signal');
    expect(caller.again()).toBe(65_536);
    const empty = piped();
    empty.caller.task.signals.pending.add(signalInformation(10, 0));
    expect(empty.caller.read(empty.reader)).toBe('restart 512');
  });

  test('a vector that shrinks while its writev waits ends the call', () => {
    const { caller, reader, writer } = piped();
    const child = other(caller);
    const data = child.space(100_000);
    const vector = child.place(new Uint8Array(BigUint64Array.of(BigInt(data), 100_000n).buffer));
    expect(child.call('writev', writer, vector, 1)).toBe('blocked');
    child.task.mm.user.write64(vector + 8, 10n);
    caller.read(reader, 4096);
    expect(child.again()).toBe(65_536);
  });

  test('PIPE_BUF is atomic without blocking, more is not', () => {
    const { caller, reader, writer } = piped(O_NONBLOCK);
    expect(caller.read(reader)).toBe('EAGAIN');
    const data = caller.space(65_536);
    expect(caller.call('write', writer, data, 65_536 - 4000)).toBe(65_536 - 4000);
    expect(caller.call('write', writer, data, 4096)).toBe('EAGAIN');
    expect(caller.call('write', writer, data, 4000)).toBe(4000);
    expect(caller.call('write', writer, data, 1)).toBe('EAGAIN');
    caller.read(reader, 4096);
    expect(caller.call('write', writer, data, 10_000)).toBe(4096);
  });

  test('a write that cannot be merged takes a page of its own', () => {
    const { caller, writer } = piped(O_NONBLOCK);
    const data = caller.space(4096);
    for (let i = 0; i < 16; i++) expect(caller.call('write', writer, data, 4095)).toBe(4095);
    expect(caller.call('write', writer, data, 2)).toBe('EAGAIN');
    expect(caller.call('write', writer, data, 1)).toBe(1);
  });

  test('packet mode keeps writes apart', () => {
    const { caller, reader, writer } = piped(0o40000);
    caller.write(writer, 'first');
    caller.write(writer, 'second');
    expect(caller.read(reader, 3)).toBe('fir');
    expect(caller.read(reader)).toBe('second');
  });

  test('size, FIONREAD, errors', () => {
    const { caller, reader, writer } = piped();
    expect(caller.call('fcntl', reader, 1032)).toBe(65_536);
    expect(caller.call('fcntl', reader, 1031, 5000)).toBe(8192);
    const data = caller.space(8192);
    caller.call('write', writer, data, 8192);
    expect(caller.call('fcntl', reader, 1031, 4096)).toBe('EBUSY');
    const count = caller.space(4);
    expect(caller.call('ioctl', reader, 0x541b, count)).toBe(0);
    expect(new DataView(caller.bytes(count, 4).buffer).getUint32(0, true)).toBe(8192);
    expect(caller.call('lseek', reader, 0, 0)).toBe('ESPIPE');
    expect(caller.call('pread64', reader, data, 1, 0)).toBe('ESPIPE');
    expect(caller.call('read', reader, caller.edge(), 4)).toBe('EFAULT');
    expect(caller.write(reader, 'x')).toBe('EBADF');
    expect(caller.call('pipe2', caller.edge(4), 0)).toBe('EFAULT');
    expect(caller.call('pipe2', data, 1)).toBe('EINVAL');
    expect(caller.task.files.list()).toEqual([reader, writer]);
  });

  test('splice and tee move and copy', () => {
    const { caller, reader, writer } = piped();
    const [reader2, writer2] = caller.pair('pipe2', PAIR, O_NONBLOCK);
    caller.write(writer, 'payload');
    expect(caller.call('tee', reader, writer2, 100, 0)).toBe(7);
    expect(caller.read(reader2)).toBe('payload');
    expect(caller.call('splice', reader, 0, writer2, 0, 3, 0)).toBe(3);
    expect(caller.read(reader2)).toBe('pay');
    const file = caller.open('/tmp/out', 0o102);
    expect(caller.call('splice', reader, 0, file, 0, 100, 0)).toBe(4);
    caller.call('lseek', file, 1, 0);
    expect(caller.call('splice', file, 0, writer2, 0, 100, 0)).toBe(3);
    expect(caller.read(reader2)).toBe('oad');
    expect(caller.call('splice', reader, 0, writer2, 0, 1, 2)).toBe('EAGAIN');
    expect(caller.call('splice', file, 0, file, 0, 1, 0)).toBe('EINVAL');
    const offset = caller.place(new Uint8Array(8));
    expect(caller.call('sendfile', writer, file, offset, 100)).toBe(4);
    expect(caller.read(reader)).toBe('load');
    expect(caller.bytes(offset, 1)[0]).toBe(4);
  });
});

describe('FIFOs', () => {
  function fifo(): { one: Caller; two: Caller } {
    const one = new Bench().process();
    expect(one.call('mknodat', -100, '/tmp/p', 0o010644, 0)).toBe(0);
    return { one, two: one.fork() };
  }

  test('reader and writer wait for each other', () => {
    const { one, two } = fifo();
    expect(one.call('open', '/tmp/p', 0)).toBe('blocked');
    const writer = two.open('/tmp/p', 1);
    expect(one.again()).toBe(0);
    two.write(writer, 'x');
    expect(one.read(0)).toBe('x');
    two.call('close', writer);
    expect(one.read(0)).toBe('');
  });

  test('a writer that waits counts as a writer before it goes on', () => {
    const { one, two } = fifo();
    expect(one.call('open', '/tmp/p', 1)).toBe('blocked');
    const reader = two.open('/tmp/p', 0);
    const buffer = two.space(8);
    expect(two.call('read', reader, buffer, 8)).toBe('blocked');
    expect(one.again()).toBe(0);
    expect(one.write(0, 'late')).toBe(4);
    expect(two.again()).toBe(4);
  });

  test('without waiting: a writer needs a reader', () => {
    const { one } = fifo();
    expect(one.call('open', '/tmp/p', 1 | O_NONBLOCK)).toBe('ENXIO');
    const reader = one.open('/tmp/p', O_NONBLOCK);
    expect(one.read(reader)).toBe('');
    const writer = one.open('/tmp/p', 1 | O_NONBLOCK);
    expect(one.read(reader)).toBe('EAGAIN');
    one.write(writer, 'kept');
    expect(one.read(reader)).toBe('kept');
    expect(one.open('/tmp/p', 2)).toBe(2);
  });
});
