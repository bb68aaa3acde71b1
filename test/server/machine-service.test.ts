import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, newMachine, PROJECT, runToEnd, startTestDaemon } from './harness.ts';
import type { TestDaemon } from './harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';

let daemon: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startTestDaemon(['--max-machines', '20', '--max-machine-ram-bytes', String(4 * 2 ** 30)]);
  ({ client } = daemon);
});
afterAll(() => daemon.stop());

const nothing = `${PROJECT}/machines/nothing`;

describe('calls in the wrong state', () => {
  const crashed = async () => {
    const name = await newMachine(client);
    await client.guest.SpawnProcess({ parent: name, path: '/bin/crash' });
    for (;;) if ((await client.machines.GetMachine({ name })).machine!.state === 'MACHINE_STATE_CRASHED') return name;
  };
  const created = () => newMachine(client, { start: false });
  const lockstep = () => newMachine(client, { start: false, spec: { time_mode: 'TIME_MODE_LOCKSTEP' } });

  it.each<[string, () => Promise<string>, (name: string) => Promise<unknown>, string]>([
    ['PauseMachine of CREATED', created, (name) => client.machines.PauseMachine({ name }), 'WRONG_STATE'],
    ['StartMachine of LOCKSTEP', lockstep, (name) => client.machines.StartMachine({ name }), 'WRONG_STATE'],
    ['StartMachine of CRASHED', crashed, (name) => client.machines.StartMachine({ name }), 'WRONG_STATE'],
    ['PauseMachine of CRASHED', crashed, (name) => client.machines.PauseMachine({ name }), 'WRONG_STATE'],
    ['SpawnProcess of CRASHED', crashed, (name) => client.guest.SpawnProcess({ parent: name, path: '/bin/echo' }), 'MACHINE_CRASHED'],
    ['GetMachineStats of CRASHED', crashed, (name) => client.machines.GetMachineStats({ name }), 'MACHINE_CRASHED'],
    ['GetUintrState of CRASHED', crashed, (name) => client.uintr.GetUintrState({ name }), 'MACHINE_CRASHED'],
    ['ReadFile of CRASHED', crashed, (name) => client.guest.ReadFile({ parent: name, path: '/x' }), 'MACHINE_CRASHED'],
  ])('%s', async (_what, make, call, reason) => {
    const name = await make();
    const error = await failure(call(name));
    expect(error).toMatchObject({ status: 'FAILED_PRECONDITION', reason });
    expect(error.message).toContain(name);
    await client.machines.DeleteMachine({ name });
  });

  it('a crashed machine tells why, keeps its events, and starts anew after a reset', async () => {
    const name = await crashed();
    const { machine } = await client.machines.GetMachine({ name });
    expect(machine!.state_reason).toContain('emulator bug');
    expect((await client.events.ListEvents({ parent: name })).events.map((event) => event.machine_state?.state)).toContain('crashed');
    const after = await client.machines.ResetMachine({ name });
    expect(after.machine).toMatchObject({ state: 'MACHINE_STATE_CREATED', incarnation: 2, cycle: 0n });
    await client.machines.StartMachine({ name });
    await runToEnd(client, name, '/bin/echo', 'again');
    await client.machines.DeleteMachine({ name });
  });
});

