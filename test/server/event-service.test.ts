import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, newMachine, runToEnd, startTestDaemon } from './harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { Event, EventKind, StreamEventsResponse } from '../../src/gen/api.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startTestDaemon(['--event-log-bytes', String(256 << 10)]);
  ({ client } = daemon);
});
afterAll(() => daemon.stop());

const emit = (machine: string, count: number) => runToEnd(client, machine, '/bin/events', String(count));
const sequences = (events: readonly Event[]): number[] => events.map((event) => Number(event.sequence));

/** Responses until `enough`. */
async function collect(request: object, enough: (responses: StreamEventsResponse[]) => boolean): Promise<StreamEventsResponse[]> {
  const responses: StreamEventsResponse[] = [];
  for await (const response of client.events.StreamEvents(request)) {
    responses.push(response);
    if (enough(responses)) break;
  }
  return responses;
}
const all = (responses: readonly StreamEventsResponse[]): Event[] => responses.flatMap((response) => response.events);
const upTo = (sequence: number) => (responses: StreamEventsResponse[]) => Number(responses.at(-1)!.next_sequence) > sequence;

describe('StreamEvents', () => {
  it('gives every event once, in order, to every reader, in batches of its size', async () => {
    const machine = await newMachine(client);
    const readers = [1, 7, 256, 4096].map((max_batch_events) => collect({ parent: machine, max_batch_events }, upTo(500)));
    await emit(machine, 500);
    for (const [at, responses] of (await Promise.all(readers)).entries()) {
      expect(sequences(all(responses)).slice(0, 500)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
      for (const response of responses) {
        expect(response.events.length).toBeLessThanOrEqual([1, 7, 256, 4096][at]!);
        expect(Number(response.next_sequence)).toBe(Number(response.events.at(-1)!.sequence) + 1);
      }
    }
    await client.machines.DeleteMachine({ name: machine });
  });

  it('goes on behind a token, at a sequence, or from now', async () => {
    const machine = await newMachine(client);
    await emit(machine, 50);
    const [first] = await collect({ parent: machine, max_batch_events: 10 }, () => true);
    const rest = await collect({ parent: machine, resume_token: first!.resume_token }, upTo(50));
    expect(sequences(all(rest))[0]).toBe(11);
    expect(sequences(all(await collect({ parent: machine, sequence: 33, max_batch_events: 2 }, () => true)))).toEqual([33, 34]);
    const { next_sequence } = await client.events.ListEvents({ parent: machine, page_size: 4096 });
    const latest = collect({ parent: machine, position: 'START_POSITION_LATEST' }, (responses) => all(responses).length > 0);
    // The stream may start after these; then it shows the later ones.
    for (let n = 0; n < 20; n++) await emit(machine, 1);
    expect(sequences(all(await latest))[0]).toBeGreaterThanOrEqual(Number(next_sequence));
    await client.machines.DeleteMachine({ name: machine });
  });

  it('filters by kind, and its cursor passes what it leaves out', async () => {
    const machine = await newMachine(client);
    await emit(machine, 100);
    const kinds: EventKind[] = ['EVENT_KIND_SENDUIPI'];
    const responses = await collect({ parent: machine, filter: { kinds }, heartbeat_interval: { nanos: 100_000_000 } }, upTo(100));
    const events = all(responses);
    expect(events.length).toBe(50);
    expect(events.every((event) => event.senduipi !== undefined)).toBe(true);
    expect(events[3]!.senduipi!.vector).toBe(7);
    await client.machines.DeleteMachine({ name: machine });
  });

  it('sends a heartbeat that moves the cursor on', async () => {
    const machine = await newMachine(client, { spec: { event_kinds: ['woken'] } });
    const responses = await collect({ parent: machine, heartbeat_interval: { nanos: 100_000_000 } }, (seen) => seen.length === 2);
    expect(responses).toMatchObject([
      { events: [], next_sequence: 1n },
      { events: [], next_sequence: 1n },
    ]);
    await client.machines.DeleteMachine({ name: machine });
  });

  it('says what is gone: OUT_OF_RANGE at the start, dropped or OUT_OF_RANGE later', async () => {
    const machine = await newMachine(client);
    await emit(machine, 10);
    const [early] = await collect({ parent: machine, max_batch_events: 1 }, () => true);
    for (let n = 0; n < 20; n++) await emit(machine, 1000);
    const { oldest_sequence } = await client.events.ListEvents({ parent: machine });
    expect(oldest_sequence).toBeGreaterThan(1n);
    for (const start of [{ sequence: 1 }, { resume_token: early!.resume_token }])
      expect(await failure(collect({ parent: machine, ...start }, () => true))).toMatchObject({
        status: 'OUT_OF_RANGE',
        reason: 'HISTORY_GONE',
        metadata: { oldest_sequence: String(oldest_sequence) },
      });
    expect(await failure(client.events.ListEvents({ parent: machine, start_sequence: 1 }))).toMatchObject({ status: 'OUT_OF_RANGE' });
    expect(sequences(all(await collect({ parent: machine, max_batch_events: 1 }, () => true)))).toEqual([Number(oldest_sequence)]);
    await client.machines.DeleteMachine({ name: machine });
  });

  it.each(['OVERFLOW_POLICY_DROP', 'OVERFLOW_POLICY_FAIL'] as const)('a reader that falls behind, with %s', async (overflow_policy) => {
    const machine = await newMachine(client);
    const stream = client.events.StreamEvents({ parent: machine, max_batch_events: 1, overflow_policy })[Symbol.asyncIterator]();
    await stream.next();
    for (let n = 0; n < 30; n++) await emit(machine, 2000);
    const read = async () => {
      let [dropped, expected] = [0n, 2n];
      for (;;) {
        const { value } = (await stream.next()) as { value: StreamEventsResponse };
        dropped += value.dropped;
        expect(value.events[0]!.sequence).toBe(expected + value.dropped);
        expected = value.next_sequence;
        if (dropped > 0n) return;
      }
    };
    if (overflow_policy === 'OVERFLOW_POLICY_DROP') await read();
    else expect(await failure(read())).toMatchObject({ status: 'OUT_OF_RANGE', reason: 'HISTORY_GONE' });
    await stream.return!();
    await client.machines.DeleteMachine({ name: machine });
  });

  it('ends with the machine, and with its incarnation', async () => {
    const machine = await newMachine(client);
    await emit(machine, 5);
    const [response] = await collect({ parent: machine }, () => true);
    const reset = failure(collect({ parent: machine }, () => false));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await client.machines.ResetMachine({ name: machine });
    expect(await reset).toMatchObject({ status: 'ABORTED', reason: 'MACHINE_RESET' });
    expect(await failure(collect({ parent: machine, resume_token: response!.resume_token }, () => true))).toMatchObject({
      status: 'OUT_OF_RANGE',
    });
    const deleted = collect({ parent: machine }, () => false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await client.machines.DeleteMachine({ name: machine });
    await deleted;
  });

  it.each([
    [{ max_batch_events: 5000 }, 'max_batch_events'],
    [{ max_latency: { seconds: 11 } }, 'max_latency'],
    [{ heartbeat_interval: { nanos: 1 } }, 'heartbeat_interval'],
    [{ filter: { kinds: ['EVENT_KIND_UNSPECIFIED'] } }, 'filter.kinds[0]'],
    [{ sequence: 0 }, 'sequence'],
    [{ resume_token: 'junk' }, 'resume_token'],
  ])('refuses %o', async (request, field) => {
    const machine = await newMachine(client);
    expect(await failure(collect({ parent: machine, ...request }, () => true))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      fieldViolations: [{ field }],
    });
    await client.machines.DeleteMachine({ name: machine });
  });

  it('does not take the token of another machine', async () => {
    const [a, b] = [await newMachine(client), await newMachine(client)];
    const { resume_token } = await client.events.ListEvents({ parent: a });
    expect(await failure(collect({ parent: b, resume_token }, () => true))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      reason: 'TOKEN_INVALID',
    });
    for (const name of [a, b]) await client.machines.DeleteMachine({ name });
  });
});

describe('ListEvents', () => {
  it('pages to the end', async () => {
    const machine = await newMachine(client);
    await emit(machine, 30);
    const seen: number[] = [];
    let page_token = '';
    do {
      const page = await client.events.ListEvents({ parent: machine, page_size: 7, page_token });
      seen.push(...sequences(page.events));
      ({ next_page_token: page_token } = page);
    } while (page_token !== '');
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => n + 1));
    expect(seen.length).toBeGreaterThanOrEqual(30);
    expect(
      sequences(
        (await client.events.ListEvents({ parent: machine, start_sequence: 5, page_size: 2, filter: { kinds: ['EVENT_KIND_UIRET'] } }))
          .events,
      ),
    ).toHaveLength(2);
    await client.machines.DeleteMachine({ name: machine });
  });
});
