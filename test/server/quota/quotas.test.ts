import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventBudget } from '../../../src/server/quota/event-budget.ts';
import { EventLog } from '../../../src/server/events/event-log.ts';
import { RequestRate } from '../../../src/server/quota/request-rate.ts';
import { failure, runToEnd, startTestDaemon } from '../harness.ts';
import type { Quota } from '../../../src/gen/api.ts';
import type { TestDaemon } from '../harness.ts';

let daemon: TestDaemon;
beforeAll(async () => (daemon = await startTestDaemon()));
afterAll(() => daemon.stop());

let made = 0;
async function project(quota: Partial<Quota>): Promise<string> {
  const { project: its } = await daemon.client.projects.CreateProject({ project_id: `p${++made}`, project: { quota } });
  return its!.name;
}
const create = (parent: string, spec: object = {}) => daemon.client.machines.CreateMachine({ parent, machine: { spec } });
const exceeded = (quota: string, present: string, asked: string) => ({
  status: 'RESOURCE_EXHAUSTED',
  reason: 'QUOTA_EXCEEDED',
  metadata: expect.objectContaining({ quota, present, asked }) as object,
});

describe('a quota', () => {
  it('bounds machines, also those that are being made', async () => {
    const parent = await project({ machines: 2 });
    const outcomes = await Promise.allSettled([create(parent), create(parent), create(parent)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const error = await failure(create(parent));
    expect(error).toMatchObject(exceeded('machines', '2', '1'));
    expect(error.message).toContain('uintrctl project set');
    const { machines } = await daemon.client.machines.ListMachines({ parent });
    await daemon.client.machines.DeleteMachine({ name: machines[0]!.name });
    await create(parent);
    // Another project has its own.
    await create(await project({ machines: 1 }));
  });

  it.each([
    ['vcpus', { vcpus: 5 }, { vcpus: 4 }, { vcpus: 2 }, '4', '2'],
    ['ram_bytes', { ram_bytes: 400n << 20n }, { ram_bytes: 256n << 20n }, { ram_bytes: 256n << 20n }, '268435456', '268435456'],
  ])('bounds %s', async (field, quota, first, second, present, asked) => {
    const parent = await project(quota);
    await create(parent, first);
    expect(await failure(create(parent, second))).toMatchObject(exceeded(field, present, asked));
  });

  it('bounds artifacts, also those that are on their way', async () => {
    const parent = await project({ artifact_bytes: 100n });
    const upload = (bytes: Buffer) =>
      daemon.client.artifacts.UploadArtifact([
        { header: { parent, sha256: createHash('sha256').update(bytes).digest('hex') } },
        { chunk: bytes.subarray(0, 50) },
        { chunk: bytes.subarray(50) },
      ]);
    const { artifact } = await upload(Buffer.alloc(60, 1));
    expect(await failure(upload(Buffer.alloc(60, 2)))).toMatchObject(exceeded('artifact_bytes', '60', '50'));
    const used = async () => (await daemon.client.projects.GetProject({ name: parent })).project!.usage!.artifact_bytes;
    expect(await used()).toBe(60n);
    await daemon.client.artifacts.DeleteArtifact({ name: artifact!.name });
    expect(await used()).toBe(0n);
    await upload(Buffer.alloc(100, 3));
  });

  it('bounds calls that stream or wait, and only them', async () => {
    const parent = await project({ streams: 2 });
    const machine = (await create(parent)).machine!.name;
    const { process } = await daemon.client.guest.SpawnProcess({ parent: machine, path: '/bin/spin' });
    const stop = new AbortController();
    const heartbeat_interval = { seconds: 0n, nanos: 100_000_000 };
    const stream = daemon.client.events
      .StreamEvents({ parent: machine, heartbeat_interval }, { signal: stop.signal })
      [Symbol.asyncIterator]();
    await stream.next();
    const wait = daemon.client.guest.WaitProcess({ name: process!.name }, { signal: stop.signal }).catch(() => {});
    const streams = async () => (await daemon.client.projects.GetProject({ name: parent })).project!.usage!.streams;
    while ((await streams()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await failure(daemon.client.guest.WaitProcess({ name: process!.name }))).toMatchObject(exceeded('streams', '2', '1'));
    const third = daemon.client.events.StreamEvents({ parent: machine })[Symbol.asyncIterator]();
    expect(await failure(third.next())).toMatchObject(exceeded('streams', '2', '1'));
    await daemon.client.machines.CreateMachine({ parent, request_id: 'not-a-stream' });
    stop.abort();
    await wait;
    while ((await streams()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('bounds requests, and says when to try again', async () => {
    const parent = await project({ requests_per_second: 5 });
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => daemon.client.machines.ListMachines({ parent })));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as object);
    expect(refused.length).toBeGreaterThanOrEqual(15);
    expect(refused[0]).toMatchObject({ status: 'RESOURCE_EXHAUSTED', reason: 'RATE_LIMITED', metadata: { subject: parent, limit: '5' } });
    await daemon.client.machines.ListMachines({ parent: 'projects/default' });
  });

  it('that is lowered takes nothing away, but for old events', async () => {
    const parent = await project({});
    const machine = (await create(parent)).machine!.name;
    await daemon.client.machines.StartMachine({ name: machine });
    await runToEnd(daemon.client, machine, '/bin/events', '3000');
    expect((await daemon.client.events.ListEvents({ parent: machine })).oldest_sequence).toBe(1n);
    const quota = { machines: 0, event_bytes: 4096n };
    await daemon.client.projects.UpdateProject({ project: { name: parent, quota }, update_mask: { paths: ['quota'] } });
    await runToEnd(daemon.client, machine, '/bin/events', '100');
    expect((await daemon.client.events.ListEvents({ parent: machine })).oldest_sequence).toBeGreaterThan(1n);
    await daemon.client.machines.GetMachine({ name: machine });
  });
});

describe('the rate of requests', () => {
  it('allows a burst of two seconds and refills with time', () => {
    let now = 0;
    const rate = new RequestRate(() => now);
    const taken = (times: number) => Array.from({ length: times }, () => rate.take(10)).filter((delay) => delay === 0).length;
    expect(taken(30)).toBe(20);
    expect(rate.take(10)).toBeCloseTo(100);
    now += 100;
    expect(taken(2)).toBe(1);
    now += 60_000;
    expect(taken(30)).toBe(20);
    // A quota that was raised counts from then on.
    now += 1000;
    expect(Array.from({ length: 200 }, () => rate.take(100)).filter((delay) => delay === 0).length).toBe(100);
  });
});

describe('logs that share a budget', () => {
  const batch = (firstSequence: number, bytes: number) => ({
    firstSequence,
    bytes: new Uint8Array(bytes),
    offsets: Uint32Array.from([0, bytes]),
    kinds: new Uint8Array(1),
  });

  it('drop of their own what is too much, and give back what they hold when they are closed', () => {
    const budget = new EventBudget();
    budget.limit = 10_000;
    const [quiet, loud] = [new EventLog(1 << 20, 1, budget), new EventLog(1 << 20, 1, budget)];
    quiet.append(batch(1, 1000));
    for (let n = 1; n <= 50; n++) loud.append(batch(n, 1000));
    expect(quiet.oldest).toBe(1);
    expect(loud.oldest).toBeGreaterThan(40);
    expect(budget.held).toBe(quiet.bytes + loud.bytes);
    expect(budget.isExceeded).toBe(false);
    loud.close();
    loud.close();
    expect(budget.held).toBe(quiet.bytes);
  });
});
