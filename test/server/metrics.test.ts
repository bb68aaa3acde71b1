import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/server/config.ts';
import { CallMetrics } from '../../src/server/metrics-calls.ts';
import { failure, newMachine, PROJECT, runToEnd, startTestDaemon } from './harness.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon | undefined;
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

const LINE = /^[a-zA-Z_:][\w:]*(\{[a-zA-Z_]\w*="[^"\\\n]*"(,[a-zA-Z_]\w*="[^"\\\n]*")*\})? (\+Inf|-Inf|Na[Nn]|-?[\d.e+-]+)$/;

/** Samples by name and labels, every line of them checked. */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  const typed = new Set<string>();
  for (const line of text.split('\n')) {
    if (line.startsWith('# TYPE ')) {
      const name = line.split(' ')[2]!;
      expect(typed.has(name), name).toBe(false);
      typed.add(name);
    }
    if (line === '' || line.startsWith('#')) continue;
    expect(line).toMatch(LINE);
    const at = line.lastIndexOf(' ');
    expect(found.has(line.slice(0, at)), line).toBe(false);
    found.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return found;
}

const scrape = async (address: string): Promise<Map<string, number>> => samples(await (await fetch(`http://${address}/metrics`)).text());

describe('GET /metrics', () => {
  it('counts calls, machines, events, subscribers and workers, and stops with the daemon', async () => {
    daemon = await startTestDaemon(['--metrics-listen', '127.0.0.1:0', '--event-log-bytes', '65536']);
    const { client } = daemon;
    const address = daemon.daemon.metricsAddress!;
    expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);

    const before = await scrape(address);
    const calls = (method: string, code: string) =>
      `uintrd_calls_total{service="uintr.v1.${method.replace('/', '",method="')}",code="${code}"}`;
    expect(before.get(calls('MachineService/CreateMachine', 'OK'))).toBe(0);
    expect(before.get('uintrd_events_appended_total')).toBe(0);
    expect(before.get('uintrd_machines{state="running"}')).toBe(0);

    const machine = await newMachine(client);
    await newMachine(client, { start: false });
    for (let n = 0; n < 3; n++) await failure(client.machines.GetMachine({ name: `${PROJECT}/machines/none` }));
    const stream = client.events.StreamEvents({ parent: machine, max_batch_events: 1 })[Symbol.asyncIterator]();
    await stream.next();
    for (let n = 0; n < 20; n++) await runToEnd(client, machine, '/bin/events', '2000');
    const { next_sequence: next } = await client.events.ListEvents({ parent: machine, page_size: 1 });
    for (let dropped = 0n; dropped === 0n; ) dropped = ((await stream.next()) as { value: { dropped: bigint } }).value.dropped;

    const during = await scrape(address);
    expect(during.get('uintrd_live_calls')).toBe(1);
    expect(during.get('uintrd_leases{state="active"}')).toBe(0);
    expect(during.get('uintrd_failed_attempts_total')).toBe(0);
    expect(during.get('uintrd_retention_removed_total{what="snapshots"}')).toBe(0);
    expect(during.get('uintrd_retention_removed_bytes_total{what="events"}')).toBe(0);
    expect(during.get(calls('MachineService/CreateMachine', 'OK'))).toBe(2);
    expect(during.get(calls('MachineService/GetMachine', 'NOT_FOUND'))).toBe(3);
    expect(during.get(calls('GuestService/SpawnProcess', 'OK'))).toBe(20);
    const get = 'service="uintr.v1.MachineService",method="GetMachine"';
    expect(during.get(`uintrd_call_seconds_count{${get}}`)).toBe(3);
    expect(during.get(`uintrd_call_seconds_bucket{${get},le="+Inf"}`)).toBe(3);
    expect(during.get(`uintrd_call_seconds_sum{${get}}`)).toBeGreaterThan(0);
    expect(during.get('uintrd_machines{state="created"}')).toBe(1);
    expect(during.get('uintrd_machines{state="running"}')).toBe(1);
    expect(during.get('uintrd_events_appended_total')).toBeGreaterThanOrEqual(Number(next) - 1);
    expect(during.get('uintrd_event_log_bytes')).toBeGreaterThan(0);
    expect(during.get('uintrd_event_subscribers')).toBe(1);
    expect(during.get('uintrd_events_dropped_total')).toBeGreaterThan(0);
    expect(during.get('uintrd_worker_silence_seconds{worker="0"}')).toBeGreaterThanOrEqual(0);
    expect(during.get('process_resident_memory_bytes')).toBeGreaterThan(0);
    await stream.return!();

    await client.machines.DeleteMachine({ name: machine });
    expect((await scrape(address)).get('uintrd_events_appended_total')).toBeGreaterThanOrEqual(during.get('uintrd_events_appended_total')!);
    await daemon.stop();
    daemon = undefined;
    await expect(fetch(`http://${address}/metrics`)).rejects.toThrow();
  });

  it('is all there is there', async () => {
    daemon = await startTestDaemon(['--metrics-listen', 'localhost:0']);
    const address = daemon.daemon.metricsAddress!;
    const answer = await fetch(`http://${address}/metrics?x=1`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    await answer.text();
    for (const [path, method] of [
      ['/', 'GET'],
      ['/metrics/', 'GET'],
      ['/metrics', 'POST'],
      ['/metrics', 'DELETE'],
    ] as const)
      expect((await fetch(`http://${address}${path}`, { method })).status, `${method} ${path}`).toBe(404);
  });

  it('is off unless asked for, and refused on a port that is taken', async () => {
    const first = await startTestDaemon();
    expect(first.daemon.metricsAddress).toBeUndefined();
    await first.stop();
    daemon = await startTestDaemon(['--metrics-listen', '127.0.0.1:0']);
    await expect(startTestDaemon(['--metrics-listen', daemon.daemon.metricsAddress!])).rejects.toThrow(/--metrics-listen.*EADDRINUSE/);
  });
});

