import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../clients/ts/client.ts';
import { durationOf } from '../../clients/ts/duration.ts';
import { followEvents } from '../../clients/ts/follow-events.ts';
import { failure, newMachine, runToEnd, startTestDaemon } from '../server/harness.ts';
import { startProxy } from './proxy.ts';
import type { ApiError } from '../../clients/ts/api-error.ts';
import type { EventFollower } from '../../clients/ts/follow-events.ts';
import type { TestDaemon } from '../server/harness.ts';

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await startTestDaemon(['--event-log-bytes', String(256 << 10)]);
});
afterAll(() => daemon.stop());

const emit = (machine: string, count: number) => runToEnd(daemon.client, machine, '/bin/events', String(count));

/** Sequences until `enough` events, or the end. */
async function sequences(events: EventFollower, enough = Number.POSITIVE_INFINITY): Promise<number[]> {
  const seen: number[] = [];
  for await (const event of events) {
    seen.push(Number(event.sequence));
    if (seen.length >= enough) break;
  }
  return seen;
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

describe('followEvents', () => {
  it('brings each event once and in order, whenever the connection is cut', async () => {
    const machine = await newMachine(daemon.client);
    await emit(machine, 500);
    const proxy = await startProxy(daemon.endpoint);
    const client = connect(proxy.endpoint);
    let cuts = 0;
    const events = followEvents(client, { parent: machine, max_batch_events: 50 }, { firstDelay: 1, onReconnect: () => cuts++ });
    const seen: number[] = [];
    for await (const event of events) {
      seen.push(Number(event.sequence));
      if (seen.length === 2000) break;
      if (event.sequence % 500n !== 0n) continue;
      proxy.cut();
      await emit(machine, 500);
    }
    expect(seen).toEqual(upTo(2000));
    expect(cuts).toBe(3);
    expect(proxy.connections).toBe(4);
    expect(events.dropped).toBe(0n);
    client.close();
    await proxy.stop();
    await daemon.client.machines.DeleteMachine({ name: machine });
  });

  it('gives the position of what it has brought, for another to go on', async () => {
    const machine = await newMachine(daemon.client);
    await emit(machine, 100);
    const first = followEvents(daemon.client, { parent: machine, max_batch_events: 10 });
    expect(await sequences(first, 10)).toEqual(upTo(10));
    expect(first.nextSequence).toBe(11n);
    const second = followEvents(daemon.client, { parent: machine, resume_token: first.resumeToken });
    expect((await sequences(second, 3))[0]).toBe(11);
    await daemon.client.machines.DeleteMachine({ name: machine });
  });

  it('ends with the machine, and when it is told to', async () => {
    const machine = await newMachine(daemon.client);
    await emit(machine, 10);
    const controller = new AbortController();
    const told = sequences(followEvents(daemon.client, { parent: machine, heartbeat_interval: { nanos: 100_000_000 } }, controller));
    controller.abort();
    expect((await told).length).toBeLessThan(100);
    const events = followEvents(daemon.client, { parent: machine });
    const seen: number[] = [];
    for await (const event of events) {
      seen.push(Number(event.sequence));
      if (seen.length === 10) await daemon.client.machines.DeleteMachine({ name: machine });
    }
    expect(seen).toEqual(upTo(seen.length));
    expect(seen.length).toBeGreaterThanOrEqual(10);
  });

  it('says how many events a slow reader missed, and where it goes on', async () => {
    const machine = await newMachine(daemon.client);
    await emit(machine, 10);
    const gaps: [bigint, bigint][] = [];
    const events = followEvents(
      daemon.client,
      { parent: machine, max_batch_events: 1 },
      { onDropped: (count, before) => void gaps.push([count, before]) },
    );
    let last = 0n;
    for await (const event of events) {
      if (last === 0n) for (let n = 0; n < 40; n++) await emit(machine, 2000);
      if (event.sequence !== last + 1n) {
        expect(gaps).toEqual([[event.sequence - last - 1n, event.sequence]]);
        break;
      }
      last = event.sequence;
    }
    expect(events.dropped).toBe(gaps[0]![0]);
    await daemon.client.machines.DeleteMachine({ name: machine });
  });

  it.each([
    [
      'a place that is no longer kept',
      'HISTORY_GONE',
      async (machine: string) => {
        for (let n = 0; n < 20; n++) await emit(machine, 1000);
        return { parent: machine, sequence: 1 };
      },
    ],
    ['a machine that is not there', 'MACHINE_NOT_FOUND', () => Promise.resolve({ parent: 'projects/default/machines/none' })],
    ['another thing’s token', 'TOKEN_INVALID', (machine: string) => Promise.resolve({ parent: machine, resume_token: 'AAAA' })],
  ] as const)('does not go on after %s', async (_, reason, prepare) => {
    const machine = await newMachine(daemon.client);
    const request = await prepare(machine);
    expect(await failure(sequences(followEvents(daemon.client, request)))).toMatchObject({ reason });
    await daemon.client.machines.DeleteMachine({ name: machine });
  });

  it('passes a reset of the machine on', async () => {
    const machine = await newMachine(daemon.client);
    await emit(machine, 10);
    const events = followEvents(daemon.client, { parent: machine });
    const reader = events[Symbol.asyncIterator]();
    await reader.next();
    await daemon.client.machines.ResetMachine({ name: machine });
    const rest = async (): Promise<void> => {
      while (!(await reader.next()).done) continue;
    };
    expect(await failure(rest())).toMatchObject({ reason: 'MACHINE_RESET' });
    await daemon.client.machines.DeleteMachine({ name: machine });
  });

  it('goes on after a daemon that stops, and gives up where none answers', async () => {
    const other = await startTestDaemon();
    const machine = await newMachine(other.client);
    const errors: ApiError[] = [];
    const events = followEvents(
      other.client,
      { parent: machine },
      { firstDelay: 1, giveUpAfter: 200, onReconnect: (error) => errors.push(error) },
    );
    const reader = events[Symbol.asyncIterator]();
    await reader.next();
    const stopped = other.daemon.stop();
    const rest = async (): Promise<void> => {
      while (!(await reader.next()).done) continue;
    };
    expect(await failure(rest())).toMatchObject({ status: 'UNAVAILABLE', reason: '' });
    expect(errors[0]).toMatchObject({ reason: 'DRAINING', metadata: { resume_token: events.resumeToken } });
    await stopped;
    await other.stop();
  });
});

describe('durationOf', () => {
  it.each([
    [0, { seconds: 0n, nanos: 0 }],
    [999_999_999, { seconds: 0n, nanos: 999_999_999 }],
    [1_500_000_000, { seconds: 1n, nanos: 500_000_000 }],
    [(1n << 63n) - 1n, { seconds: 9_223_372_036n, nanos: 854_775_807 }],
  ])('%s ns', (nanoseconds, duration) => expect(durationOf(nanoseconds)).toEqual(duration));
});
