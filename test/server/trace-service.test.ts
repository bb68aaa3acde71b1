import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guest } from '../machine/run-guest.ts';
import { failure, newMachine, runToEnd, startTestDaemon } from './harness.ts';
import { validateTrace } from './trace-validator.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { TestDaemon } from './harness.ts';

const MANY = 60_000;
let daemon: TestDaemon;
let real: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  [daemon, real] = await Promise.all([startTestDaemon(), startTestDaemon([], new URL('../../src/machine/worker.ts', import.meta.url))]);
  ({ client } = daemon);
});
afterAll(() => Promise.all([daemon.stop(), real.stop()]));

async function exported(from: UintrClient, request: object): Promise<{ text: string; sizes: number[] }> {
  const pieces: Uint8Array[] = [];
  for await (const { data } of from.events.ExportTrace(request)) pieces.push(data);
  return { text: Buffer.concat(pieces).toString(), sizes: pieces.map((piece) => piece.length) };
}

const linesOf = (text: string): { sequence: string; [kind: string]: unknown }[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { sequence: string });

describe('ExportTrace', () => {
  it('gives every event once, in pieces of at most 64 KiB', async () => {
    const parent = await newMachine(client);
    await runToEnd(client, parent, '/bin/events', '5000');
    const { next_sequence } = await client.events.ListEvents({ parent, page_size: 4096, start_sequence: 4000 });
    const { text, sizes } = await exported(client, { parent });
    const lines = linesOf(text);
    expect(lines.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: lines.length }, (_, n) => n + 1));
    expect(lines.length).toBeGreaterThanOrEqual(Number(next_sequence) - 1);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBe(64 << 10);
    expect((await exported(client, { parent, format: 'TRACE_FORMAT_JSON_LINES' })).text).toBe(text);
    await client.machines.DeleteMachine({ name: parent });
  });

  it('takes a range and a filter', async () => {
    const parent = await newMachine(client);
    await runToEnd(client, parent, '/bin/events', '100');
    const numbers = async (request: object) =>
      linesOf((await exported(client, { parent, ...request })).text).map(({ sequence }) => Number(sequence));
    expect(await numbers({ start_sequence: 10, end_sequence: 14 })).toEqual([10, 11, 12, 13]);
    expect(await numbers({ start_sequence: 10, end_sequence: 10 })).toEqual([]);
    expect((await numbers({ start_sequence: 95 }))[0]).toBe(95);
    const filtered = linesOf((await exported(client, { parent, filter: { kinds: ['EVENT_KIND_SENDUIPI'] }, end_sequence: 60 })).text);
    expect(filtered.length).toBeGreaterThan(20);
    expect(filtered.every((line) => 'senduipi' in line && Number(line.sequence) < 60)).toBe(true);
    const chrome = await exported(client, { parent, format: 'TRACE_FORMAT_CHROME', filter: { kinds: ['EVENT_KIND_UIRET'] } });
    expect(validateTrace(chrome.text).problems).toEqual([]);
    await client.machines.DeleteMachine({ name: parent });
  });

  it('refuses what is not there', async () => {
    const parent = await newMachine(client);
    expect(await failure(exported(client, { parent: `${parent}x` }))).toMatchObject({ status: 'NOT_FOUND', reason: 'MACHINE_NOT_FOUND' });
    expect(await failure(exported(client, { parent: 'm' }))).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await failure(exported(client, { parent, start_sequence: 1000 }))).toMatchObject({
      status: 'OUT_OF_RANGE',
      reason: 'HISTORY_GONE',
    });
    expect(await failure(exported(client, { parent, start_sequence: 2, end_sequence: 1 }))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      fieldViolations: [{ field: 'end_sequence' }],
    });
    await client.machines.DeleteMachine({ name: parent });
  });

  it('of a log whose oldest events are gone begins with what is kept, and is whole', async () => {
    const small = await startTestDaemon(['--event-log-bytes', String(256 << 10)]);
    const parent = await newMachine(small.client);
    for (let n = 0; n < 20; n++) await runToEnd(small.client, parent, '/bin/events', '1000');
    const { oldest_sequence } = await small.client.events.ListEvents({ parent });
    expect(oldest_sequence).toBeGreaterThan(1n);
    expect(linesOf((await exported(small.client, { parent })).text)[0]!.sequence).toBe(String(oldest_sequence));
    expect(validateTrace((await exported(small.client, { parent, format: 'TRACE_FORMAT_CHROME' })).text).problems).toEqual([]);
    expect(await failure(exported(small.client, { parent, start_sequence: 1 }))).toMatchObject({ status: 'OUT_OF_RANGE' });
    await small.stop();
  });

  it('lets other calls through while a long log goes out, and ends when its reader leaves', async () => {
    const parent = await newMachine(client);
    await runToEnd(client, parent, '/bin/events', String(MANY));
    let done = false;
    const whole = exported(client, { parent, format: 'TRACE_FORMAT_CHROME' }).finally(() => (done = true));
    let answered = 0;
    while (!done) {
      await client.machines.GetMachine({ name: parent });
      if (!done) answered++;
    }
    expect(answered).toBeGreaterThan(10);
    expect(validateTrace((await whole).text).problems).toEqual([]);
    for await (const { data } of client.events.ExportTrace({ parent })) {
      expect(data.length).toBe(64 << 10);
      break;
    }
    await client.machines.DeleteMachine({ name: parent });
  });

  it('of a machine that crashed', async () => {
    const parent = await newMachine(client);
    await client.guest.SpawnProcess({ parent, path: '/bin/crash', arguments: ['crash'] });
    for (;;) if ((await client.machines.GetMachine({ name: parent })).machine!.state === 'MACHINE_STATE_CRASHED') break;
    const { text } = await exported(client, { parent, format: 'TRACE_FORMAT_CHROME' });
    expect(validateTrace(text).problems).toEqual([]);
    expect(text).toContain('crashed');
    await client.machines.DeleteMachine({ name: parent });
  });

  it('of a real program: its threads, its arrows', async () => {
    const parent = await newMachine(real.client);
    const { process } = await real.client.guest.SpawnProcess({
      parent,
      image: guest('uipi_spin.poc'),
      path: '/bin/spin',
      arguments: ['spin'],
    });
    await real.client.guest.WaitProcess({ name: process!.name });
    const trace = validateTrace((await exported(real.client, { parent, format: 'TRACE_FORMAT_CHROME' })).text);
    expect(trace.problems).toEqual([]);
    expect(trace.flows.map(({ phases }) => phases.join(''))).toEqual(['stttttf']);
    expect([...trace.rows.values()]).toEqual(expect.arrayContaining(['vCPU 0', 'vCPU 1', 'spin']));
    await real.client.machines.DeleteMachine({ name: parent });
  });
});