describe('metrics-listen', () => {
  it.each([
    ['0.0.0.0:9420', /--metrics-listen 0\.0\.0\.0:9420: refused.*loopback/],
    ['[::]:9420', /refused/],
    ['example.org:9420', /refused/],
    ['unix:/run/metrics', /must be HOST:PORT/],
    ['127.0.0.1', /must be HOST:PORT/],
    ['127.0.0.1:70000', /must be HOST:PORT/],
  ])('%s is refused', (address, message) => {
    expect(() => readConfig(['--metrics-listen', address], {})).toThrow(message);
  });

  it.each(['127.0.0.1:9420', '[::1]:9420', 'localhost:0'])('%s is fine', (address) => {
    expect(readConfig([], { UINTRD_METRICS_LISTEN: address })).toMatchObject({ metricsListen: address });
  });

  it('is off by default', () => {
    expect(readConfig([], {})).toMatchObject({ metricsListen: '' });
  });
});

describe('a histogram of calls', () => {
  it('puts a time into the first bucket whose bound it does not exceed', () => {
    const metrics = new CallMetrics();
    const observe = metrics.observer('S', 'M');
    for (const milliseconds of [0, 0.1, 0.11, 9999, 10_000, 10_001]) observe(0, milliseconds);
    observe(14, 1);
    const found = samples(metrics.histogram('h', 'help'));
    const bucket = (le: string) => found.get(`h_bucket{service="S",method="M",le="${le}"}`);
    expect([bucket('0.0001'), bucket('0.00025'), bucket('0.001'), bucket('5'), bucket('10'), bucket('+Inf')]).toEqual([2, 3, 4, 4, 6, 7]);
    expect(found.get('h_count{service="S",method="M"}')).toBe(7);
    expect(found.get('h_sum{service="S",method="M"}')).toBeCloseTo(30.00121);
    expect(metrics.counts()).toEqual([
      { service: 'S', method: 'M', code: 'OK', count: 6 },
      { service: 'S', method: 'M', code: 'UNAVAILABLE', count: 1 },
    ]);
  });
});
