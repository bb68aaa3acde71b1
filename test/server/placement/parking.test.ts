// Machines that nobody uses go to disk and come back, and who looks on does not notice.

import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKER_MODULE } from '../../../src/server/worker-port.ts';
import { failure, PROJECT, startTestDaemon, type TestDaemon } from '../harness.ts';
import { guestImage, newThread } from '../remote-harness.ts';

const directory = mkdtempSync(join(tmpdir(), 'uintrd-parking-'));
let daemon: TestDaemon;
const start = async (...flags: string[]) => startTestDaemon(['--data-dir', directory, '--balance-ms', '0', ...flags], WORKER_MODULE);
async function restart(...flags: string[]): Promise<void> {
  daemon.client.close();
  await daemon.daemon.stop();
  daemon = await start(...flags);
}
beforeAll(async () => (daemon = await start('--park-after-seconds', '0')));
afterAll(async () => {
  await daemon.stop();
  rmSync(directory, { recursive: true });
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const get = async (name: string) => (await daemon.client.machines.GetMachine({ name })).machine!;
const hash = async (name: string) => (await daemon.client.machines.GetMachineStats({ name, include_state_hash: true })).state_hash;
const park = (name: string) => daemon.client.machines.ParkMachine({ name });

async function lockstep(id = ''): Promise<string> {
  const spec = { vcpus: 1, ram_bytes: 16n << 20n, time_mode: 'TIME_MODE_LOCKSTEP' as const };
  return (await daemon.client.machines.CreateMachine({ parent: PROJECT, machine_id: id, machine: { spec } })).machine!.name;
}

/** Everything that a stream of events brings, until it is stopped. */
function stream(parent: string) {
  const seen: { sequence: bigint; parksIn?: number }[] = [];
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const ended = (async () => {
    for await (const { events } of daemon.client.events.StreamEvents({ parent, sequence: 1n }, options))
      for (const { sequence, machine_parking } of events)
        seen.push({ sequence, ...(machine_parking ? { parksIn: machine_parking.in_seconds } : {}) });
  })().catch((error: unknown) => error);
  return {
    seen,
    async until(done: () => boolean): Promise<void> {
      while (!done()) await pause(10);
    },
    async stop(): Promise<void> {
      stop.abort();
      await ended;
    },
  };
}

describe('a machine that is parked', () => {
  it('shows so, keeps its streams, and comes back with the next call as it was', async () => {
    const { machines, guest } = daemon.client;
    const name = await lockstep();
    const thread = await newThread(daemon.client, name);
    const call = () => daemon.client.guest.ExecuteSyscall({ thread, name: 'getpid' });
    const pid = (await call()).result;
    const before = await hash(name);
    const events = stream(name);
    const { machine: parked } = await park(name);
    expect(parked).toMatchObject({ state: 'MACHINE_STATE_PARKED', parked_state: 'MACHINE_STATE_RUNNING' });
    expect(parked!.worker).toBeUndefined();
    expect((await park(name)).machine!.state).toBe('MACHINE_STATE_PARKED');
    // What the daemon knows by itself wakes nobody.
    expect((await machines.ListMachines({ parent: PROJECT })).machines.find((its) => its.name === name)!.state).toBe(
      'MACHINE_STATE_PARKED',
    );
    await daemon.client.events.ListEvents({ parent: name });
    expect((await get(name)).state).toBe('MACHINE_STATE_PARKED');
    // Several at once wake it once.
    const answers = await Promise.all([call(), hash(name), guest.ListProcesses({ parent: name })]);
    expect(answers[0].result).toBe(pid);
    expect((await get(name)).state).not.toBe('MACHINE_STATE_PARKED');
    await park(name);
    expect(await hash(name)).not.toBe('');
    const total = (await machines.GetMachineStats({ name })).events;
    await events.until(() => BigInt(events.seen.length) >= total);
    expect(events.seen.map(({ sequence }) => sequence)).toEqual(Array.from(events.seen, (_unused, at) => BigInt(at + 1)));
    expect(events.seen.flatMap(({ parksIn }) => parksIn ?? [])).toEqual([0, 0]);
    await events.stop();
    // Parking alone changes nothing.
    const other = await lockstep();
    await newThread(daemon.client, other).then((its) => daemon.client.guest.ExecuteSyscall({ thread: its, name: 'getpid' }));
    expect(await hash(other)).toBe(before);
    await park(other);
    expect(await hash(other)).toBe(before);
  });

  it('is what one is that was never parked, a program that waits for input and its console included', async () => {
    const { machines, guest } = daemon.client;
    const run = async (parks: boolean): Promise<readonly [string, string]> => {
      const { machine } = await machines.CreateMachine({ parent: PROJECT, machine: { spec: { vcpus: 1, ram_bytes: 16n << 20n } } });
      const { name } = machine!;
      const { process } = await guest.SpawnProcess({
        parent: name,
        path: '/bin/quiescent',
        image: guestImage('quiescent.poc'),
        arguments: ['quiescent'],
      });
      await machines.StartMachine({ name });
      while ((await get(name)).state !== 'MACHINE_STATE_QUIESCENT') await pause(5);
      if (parks) {
        await park(name);
        expect(await get(name)).toMatchObject({ parked_state: 'MACHINE_STATE_QUIESCENT' });
      }
      await guest.SignalProcess({ name: process!.name, signal: 15 });
      await guest.WaitProcess({ name: process!.name });
      let output = '';
      const console = guest.AttachConsole();
      await console.write({ attach: { name: process!.name, no_follow: true } });
      for await (const { output: piece } of console) if (piece) output += `${piece.offset} ${Buffer.from(piece.data).toString()}`;
      return [await hash(name), output];
    };
    const [still, parked] = [await run(false), await run(true)];
    expect(still[1]).toContain('waiting');
    expect(parked).toEqual(still);
  });

  it('waits while calls are in flight, and while time passes in it', async () => {
    const { machines, guest } = daemon.client;
    const { machine } = await machines.CreateMachine({ parent: PROJECT, machine: { spec: { vcpus: 1, ram_bytes: 16n << 20n } } });
    const { name } = machine!;
    const { process } = await guest.SpawnProcess({ parent: name, path: '/bin/q', image: guestImage('quiescent.poc'), arguments: ['q'] });
    const stop = new AbortController();
    const wait = guest.WaitProcess({ name: process!.name }, { signal: stop.signal }).catch(() => {});
    await pause(20);
    expect(await failure(park(name))).toMatchObject({ status: 'ABORTED', reason: 'MACHINE_BUSY' });
    stop.abort();
    await wait;
    await pause(20);
    expect((await park(name)).machine!.state).toBe('MACHINE_STATE_PARKED');
    const spins = await guest.SpawnProcess({
      parent: name,
      path: '/bin/mul',
      image: guestImage('bench/mul'),
      arguments: ['mul', '1000000000'],
    });
    await machines.StartMachine({ name });
    expect(await failure(park(name))).toMatchObject({ reason: 'MACHINE_BUSY' });
    await machines.DeleteMachine({ name });
    expect(spins.process!.name).toContain(name);
  });

  it('counts against quotas, keeps its lease, can be reset, put back, moved and deleted', async () => {
    const { machines, projects } = daemon.client;
    const { project } = await projects.CreateProject({ project_id: 'few', project: { quota: { machines: 1 } } });
    const make = () => machines.CreateMachine({ parent: project!.name, machine: { spec: { ram_bytes: 16n << 20n } } });
    const { name } = (await make()).machine!;
    const { lease } = await daemon.client.leases.CreateLease({ parent: project!.name, machine: name });
    await park(name);
    expect(await failure(make())).toMatchObject({ reason: 'QUOTA_EXCEEDED' });
    expect((await daemon.client.leases.GetLease({ name: lease!.name })).lease!.state).toBe('STATE_ACTIVE');
    expect((await machines.ResetMachine({ name })).machine).toMatchObject({ state: 'MACHINE_STATE_CREATED', incarnation: 2 });
    await park(name);
    const { snapshot } = await daemon.client.snapshots.CreateSnapshot({ machine: name });
    await park(name);
    await daemon.client.snapshots.RestoreSnapshot({ name: snapshot!.name, machine: name });
    await park(name);
    const { machine } = await machines.MoveMachine({ name, worker: 1 });
    expect(machine!.worker).toBe(1);
    await park(name);
    await machines.DeleteMachine({ name });
    await make();
  });

  it('stays parked over a restart, knows what it last told, and comes back', async () => {
    const name = await lockstep('sleeper');
    await newThread(daemon.client, name);
    const before = await hash(name);
    const told = await daemon.client.events.ListEvents({ parent: name, page_size: 1000 });
    await park(name);
    await restart('--park-after-seconds', '0');
    expect(await get(name)).toMatchObject({ state: 'MACHINE_STATE_PARKED', parked_state: 'MACHINE_STATE_CREATED' });
    const after = await daemon.client.events.ListEvents({ parent: name, page_size: 1000 });
    expect(after.next_sequence).toBe(told.next_sequence + 1n);
    expect(await hash(name)).toBe(before);
    // What is awake is so after a restart.
    await restart('--park-after-seconds', '0');
    expect((await get(name)).state).not.toBe('MACHINE_STATE_PARKED');
    expect(await hash(name)).toBe(before);
  });

  it('is parked by itself when nobody uses it, says so before, and is left alone while somebody does', async () => {
    await restart('--park-after-seconds', '1');
    const [idle, used] = [await lockstep(), await lockstep()];
    await newThread(daemon.client, idle);
    const events = stream(idle);
    while ((await get(idle)).state !== 'MACHINE_STATE_PARKED') {
      await hash(used);
      await pause(20);
    }
    expect((await get(used)).state).toBe('MACHINE_STATE_CREATED');
    // A busy host may have had it parked before it was used first.
    const told = () => events.seen.flatMap(({ parksIn }) => parksIn ?? []).slice(-2);
    await events.until(() => String(told()) === '1,0');
    await events.stop();
    await hash(idle);
    expect((await get(idle)).state).toBe('MACHINE_STATE_CREATED');
  });

  it('is one that goes on where it cannot be written', async () => {
    await restart('--park-after-seconds', '0');
    const name = await lockstep('unwritten');
    const thread = await newThread(daemon.client, name);
    await park(name);
    const before = await hash(name);
    const blobs = join(directory, 'blobs');
    renameSync(blobs, `${blobs}.aside`);
    writeFileSync(blobs, '');
    const error = await failure(park(name));
    rmSync(blobs);
    renameSync(`${blobs}.aside`, blobs);
    expect(error.status).not.toBe('OK');
    expect((await get(name)).state).toBe('MACHINE_STATE_CREATED');
    expect(await hash(name)).toBe(before);
    await daemon.client.guest.ExecuteSyscall({ thread, name: 'getpid' });
    expect((await park(name)).machine!.state).toBe('MACHINE_STATE_PARKED');
    await daemon.client.guest.ExecuteSyscall({ thread, name: 'getpid' });
  });

  it('that is damaged is refused with the file, and can be reset', async () => {
    await restart('--park-after-seconds', '0');
    const name = await lockstep('broken');
    await newThread(daemon.client, name);
    const blobs = () =>
      (readdirSync(join(directory, 'blobs'), { recursive: true }) as string[])
        .map((file) => join(directory, 'blobs', file))
        .filter((file) => statSync(file).isFile());
    const before = new Set(blobs());
    await park(name);
    for (const file of blobs()) if (!before.has(file)) rmSync(file);
    expect(await failure(hash(name))).toMatchObject({ status: 'FAILED_PRECONDITION', reason: 'MACHINE_CRASHED' });
    expect((await get(name)).state_reason).toContain('blob');
    expect((await daemon.client.machines.ResetMachine({ name })).machine!.state).toBe('MACHINE_STATE_CREATED');
    await hash(name);
  });
});

it('is refused where there is no data directory', async () => {
  const other = await startTestDaemon([], WORKER_MODULE);
  const { machine } = await other.client.machines.CreateMachine({ parent: PROJECT, machine: {} });
  const error = await failure(other.client.machines.ParkMachine({ name: machine!.name }));
  expect(error).toMatchObject({ status: 'FAILED_PRECONDITION' });
  expect(error.message).toContain('--data-dir');
  await other.stop();
});
