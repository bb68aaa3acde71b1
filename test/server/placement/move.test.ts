// Machines of a real daemon go between its workers while clients stream, wait and run; nobody notices.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKER_MODULE } from '../../../src/server/worker-port.ts';
import { failure, newMachine, PROJECT, startTestDaemon, type TestDaemon } from '../harness.ts';
import { guestImage } from '../remote-harness.ts';

const directory = mkdtempSync(join(tmpdir(), 'uintrd-move-'));
let daemon: TestDaemon;
beforeAll(async () => (daemon = await startTestDaemon(['--data-dir', directory, '--balance-ms', '0'], WORKER_MODULE)));
afterAll(async () => {
  await daemon.stop();
  rmSync(directory, { recursive: true });
});

const SPEC = { vcpus: 1, ram_bytes: 16n << 20n };
const spin = (parent: string) =>
  daemon.client.guest.SpawnProcess({ parent, path: '/bin/mul', image: guestImage('bench/mul'), arguments: ['mul', '1000000000000'] });
const workerOf = async (name: string) => (await daemon.client.machines.GetMachine({ name })).machine!.worker;

describe('MoveMachine', () => {
  it('moves a machine that runs, with a stream of its events and a wait', async () => {
    const { machines, guest, events } = daemon.client;
    const name = await newMachine(daemon.client, { spec: SPEC, start: false });
    const { process } = await guest.SpawnProcess({ parent: name, path: '/bin/threads', image: guestImage('threads') });
    const sequences: bigint[] = [];
    const stop = new AbortController();
    const streaming = (async () => {
      for await (const batch of events.StreamEvents({ parent: name, sequence: 1n }, { signal: stop.signal }))
        for (const { sequence } of batch.events) sequences.push(sequence);
    })().catch(() => {});
    const wait = guest.WaitProcess({ name: process!.name });
    const start = await workerOf(name);
    await machines.StartMachine({ name });
    for (let move = 1; move <= 6; move++) {
      const { machine } = await machines.MoveMachine({ name, worker: (start! + move) % 2 });
      expect(machine!.worker).toBe((start! + move) % 2);
    }
    const { process: ended } = await wait;
    expect(ended).toMatchObject({ exit_code: 0 });
    const { next_sequence: next } = await events.ListEvents({ parent: name, page_size: 1, start_sequence: 1n });
    expect(next).toBeGreaterThan(1n);
    const total = (await machines.GetMachineStats({ name })).events;
    while (BigInt(sequences.length) < total) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_unused, at) => BigInt(at + 1)));
    stop.abort();
    await streaming;
    // A machine that has stayed has become the same.
    const other = await newMachine(daemon.client, { spec: SPEC, start: false });
    const same = await guest.SpawnProcess({ parent: other, path: '/bin/threads', image: guestImage('threads') });
    await machines.StartMachine({ name: other });
    await guest.WaitProcess({ name: same.process!.name });
    const hashes = await Promise.all(
      [name, other].map(async (its) => (await machines.GetMachineStats({ name: its, include_state_hash: true })).state_hash),
    );
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('takes a RunMachine along, and ends it when its client goes', async () => {
    const { machines } = daemon.client;
    const name = await newMachine(daemon.client, { spec: SPEC, start: false });
    await spin(name);
    const start = (await workerOf(name))!;
    const run = machines.RunMachine({ name, cycles: 300_000_000n });
    await machines.MoveMachine({ name, worker: 1 - start });
    expect(await run).toMatchObject({ stop_reason: 'STOP_REASON_CYCLE', cycle: 300_000_000n });
    const stop = new AbortController();
    const endless = machines.RunMachine({ name }, { signal: stop.signal }).catch((error: unknown) => error);
    await machines.MoveMachine({ name, worker: start });
    expect((await machines.GetMachine({ name })).machine!.state).toBe('MACHINE_STATE_RUNNING');
    stop.abort();
    await endless;
    const stopped = async () => (await machines.GetMachine({ name })).machine!;
    while ((await stopped()).state !== 'MACHINE_STATE_PAUSED') await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await stopped()).state_reason).toContain('cancelled');
  });

  it('changes nothing where the machine is there already, and refuses a worker that is not', async () => {
    const { machines } = daemon.client;
    const name = await newMachine(daemon.client, { spec: SPEC });
    const here = (await workerOf(name))!;
    expect((await machines.MoveMachine({ name, worker: here })).machine!.worker).toBe(here);
    expect(await failure(machines.MoveMachine({ name, worker: 7 }))).toMatchObject({ status: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
    expect(await failure(machines.MoveMachine({ name: `${PROJECT}/machines/none`, worker: 0 }))).toMatchObject({ status: 'NOT_FOUND' });
  });

  it('keeps the journal going: what was told before and behind a move is there after a restart', async () => {
    const { machines } = daemon.client;
    const name = await newMachine(daemon.client, { id: 'kept', spec: SPEC });
    const here = (await workerOf(name))!;
    const write = (path: string) => daemon.client.guest.WriteFile({ parent: name, file: { path, data: Buffer.from(path) } });
    await write('/tmp/before');
    await machines.MoveMachine({ name, worker: 1 - here });
    await write('/tmp/behind');
    const hash = async () => (await machines.GetMachineStats({ name, include_state_hash: true })).state_hash;
    const before = await hash();
    daemon.client.close();
    await daemon.daemon.stop();
    daemon = await startTestDaemon(['--data-dir', directory, '--balance-ms', '0'], WORKER_MODULE);
    expect((await daemon.client.machines.GetMachineStats({ name, include_state_hash: true })).state_hash).toBe(before);
  });
});

describe('balance', () => {
  it('spreads machines that have something to do', async () => {
    const balanced = await startTestDaemon(['--balance-ms', '20'], WORKER_MODULE);
    const { machines, guest } = balanced.client;
    const names: string[] = [];
    for (let n = 0; n < 4; n++) {
      const { machine } = await machines.CreateMachine({ parent: PROJECT, machine: { spec: SPEC } });
      names.push(machine!.name);
      await guest.SpawnProcess({
        parent: machine!.name,
        path: '/bin/mul',
        image: guestImage('bench/mul'),
        arguments: ['mul', '1000000000000'],
      });
      await machines.StartMachine({ name: machine!.name });
    }
    for (const name of names) await machines.MoveMachine({ name, worker: 0 });
    const workers = async () => (await machines.ListMachines({ parent: PROJECT })).machines.map(({ worker }) => worker);
    while ((await workers()).filter((worker) => worker === 0).length !== 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await balanced.stop();
  });
});