describe('machines', () => {
  it('are created with a complete spec', async () => {
    const { machine } = await client.machines.CreateMachine({
      parent: PROJECT,
      machine_id: 'first',
      machine: {
        labels: { team: 'a' },
        spec: { abi: 'ABI_RFC', cost_overrides: { uiret: 0, senduipi: 50n }, epoch: { seconds: 5, nanos: 7 } },
      },
    });
    expect(machine).toMatchObject({
      name: `${PROJECT}/machines/first`,
      labels: { team: 'a' },
      state: 'MACHINE_STATE_CREATED',
      incarnation: 1,
      spec: {
        vcpus: 2,
        ram_bytes: 256n << 20n,
        abi: 'ABI_RFC',
        cpu_level: 'CPU_LEVEL_X86_64_V2',
        time_mode: 'TIME_MODE_FREE_RUNNING',
        cost_preset: 'spr-2.0ghz',
        cost_overrides: { uiret: 0n, senduipi: 50n },
        epoch: { seconds: 5n, nanos: 7 },
        limits: { virtual_cycles: 0n, threads: 4096 },
      },
    });
    expect(machine!.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(machine!.spec!.event_kinds.length).toBeGreaterThan(30);
    const { costs } = await client.machines.GetCostTable({ machine: machine!.name });
    expect(costs).toEqual([
      { name: 'uiret', cycles: 0n, source: 'assumed', overridden: true },
      { name: 'disk_depth', commands: 1n, source: 'assumed', overridden: false },
    ]);
    await client.machines.DeleteMachine({ name: machine!.name });
  });

  it.each([
    [{ vcpus: 33 }, 'machine.spec.vcpus'],
    [{ ram_bytes: 65536 }, 'machine.spec.ram_bytes'],
    [{ ram_bytes: (64 << 20) + 1 }, 'machine.spec.ram_bytes'],
    [{ ram_bytes: 2n ** 62n }, 'machine.spec.ram_bytes'],
    [{ cost_preset: 'none' }, 'machine.spec.cost_preset'],
    [{ cost_overrides: { speed: 1 } }, 'machine.spec.cost_overrides["speed"]'],
    [{ cost_overrides: { instruction: 4096 } }, 'machine.spec.cost_overrides["instruction"]'],
    [{ cost_overrides: { disk_depth: 0 } }, 'machine.spec.cost_overrides["disk_depth"]'],
    [{ cost_overrides: { nvme_command_bytes: 5000 } }, 'machine.spec.cost_overrides["nvme_command_bytes"]'],
    [{ event_kinds: ['uiret', 'bang'] }, 'machine.spec.event_kinds[1]'],
    [{ epoch: { seconds: -1 } }, 'machine.spec.epoch.seconds'],
    [{ epoch: { nanos: 1_000_000_000 } }, 'machine.spec.epoch.nanos'],
    [{ limits: { threads: 1_000_000 } }, 'machine.spec.limits.threads'],
  ])('refuse the spec %o', async (spec, field) => {
    const error = await failure(client.machines.CreateMachine({ parent: PROJECT, machine: { spec } }));
    expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
    expect(error.fieldViolations).toMatchObject([{ field }]);
  });

  it.each([
    [{ parent: 'projects/Other' }, 'parent'],
    [{ parent: PROJECT, machine_id: 'Upper' }, 'machine_id'],
    [{ parent: PROJECT, machine_id: '../x' }, 'machine_id'],
    [{ parent: PROJECT, machine: { uid: 'mine' } }, 'machine.uid'],
    [{ parent: PROJECT, machine: { state: 'MACHINE_STATE_RUNNING' as const } }, 'machine.state'],
    [{ parent: PROJECT, machine: { labels: { 'no spaces': '' } } }, 'machine.labels["no spaces"]'],
    [{ parent: PROJECT, request_id: 'x'.repeat(65) }, 'request_id'],
  ])('refuse the request %o', async (request, field) => {
    expect((await failure(client.machines.CreateMachine(request))).fieldViolations).toMatchObject([{ field }]);
  });

  it('that do not exist are NOT_FOUND, and names that cannot exist INVALID_ARGUMENT', async () => {
    for (const call of [
      () => client.machines.GetMachine({ name: nothing }),
      () => client.machines.DeleteMachine({ name: nothing }),
      () => client.machines.StartMachine({ name: nothing }),
      () => client.guest.ListProcesses({ parent: nothing }),
      () => client.events.ListEvents({ parent: nothing }),
      () => client.uintr.GetUintrState({ name: `${nothing}/threads/1` }),
    ])
      expect(await failure(call)).toMatchObject({ status: 'NOT_FOUND', reason: 'MACHINE_NOT_FOUND', metadata: { name: nothing } });
    for (const name of ['', 'm1', `${PROJECT}/machines/`, `${PROJECT}/machines/a/b`])
      expect(await failure(client.machines.GetMachine({ name }))).toMatchObject({
        status: 'INVALID_ARGUMENT',
        fieldViolations: [{ field: 'name' }],
      });
  });

  it('have unique names, and page in order of creation', async () => {
    const names = ['pa', 'pb', 'pc', 'pd', 'pe'];
    for (const id of names) await newMachine(client, { id, start: false, spec: { ram_bytes: 16 << 20 } });
    expect(await failure(newMachine(client, { id: 'pa' }))).toMatchObject({ status: 'ALREADY_EXISTS' });
    const seen: string[] = [];
    let page_token = '';
    do {
      const page = await client.machines.ListMachines({ parent: PROJECT, page_size: 2, page_token });
      expect(page.machines.length).toBeLessThanOrEqual(2);
      seen.push(...page.machines.map((machine) => machine.name.split('/').at(-1)!));
      ({ next_page_token: page_token } = page);
    } while (page_token !== '');
    expect(seen.filter((name) => names.includes(name))).toEqual(names);
    for (const bad of ['x', Buffer.from('artifacts#1').toString('base64url')])
      expect(await failure(client.machines.ListMachines({ parent: PROJECT, page_token: bad }))).toMatchObject({
        fieldViolations: [{ field: 'page_token' }],
      });
    for (const id of names) await client.machines.DeleteMachine({ name: `${PROJECT}/machines/${id}` });
  });

  it('change labels only, under an etag', async () => {
    const name = await newMachine(client, { start: false });
    const { machine } = await client.machines.GetMachine({ name });
    const updated = await client.machines.UpdateMachine({
      machine: { name, labels: { a: 'b' }, etag: machine!.etag },
      update_mask: { paths: ['labels'] },
    });
    expect(updated.machine!.labels).toEqual({ a: 'b' });
    expect(updated.machine!.etag).not.toBe(machine!.etag);
    const stale = client.machines.UpdateMachine({ machine: { name, etag: machine!.etag }, update_mask: { paths: ['labels'] } });
    expect(await failure(stale)).toMatchObject({ status: 'ABORTED', reason: 'ETAG_MISMATCH' });
    expect(await failure(client.machines.DeleteMachine({ name, etag: machine!.etag }))).toMatchObject({ reason: 'ETAG_MISMATCH' });
    const spec = client.machines.UpdateMachine({ machine: { name }, update_mask: { paths: ['spec'] } });
    expect(await failure(spec)).toMatchObject({ fieldViolations: [{ field: 'update_mask.paths[0]' }] });
    await client.machines.DeleteMachine({ name, etag: updated.machine!.etag });
  });

  it('are made once for one request_id, however often it is sent', async () => {
    const request = { parent: PROJECT, request_id: 'once', machine: { labels: { n: '1' } } };
    const [a, b] = await Promise.all([client.machines.CreateMachine(request), client.machines.CreateMachine(request)]);
    expect(b.machine!.uid).toBe(a.machine!.uid);
    expect(await failure(client.machines.CreateMachine({ ...request, machine: {} }))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      reason: 'REQUEST_ID_REUSED',
    });
    await client.machines.DeleteMachine({ name: a.machine!.name });
    // A failed call is not kept.
    const retried = { parent: 'projects/Wrong', request_id: 'twice' };
    expect(await failure(client.machines.CreateMachine(retried))).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await failure(client.machines.CreateMachine(retried))).toMatchObject({ reason: 'INVALID_FIELD' });
  });

  it('are capped in number and in RAM, and a refused one leaves nothing behind', async () => {
    const big = await newMachine(client, { start: false, spec: { ram_bytes: 3 * 2 ** 30 } });
    const error = await failure(newMachine(client, { spec: { ram_bytes: 2 * 2 ** 30 } }));
    expect(error).toMatchObject({ status: 'RESOURCE_EXHAUSTED', reason: 'LIMIT_EXCEEDED', metadata: { subject: 'machine_ram_bytes' } });
    await client.machines.DeleteMachine({ name: big });

    const names: string[] = [];
    let refused: Awaited<ReturnType<typeof failure>> | undefined;
    while (!refused) {
      const made = await client.machines
        .CreateMachine({ parent: PROJECT, machine: { spec: { ram_bytes: 16 << 20 } } })
        .catch((caught) => caught as never);
      if (made instanceof Error) refused = made as never;
      else names.push(made.machine!.name);
    }
    expect(refused).toMatchObject({ status: 'RESOURCE_EXHAUSTED', metadata: { subject: 'machines', limit: '20' } });
    for (const name of names) await client.machines.DeleteMachine({ name });
    expect((await client.lab.GetServerInfo({})).machines).toBe(0);
  });

  it('LOCKSTEP ones run to a cycle', async () => {
    const name = await newMachine(client, { start: false, spec: { time_mode: 'TIME_MODE_LOCKSTEP' } });
    expect(await client.machines.RunMachine({ name, until_cycle: 12345 })).toMatchObject({
      stop_reason: 'STOP_REASON_CYCLE',
      cycle: 12345n,
    });
    await client.machines.DeleteMachine({ name });
  });

  it('show costs of a preset and statistics', async () => {
    expect(await client.machines.GetCostTable({ preset: 'spr-2.0ghz' })).toMatchObject({ hertz: 2_000_000_000n });
    expect(await failure(client.machines.GetCostTable({ preset: 'x' }))).toMatchObject({ fieldViolations: [{ field: 'preset' }] });
    expect(await failure(client.machines.GetCostTable({}))).toMatchObject({ fieldViolations: [{ field: 'subject' }] });
    const name = await newMachine(client);
    expect(await client.machines.GetMachineStats({ name, include_state_hash: true })).toMatchObject({
      state: 'MACHINE_STATE_RUNNING',
      state_hash: 'abcd',
      engine: {
        stepped_instructions: 1000n,
        region_instructions: 2000n,
        region_entries: 3n,
        decoded_instructions: 40n,
        code_drops: 0n,
        regions_compiled: 2n,
        regions_refused: 1n,
        regions_live: 1n,
        compiled_bytes: 5000n,
        compile_microseconds: 600n,
        exits: [{ cause: 'syscall', count: 7n }],
      },
    });
    await client.machines.DeleteMachine({ name });
  });
});
