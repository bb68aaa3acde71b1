import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../../../clients/ts/api-error.ts';
import { mintToken } from '../../../src/server/auth/token-secret.ts';
import { failure, newMachine, PROJECT } from '../harness.ts';
import { startAuthDaemon } from './auth-daemon.ts';
import type { ServiceError } from '@grpc/grpc-js';
import type { AuthDaemon } from './auth-daemon.ts';

let daemon: AuthDaemon;
beforeAll(async () => (daemon = await startAuthDaemon()));
afterAll(() => daemon.stop());

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const VIEWER = { project: PROJECT, role: 'ROLE_VIEWER' } as const;
const OPERATOR = { project: PROJECT, role: 'ROLE_OPERATOR' } as const;
const LAB_ADMIN = { project: 'projects/-', role: 'ROLE_ADMIN' } as const;

describe('who calls', () => {
  it('is the daemon’s owner on the unix socket', async () => {
    expect(await daemon.client.lab.WhoAmI({})).toEqual({
      user: 'users/local',
      credential: 'CREDENTIAL_UNIX_SOCKET',
      roles: [LAB_ADMIN],
      token: '',
      expire_time: undefined,
    });
  });

  it('is told by a token', async () => {
    const { name, client } = await daemon.user('teller', [OPERATOR]);
    const { tokens } = await daemon.client.tokens.ListTokens({ parent: name });
    const me = await client.lab.WhoAmI({});
    expect(me).toMatchObject({ user: name, credential: 'CREDENTIAL_TOKEN', roles: [OPERATOR], token: tokens[0]!.name });
    const days = (Number(me.expire_time!.seconds) * 1000 - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThan(91);
  });

  it('is in the log, and what was shown is not', async () => {
    const { name, secret, client } = await daemon.user('logged', [OPERATOR]);
    await client.lab.WhoAmI({}, { requestId: 'logged-call' });
    await failure(client.machines.GetMachine({ name: `${PROJECT}/machines/none` }, { requestId: 'traced', trace: TRACE }));
    expect(daemon.log.find((line) => line['request'] === 'traced')).toMatchObject({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      parent_span_id: 'b7ad6b7169203331',
    });
    expect(daemon.log.find((line) => line['request'] === 'logged-call')).toMatchObject({ user: name });
    expect(JSON.stringify(daemon.log)).not.toContain(secret.slice('uintrd_'.length));
  });
});

describe('a stranger', () => {
  it('is turned away before their message is read', async () => {
    const client = new Client(daemon.address, credentials.createInsecure());
    const stream = client.makeClientStreamRequest(
      '/uintr.v1.MachineService/DeleteMachine',
      (bytes: Buffer) => bytes,
      (bytes) => bytes,
      (error) => stream.emit('refused', error),
    );
    // Not a message: the headers alone have gone out.
    const error = new ApiError((await once(stream, 'refused'))[0] as ServiceError);
    client.close();
    expect(error).toMatchObject({ status: 'UNAUTHENTICATED', reason: 'UNAUTHENTICATED' });
    expect(error.requestId).not.toBe('');
    const filter = 'method = "MachineService.DeleteMachine" AND code = "UNAUTHENTICATED"';
    expect((await daemon.client.audit.ListAuditEntries({ parent: 'projects/-', filter })).entries).toHaveLength(1);
    expect(await daemon.as({}).health.Check({})).toEqual({ status: 'SERVING' });
  });
});

describe('the first administrator', () => {
  it('finds a token in a file for the owner alone, whose secret is nowhere else', async () => {
    const path = daemon.daemon.adminTokenFile!;
    expect(path).toBe(join(daemon.directory, 'data', 'admin-token'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const secret = readFileSync(path, 'utf8').trim();
    expect(await daemon.as({ token: secret }).lab.WhoAmI({})).toMatchObject({ user: 'users/admin', roles: [LAB_ADMIN] });
    expect(JSON.stringify(daemon.log)).not.toContain(secret);
    for (const file of ['uintrd.sqlite', 'uintrd.sqlite-wal'])
      expect(readFileSync(join(daemon.directory, 'data', file)).includes(secret.split('_').slice(2).join('_')), file).toBe(false);
  });

  it('cannot be taken away while there is no other', async () => {
    const error = await failure(daemon.client.users.DeleteUser({ name: 'users/admin' }));
    expect(error).toMatchObject({ status: 'FAILED_PRECONDITION', reason: 'WRONG_STATE' });
    const change = { name: 'users/admin', roles: [VIEWER] };
    await failure(daemon.client.users.UpdateUser({ user: change, update_mask: { paths: ['roles'] } }));
    await daemon.user('deputy', [LAB_ADMIN]);
    await daemon.client.users.UpdateUser({ user: change, update_mask: { paths: ['roles'] } });
  });
});

describe('a token', () => {
  it.each(['', 'nonsense', 'uintrd_0123456789abcdef_short', mintToken().secret])('that is none, %j, opens nothing', async (token) => {
    expect(await failure(daemon.as({ token }).lab.GetServerInfo({}))).toMatchObject({ status: 'UNAUTHENTICATED' });
  });

  it('allows what its scope and the roles of its user allow, both', async () => {
    const { name, client } = await daemon.user('scoped', [OPERATOR]);
    const { secret, token } = await client.tokens.CreateToken({ parent: name, token: { scope: [VIEWER, LAB_ADMIN] } });
    expect(token!.scope).toEqual([VIEWER, LAB_ADMIN]);
    expect((await daemon.as({ token: secret }).lab.WhoAmI({})).roles).toEqual([OPERATOR]);
    const viewing = daemon.as({ token: (await client.tokens.CreateToken({ parent: name, token: { scope: [VIEWER] } })).secret });
    await viewing.machines.ListMachines({ parent: PROJECT });
    expect(await failure(newMachine(viewing))).toMatchObject({ status: 'PERMISSION_DENIED', metadata: { role: 'ROLE_OPERATOR' } });
    // Else it would be no limit.
    expect(await failure(viewing.tokens.CreateToken({ parent: name }))).toMatchObject({ status: 'PERMISSION_DENIED' });
  });

  it('ends its streams when it is revoked, and opens nothing any more', async () => {
    const { name, client } = await daemon.user('revoked', [VIEWER]);
    const machine = await newMachine(daemon.client, { start: false });
    const { token } = await client.lab.WhoAmI({});
    const stream = client.events.StreamEvents({ parent: machine, heartbeat_interval: { seconds: 0n, nanos: 100_000_000 } });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    const ended = failure(async () => {
      for (;;) if ((await iterator.next()).done) return;
    });
    await daemon.client.tokens.RevokeToken({ name: token });
    expect(await ended).toMatchObject({ status: 'UNAUTHENTICATED', message: `a token of ${name} was revoked` });
    expect(await failure(client.lab.WhoAmI({}))).toMatchObject({ status: 'UNAUTHENTICATED' });
    expect(await failure(daemon.client.tokens.GetToken({ name: token }))).toMatchObject({ reason: 'TOKEN_NOT_FOUND' });
  });

  it('of a user who is disabled, has lost a role or is deleted follows', async () => {
    const { name, client } = await daemon.user('changing', [OPERATOR]);
    const update = (change: object, path: string) =>
      daemon.client.users.UpdateUser({ user: { name, ...change }, update_mask: { paths: [path] } });
    await newMachine(client);
    await update({ roles: [VIEWER] }, 'roles');
    expect(await failure(newMachine(client))).toMatchObject({ status: 'PERMISSION_DENIED' });
    await update({ disabled: true }, 'disabled');
    expect(await failure(client.lab.WhoAmI({}))).toMatchObject({ status: 'UNAUTHENTICATED', message: `${name} is disabled` });
    await update({ disabled: false }, 'disabled');
    await client.lab.WhoAmI({});
    await daemon.client.users.DeleteUser({ name });
    expect(await failure(client.lab.WhoAmI({}))).toMatchObject({ status: 'UNAUTHENTICATED' });
  });

  it('tried wrongly again and again has to wait, which keeps nobody else out', async () => {
    const { secret, client } = await daemon.user('guessed', [VIEWER]);
    const other = await daemon.user('neighbour', [VIEWER]);
    const wrong = daemon.as({ token: `${secret.slice(0, -10)}AAAAAAAAAA` });
    const statuses: string[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await failure(wrong.lab.WhoAmI({}))).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill('UNAUTHENTICATED'));
    expect(statuses.slice(10)).toEqual(['RESOURCE_EXHAUSTED', 'RESOURCE_EXHAUSTED']);
    expect(await failure(client.lab.WhoAmI({}))).toMatchObject({ reason: 'TOO_MANY_ATTEMPTS' });
    await other.client.lab.WhoAmI({});
  });
});

describe('projects', () => {
  it('keep their machines and artifacts apart, under names of their own', async () => {
    const { client } = daemon;
    await client.projects.CreateProject({ project_id: 'alpha', project: { display_name: 'Alpha', quota: { machines: 3 } } });
    const alice = await daemon.user('alice', [{ project: 'projects/alpha', role: 'ROLE_OPERATOR' }]);
    const { machine } = await alice.client.machines.CreateMachine({ parent: 'projects/alpha', machine_id: 'm1' });
    expect(machine!.name).toBe('projects/alpha/machines/m1');
    await newMachine(client, { id: 'm1' });
    const ids = async (parent: string) => (await client.machines.ListMachines({ parent })).machines.map(({ name }) => name);
    expect(await ids('projects/alpha')).toEqual(['projects/alpha/machines/m1']);
    expect(await ids(PROJECT)).toContain(`${PROJECT}/machines/m1`);
    expect((await alice.client.projects.ListProjects({})).projects).toMatchObject([
      { name: 'projects/alpha', display_name: 'Alpha', quota: { machines: 3 }, usage: { machines: 1, vcpus: 2 } },
    ]);
    expect(await failure(client.machines.CreateMachine({ parent: 'projects/beta' }))).toMatchObject({ reason: 'PROJECT_NOT_FOUND' });
  });

  it('are deleted with what they have only if asked, and their roles with them', async () => {
    const { client } = daemon;
    const name = 'projects/gone';
    await client.projects.CreateProject({ project_id: 'gone' });
    const bob = await daemon.user('bob', [{ project: name, role: 'ROLE_ADMIN' }, VIEWER]);
    await client.machines.CreateMachine({ parent: name, machine_id: 'm' });
    expect(await failure(client.projects.DeleteProject({ name }))).toMatchObject({ reason: 'WRONG_STATE' });
    await client.projects.DeleteProject({ name, force: true });
    await client.projects.CreateProject({ project_id: 'gone' });
    expect((await client.machines.ListMachines({ parent: name })).machines).toEqual([]);
    expect((await bob.client.lab.WhoAmI({})).roles).toEqual([VIEWER]);
    expect(await failure(client.projects.DeleteProject({ name: PROJECT, force: true }))).toMatchObject({ reason: 'WRONG_STATE' });
  });

  it('change by mask and etag', async () => {
    const { client } = daemon;
    const { project } = await client.projects.CreateProject({ project_id: 'masked', project: { quota: { machines: 1, vcpus: 8 } } });
    const { name, etag } = project!;
    const update = (paths: string[], given: object) =>
      client.projects.UpdateProject({ project: { name, ...given }, update_mask: { paths } });
    const after = (await update(['quota.machines', 'labels'], { etag, labels: { a: 'b' }, quota: { machines: 5 } })).project!;
    expect(after).toMatchObject({ labels: { a: 'b' }, quota: { machines: 5, vcpus: 8 } });
    expect(await failure(update(['quota'], { etag }))).toMatchObject({ reason: 'ETAG_MISMATCH' });
    expect(await failure(update(['uid'], {}))).toMatchObject({ fieldViolations: [{ field: 'update_mask.paths[0]' }] });
  });
});
