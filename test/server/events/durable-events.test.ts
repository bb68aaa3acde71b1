// Events that have left a machine's ring, by the API: from the start and from old tokens, without a gap or a repeat, also after kill -9, an
// orderly end, a save in between, and in a backup.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backUp } from '../../../src/server/upkeep/backup.ts';
import { checkDirectory } from '../../../src/server/upkeep/check.ts';
import { restore } from '../../../src/server/upkeep/restore.ts';
import { KilledDaemon } from '../durable/killed-daemon.ts';
import { failure, newMachine } from '../harness.ts';
import { guestImage } from '../remote-harness.ts';

const FLAGS = ['--event-log-bytes', '65536'];
const SPEC = { ram_bytes: 32n << 20n };
let daemon: KilledDaemon;
beforeEach(async () => {
  daemon = new KilledDaemon();
  await daemon.start(...FLAGS);
});
afterEach(() => daemon.remove());

/** More than the ring holds. */
async function work(machine: string, times = 12): Promise<void> {
  for (let n = 0; n < times; n++)
    await daemon.client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
  await daemon.client.machines.RunMachine({ name: machine });
}

/** All of them from a place on, by a stream; `count` of them. */
async function streamed(parent: string, from: object, count: number): Promise<{ readonly events: unknown[]; readonly token: string }> {
  const stop = new AbortController();
  const events: unknown[] = [];
  let token = '';
  for await (const part of daemon.client.events.StreamEvents({ parent, ...from, max_batch_events: 500 }, { signal: stop.signal })) {
    events.push(...part.events);
    token = part.resume_token;
    expect(part.dropped).toBe(0n);
    if (events.length >= count) break;
  }
  stop.abort();
  return { events, token };
}

async function listed(parent: string): Promise<{ readonly sequence: bigint }[]> {
  const events = [];
  for (let page_token = ''; ; ) {
    const page = await daemon.client.events.ListEvents({ parent, page_size: 1000, page_token });
    events.push(...page.events);
    if ((page_token = page.next_page_token) === '') return events;
  }
}

test('they are read from the start and from an old token, live and after both kinds of end, and are in a backup', async () => {
  const machine = await newMachine(daemon.client, { start: false, id: 'one', spec: SPEC });
  await work(machine, 1);
  const { token, events: head } = await streamed(machine, { position: 'START_POSITION_OLDEST' }, 20);
  await work(machine);
  const before = await listed(machine);
  const [first, last] = [before[0]!, before.at(-1)!];
  expect([first.sequence, last.sequence]).toEqual([1n, BigInt(before.length)]);
  const rest = before.slice(head.length);
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
    await daemon.end(signal);
    await daemon.start(...FLAGS);
    expect(await listed(machine)).toEqual(before);
    expect((await streamed(machine, { resume_token: token }, rest.length)).events).toEqual(rest);
  }
  // Those on the disk, and then what comes while it reads.
  const all = streamed(machine, { position: 'START_POSITION_OLDEST' }, before.length + 50);
  await work(machine, 2);
  const { events } = await all;
  expect(events).toEqual((await listed(machine)).slice(0, events.length));
  expect(await failure(streamed(machine, { sequence: 10n ** 9n }, 1))).toMatchObject({ status: 'OUT_OF_RANGE', reason: 'HISTORY_GONE' });

  const made = await backUp(daemon.data, join(daemon.base, 'b.tar'));
  expect(Object.keys(made.list.files).filter((name) => name.endsWith('.events')).length).toBeGreaterThan(0);
  expect(restore(made.path, join(daemon.base, 'restored'))).toMatchObject({ isSound: true, findings: [], machines: [{ oldestEvent: 1 }] });

  await daemon.client.machines.ResetMachine({ name: machine });
  await work(machine, 1);
  const anew = await listed(machine);
  await daemon.end('SIGKILL');
  expect(checkDirectory(daemon.data)).toMatchObject({ isSound: true });
  await daemon.start(...FLAGS);
  expect(await listed(machine)).toEqual(anew);
  await daemon.client.machines.DeleteMachine({ name: machine });
  expect(readdirSync(join(daemon.data, 'events'))).toEqual([]);
}, 120_000);

test('a damaged segment is told by check and to the reader, and the machine comes back', async () => {
  const machine = await newMachine(daemon.client, { start: false, id: 'one', spec: SPEC });
  await work(machine);
  await daemon.end('SIGTERM');
  const folder = join(daemon.data, 'events');
  const path = join(folder, (readdirSync(folder, { recursive: true }) as string[]).sort().find((name) => name.endsWith('.events'))!);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  const checked = checkDirectory(daemon.data);
  expect(checked).toMatchObject({ isSound: false, findings: [{ problem: 'is damaged: the sum of its events is wrong', owner: machine }] });
  await daemon.start(...FLAGS);
  const error = await failure(daemon.client.events.ListEvents({ parent: machine }));
  expect(error).toMatchObject({ status: 'DATA_LOSS', reason: 'CHECKSUM_MISMATCH' });
  const sequence = BigInt(error.metadata['oldest_sequence']!);
  await daemon.client.events.ListEvents({ parent: machine, start_sequence: sequence });
}, 60_000);
