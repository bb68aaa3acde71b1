import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, newMachine, PROJECT } from '../harness.ts';
import { startAuthDaemon } from '../auth/auth-daemon.ts';
import type { UintrClient } from '../../../clients/ts/client.ts';
import type { AuthDaemon } from '../auth/auth-daemon.ts';

let daemon: AuthDaemon;
let [alice, bob, chief]: UintrClient[] = [];
beforeAll(async () => {
  daemon = await startAuthDaemon(['--max-lease-minutes', '60']);
  for (const id of ['alice', 'bob']) await daemon.user(id, [{ project: PROJECT, role: 'ROLE_OPERATOR' }]);
  const as = async (parent: string) => daemon.as({ token: (await daemon.client.tokens.CreateToken({ parent })).secret });
  [alice, bob] = [await as('users/alice'), await as('users/bob')];
  chief = (await daemon.user('chief', [{ project: PROJECT, role: 'ROLE_ADMIN' }])).client;
});
afterAll(() => daemon.stop());

const take = async (client: UintrClient, machine: string, rest: object = {}) =>
  (await client.leases.CreateLease({ parent: PROJECT, machine, ...rest })).lease!;

describe('a leased machine', () => {
  it('is changed by its holder alone, and seen by all', async () => {
    const machine = await newMachine(bob!);
    const lease = await take(alice!, machine, { lease_id: 'mine', display_name: 'to measure' });
    expect(lease).toMatchObject({
      name: `${PROJECT}/leases/mine`,
      state: 'STATE_ACTIVE',
      holder: 'users/alice',
      display_name: 'to measure',
      position: 0,
    });
    expect(Number(lease.cap_time!.seconds)).toBe(Number(lease.expire_time!.seconds));
    const refused = await failure(bob!.machines.PauseMachine({ name: machine }));
    expect(refused).toMatchObject({
      status: 'FAILED_PRECONDITION',
      reason: 'LEASED',
      metadata: { holder: 'users/alice', lease: lease.name },
    });
    expect(await failure(bob!.guest.SpawnProcess({ parent: machine, path: '/bin/echo' }))).toMatchObject({ reason: 'LEASED' });
    await bob!.machines.GetMachine({ name: machine });
    await alice!.machines.PauseMachine({ name: machine });

    const update = { lease: { name: lease.name, shared_with: ['users/bob'] }, update_mask: { paths: ['shared_with'] } };
    expect(await failure(bob!.leases.UpdateLease(update))).toMatchObject({
      status: 'PERMISSION_DENIED',
      metadata: { holder: 'users/alice' },
    });
    await alice!.leases.UpdateLease(update);
    await bob!.machines.StartMachine({ name: machine });
    for (const call of [bob!.leases.ReleaseLease({ name: lease.name }), bob!.leases.ExtendLease({ name: lease.name })])
      expect(await failure(call)).toMatchObject({ status: 'PERMISSION_DENIED' });
  });

  it('goes to whoever waits, with whose calls on it those of others end', async () => {
    const machine = await newMachine(bob!);
    const { process } = await bob!.guest.SpawnProcess({ parent: machine, path: '/bin/spin' });
    const first = await take(bob!, machine);
    const second = await take(alice!, machine);
    const third = await take(chief!, machine, { priority: 7 });
    expect([first.position, second.position, third.position]).toEqual([0, 1, 1]);
    expect((await alice!.leases.GetLease({ name: second.name })).lease).toMatchObject({ state: 'STATE_QUEUED', position: 2 });
    const events = bob!.events.StreamEvents({ parent: machine, heartbeat_interval: { nanos: 100_000_000 } })[Symbol.asyncIterator]();
    await events.next();
    const waiting = failure(bob!.guest.WaitProcess({ name: process!.name }));
    const turn = alice!.leases.WaitLease({ name: second.name });
    await chief!.leases.ReleaseLease({ name: third.name });
    await bob!.leases.ReleaseLease({ name: first.name });
    expect((await turn).lease).toMatchObject({ state: 'STATE_ACTIVE', holder: 'users/alice' });
    expect(await waiting).toMatchObject({ status: 'ABORTED', reason: 'LEASE_ENDED', message: `${machine} is leased by users/alice now` });
    // To look on is allowed.
    await events.next();
    await events.return!();
  });

  it('is taken away by an administrator, which ends the streams', async () => {
    const machine = await newMachine(bob!);
    const lease = await take(alice!, machine);
    expect(await failure(bob!.leases.RevokeLease({ name: lease.name }))).toMatchObject({ status: 'PERMISSION_DENIED' });
    const stream = alice!.events.StreamEvents({ parent: machine, heartbeat_interval: { nanos: 100_000_000 } })[Symbol.asyncIterator]();
    await stream.next();
    const ended = failure(async () => {
      for (;;) if ((await stream.next()).done) return;
    });
    const turn = failure(
      take(bob!, machine).then(({ name }) => bob!.leases.ReleaseLease({ name }).then(() => bob!.leases.WaitLease({ name }))),
    );
    await chief!.leases.RevokeLease({ name: lease.name, reason: 'maintenance' });
    expect(await ended).toMatchObject({ reason: 'LEASE_ENDED', message: `${lease.name} was revoked by users/chief: maintenance` });
    expect(await turn).toMatchObject({ reason: 'LEASE_NOT_FOUND' });
    await bob!.machines.PauseMachine({ name: machine });
  });

  it('is listed with who has it until when', async () => {
    const machine = await newMachine(bob!);
    await take(alice!, machine, { ttl: { seconds: 600 } });
    await take(bob!, machine);
    const { leases } = await bob!.leases.ListLeases({ parent: PROJECT });
    expect(leases.filter((lease) => lease.machine === machine).map(({ holder, position }) => [holder, position])).toEqual([
      ['users/alice', 0],
      ['users/bob', 1],
    ]);
  });

  it.each([
    [{ ttl: { seconds: 3601 } }, 'INVALID_ARGUMENT', /at most 3600 s/],
    [{ priority: 1 }, 'PERMISSION_DENIED', /needs the role ADMIN/],
    [{ machine: `${PROJECT}/machines/nothing` }, 'NOT_FOUND', /there is no machine/],
  ])('is not to be had with %j', async (rest, status, message) => {
    const machine = await newMachine(alice!);
    const error = await failure(alice!.leases.CreateLease({ parent: PROJECT, machine, ...rest }));
    expect(error).toMatchObject({ status, message: expect.stringMatching(message) as string });
  });

  it('of another project is not leased from here', async () => {
    await daemon.client.projects.CreateProject({ project_id: 'far' });
    const request = { parent: PROJECT, machine: 'projects/far/machines/m' };
    expect(await failure(daemon.client.leases.CreateLease(request))).toMatchObject({ fieldViolations: [{ field: 'machine' }] });
  });
});
