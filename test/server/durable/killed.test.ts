// After kill -9 and after an orderly end, every machine is what it had shown itself to be, and goes on from there.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failure, newMachine, PROJECT } from '../harness.ts';
import { guestImage, newPair } from '../remote-harness.ts';
import { KilledDaemon } from './killed-daemon.ts';
import type { Event, Machine } from '../../../src/gen/api.ts';

const SPEC = { ram_bytes: 32n << 20n };
let daemon: KilledDaemon;
beforeEach(async () => {
  daemon = new KilledDaemon();
  await daemon.start();
});
afterEach(() => daemon.remove());

/** When it is back. */
async function machineOf(name: string): Promise<Machine> {
  await daemon.back(name);
  return (await daemon.client.machines.GetMachine({ name })).machine!;
}

const hashOf = async (name: string): Promise<string> =>
  (await daemon.client.machines.GetMachineStats({ name, include_state_hash: true })).state_hash;

async function eventsOf(parent: string): Promise<Event[]> {
  const events: Event[] = [];
  let page_token = '';
  do {
    const page = await daemon.client.events.ListEvents({ parent, page_size: 1000, page_token });
    events.push(...page.events);
    page_token = page.next_page_token;
  } while (page_token !== '');
  return events;
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const)
  test(`${signal}: a guest in the middle, remote threads with an interrupt, labels, console, stored answers`, async () => {
    const machine = await newMachine(daemon.client, { start: false, id: 'guest', spec: SPEC });
    const { process } = await daemon.client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
    await daemon.client.machines.RunMachine({ name: machine, until_cycle: 90_000n });
    await daemon.client.machines.UpdateMachine({ machine: { name: machine, labels: { a: 'b' } }, update_mask: { paths: ['labels'] } });
    const pair = await newPair(daemon.client);
    await daemon.client.uintr.SendUipi({ thread: pair.sender, uitt_index: pair.index });
    const [first] = [await daemon.client.uintr.WaitForInterrupt({ thread: pair.receiver })];
    await daemon.client.uintr.SendUipi({ thread: pair.sender, uitt_index: pair.index });
    const once = { parent: machine, path: '/bin/hello', image: guestImage('hello'), request_id: 'once' };
    const answer = await daemon.client.guest.SpawnProcess(once);
    const before = {
      machine: await machineOf(machine),
      hashes: [await hashOf(machine), await hashOf(pair.machine)],
      events: await eventsOf(machine),
      pairEvents: await eventsOf(pair.machine),
    };

    await daemon.end(signal);
    await daemon.start();
    expect(await machineOf(machine)).toEqual(before.machine);
    expect([await hashOf(machine), await hashOf(pair.machine)]).toEqual(before.hashes);
    expect(await eventsOf(machine)).toEqual(before.events);
    expect(await eventsOf(pair.machine)).toEqual(before.pairEvents);
    expect(await daemon.client.guest.SpawnProcess(once)).toEqual(answer);
    expect((await failure(daemon.client.guest.SpawnProcess({ ...once, path: '/bin/other' }))).reason).toBe('REQUEST_ID_REUSED');
    // The second interrupt has been taken, and told to nobody.
    const second = await daemon.client.uintr.WaitForInterrupt({ thread: pair.receiver });
    expect(second.interrupt!.cycle).toBeGreaterThan(first!.interrupt!.cycle);
    await daemon.client.machines.RunMachine({ name: machine });
    const { process: ended } = await daemon.client.guest.GetProcess({ name: process!.name });
    expect(ended).toMatchObject({ state: 'STATE_EXITED', exit_code: 0 });
    if (signal === 'SIGTERM') expect(daemon.log.filter(({ msg }) => msg === 'recovered').map(({ records }) => records)).toEqual([0, 0]);
  });

test('what was reset, put back, forked and deleted is so after the next start', async () => {
  const { client } = daemon;
  const machine = await newMachine(client, { start: false, id: 'one', spec: SPEC });
  await client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
  await client.machines.RunMachine({ name: machine, until_cycle: 60_000n });
  const { snapshot } = await client.snapshots.CreateSnapshot({ machine });
  const hash = await hashOf(machine);
  const { machine: fork } = await client.snapshots.ForkMachine({ name: machine, new_machine: { machine_id: 'fork' } });
  await client.machines.RunMachine({ name: fork!.name, until_cycle: 70_000n });
  const forkHash = await hashOf(fork!.name);
  const reset = await newMachine(client, { start: false, id: 'reset', spec: SPEC });
  await client.guest.SpawnProcess({ parent: reset, path: '/bin/hello', image: guestImage('hello') });
  await client.machines.ResetMachine({ name: reset });
  const deleted = await newMachine(client, { start: false, id: 'deleted', spec: SPEC });
  await client.machines.DeleteMachine({ name: deleted });
  await client.machines.RunMachine({ name: machine, until_cycle: 100_000n });
  await client.snapshots.RestoreSnapshot({ name: snapshot!.name, machine });
  await daemon.end('SIGKILL');
  await daemon.start();
  const machines = await Promise.all([machine, fork!.name, reset].map(machineOf));
  const { machines: listed } = await daemon.client.machines.ListMachines({ parent: PROJECT });
  expect(listed.map(({ name }) => name)).toEqual(machines.map(({ name }) => name));
  expect(machines.map(({ name, incarnation, cycle, state }) => [name.split('/').at(-1), incarnation, cycle, state])).toEqual([
    ['one', 2, 60_000n, 'MACHINE_STATE_PAUSED'],
    ['fork', 1, 70_000n, 'MACHINE_STATE_PAUSED'],
    ['reset', 2, 0n, 'MACHINE_STATE_CREATED'],
  ]);
  expect(await hashOf(machine)).toBe(hash);
  expect(await hashOf(fork!.name)).toBe(forkHash);
});

test('a damaged journal is refused with its place, the other machines start, and it can be reset', async () => {
  const [bad, good] = [
    await newMachine(daemon.client, { id: 'bad', spec: SPEC }),
    await newMachine(daemon.client, { id: 'good', spec: SPEC }),
  ];
  for (const parent of [bad, good]) {
    const { process } = await daemon.client.guest.SpawnProcess({ parent, path: '/bin/hello', image: guestImage('hello') });
    await daemon.client.guest.WaitProcess({ name: process!.name });
  }
  const { uid } = (await daemon.client.machines.GetMachine({ name: bad })).machine!;
  await daemon.end('SIGKILL');
  const folder = join(daemon.data, 'journals', uid);
  const path = join(folder, readdirSync(folder)[0]!);
  const bytes = readFileSync(path);
  bytes[2000]! ^= 1;
  writeFileSync(path, bytes);
  await daemon.start();
  const machine = await machineOf(bad);
  expect(machine).toMatchObject({ state: 'MACHINE_STATE_CRASHED' });
  expect(machine.state_reason).toMatch(/00000001\.journal is damaged at byte \d+: bring the data directory back from a backup, restore/);
  expect((await failure(daemon.client.guest.ListProcesses({ parent: bad }))).reason).toBe('MACHINE_CRASHED');
  expect((await daemon.client.guest.ListProcesses({ parent: good })).processes).toMatchObject([{ state: 'STATE_EXITED' }]);
  expect((await daemon.client.machines.ResetMachine({ name: bad })).machine).toMatchObject({ state: 'MACHINE_STATE_CREATED' });
  await daemon.client.guest.SpawnProcess({ parent: bad, path: '/bin/hello', image: guestImage('hello') });
});
