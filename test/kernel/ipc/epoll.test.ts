// The bounds of epoll: watches of a user, ways a wake-up may spread, events that cannot be stored.

import { describe, expect, test } from 'vitest';
import { Bench, type Caller } from '../file-bench.ts';

const [ADD, DEL] = [1, 2];
const IN = 1;

function watch(caller: Caller, epfd: number | string, fd: number | string, events = IN, data = 0n): number | string {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, events, true);
  view.setBigUint64(4, data, true);
  return caller.call('epoll_ctl', epfd, ADD, fd, bytes);
}

describe('bounds', () => {
  test('a user may watch so many files', () => {
    const bench = new Bench();
    const [caller, other] = [bench.process(1000), bench.process(1001)];
    bench.kernel.ipc.watches.limit = 3;
    const epolls = [caller.call('epoll_create1', 0), caller.call('epoll_create1', 0)];
    const events = Array.from({ length: 3 }, () => caller.call('eventfd2', 1, 0));
    expect(events.map((fd) => watch(caller, epolls[0]!, fd))).toEqual([0, 0, 0]);
    expect(watch(caller, epolls[1]!, events[0]!)).toBe('ENOSPC');
    expect(watch(other, other.call('epoll_create1', 0), other.call('eventfd2', 0, 0))).toBe(0);
    caller.call('epoll_ctl', epolls[0]!, DEL, events[0]!, 0);
    expect(watch(caller, epolls[1]!, events[0]!)).toBe(0);
    caller.call('close', events[1]!);
    expect(watch(caller, epolls[1]!, events[2]!)).toBe(0);
    caller.call('close', epolls[0]!);
    caller.call('close', epolls[1]!);
    expect(watch(caller, caller.call('epoll_create1', 0), events[0]!)).toBe(0);
  });

  test('five hundred epolls may pass a wake-up on to another, not more', () => {
    const caller = new Bench().process();
    const outer = caller.call('epoll_create1', 0);
    const event = caller.call('eventfd2', 0, 0);
    const results = Array.from({ length: 501 }, () => {
      const inner = caller.call('epoll_create1', 0);
      return [watch(caller, outer, inner), watch(caller, inner, event)];
    });
    expect(results.at(499)).toEqual([0, 0]);
    expect(results.at(500)).toEqual([0, 'EINVAL']);
  });

  test('what cannot be stored stays first in line', () => {
    const caller = new Bench().process();
    const epfd = caller.call('epoll_create1', 0);
    for (let i = 0n; i < 3n; i++) watch(caller, epfd, caller.call('eventfd2', 1, 0), IN, i);
    const data = (address: number, i: number): bigint => new DataView(caller.bytes(address, 36).buffer).getBigUint64(i * 12 + 4, true);
    expect(caller.call('epoll_wait', epfd, caller.edge(0), 3, 0)).toBe('EFAULT');
    expect(caller.call('epoll_wait', epfd, caller.edge(20), 3, 0)).toBe(1);
    const at = caller.space(36);
    expect(caller.call('epoll_wait', epfd, at, 3, 0)).toBe(3);
    expect([0, 1, 2].map((i) => data(at, i))).toEqual([1n, 2n, 0n]);
  });
});
