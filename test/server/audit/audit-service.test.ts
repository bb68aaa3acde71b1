import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, newMachine, PROJECT } from '../harness.ts';
import { startAuthDaemon } from '../auth/auth-daemon.ts';
import type { AuthDaemon } from '../auth/auth-daemon.ts';

let daemon: AuthDaemon;
beforeAll(async () => (daemon = await startAuthDaemon()));
afterAll(() => daemon.stop());

const entries = async (filter = '', parent = 'projects/-') => (await daemon.client.audit.ListAuditEntries({ parent, filter })).entries;

describe('what was changed', () => {
  it('is told with who did it, from where, to what, and how it ended', async () => {
    const { name, client } = await daemon.user('alice', [{ project: PROJECT, role: 'ROLE_OPERATOR' }]);
    const { token } = await client.lab.WhoAmI({});
    const machine = await newMachine(client, { id: 'm1' });
    await client.machines.GetMachine({ name: machine });
    await failure(client.machines.DeleteMachine({ name: `${machine}-not` }, { requestId: 'my-request' }));
    await failure(client.users.CreateUser({ user_id: 'eve' }));
    await failure(daemon.as({}).machines.DeleteMachine({ name: machine }));

    const told = (await entries('peer = "127.0.0.1"')).map(({ user, method, resource, code, reason }) =>
      [user, method, resource, code, reason].join(' ').trim(),
    );
    expect(told).toEqual([
      'MachineService.DeleteMachine  UNAUTHENTICATED UNAUTHENTICATED',
      `${name} UserService.CreateUser  PERMISSION_DENIED PERMISSION_DENIED`,
      `${name} MachineService.DeleteMachine ${machine}-not NOT_FOUND MACHINE_NOT_FOUND`,
      `${name} MachineService.StartMachine ${machine} OK`,
      `${name} MachineService.CreateMachine ${machine} OK`,
    ]);
    expect(await entries('request_id = "my-request"')).toMatchObject([{ token, count: 1, peer: '127.0.0.1' }]);
    expect(await entries('user = "users/local" AND method = "UserService.CreateUser"')).toMatchObject([{ resource: name, peer: '' }]);
    expect((await entries('', PROJECT)).map(({ resource }) => resource)).toEqual([`${machine}-not`, machine, machine]);
  });

  it('comes by pages, the newest first', async () => {
    for (let n = 0; n < 5; n++) await daemon.client.projects.CreateProject({ project_id: `page${n}` });
    const filter = 'resource : "projects/page"';
    const seen: string[] = [];
    let page_token = '';
    do {
      const page = await daemon.client.audit.ListAuditEntries({ parent: 'projects/-', filter, page_size: 2, page_token });
      seen.push(...page.entries.map(({ resource }) => resource));
      page_token = page.next_page_token;
    } while (page_token !== '');
    expect(seen).toEqual([4, 3, 2, 1, 0].map((n) => `projects/page${n}`));
  });

  it('is for administrators, in their project', async () => {
    const { client } = await daemon.user('chief', [{ project: PROJECT, role: 'ROLE_ADMIN' }]);
    await client.audit.ListAuditEntries({ parent: PROJECT });
    for (const parent of ['projects/-', 'projects/page1'])
      expect(await failure(client.audit.ListAuditEntries({ parent }))).toMatchObject({ status: 'PERMISSION_DENIED' });
    const error = await failure(daemon.client.audit.ListAuditEntries({ parent: PROJECT, filter: 'nothing = 1' }));
    expect(error).toMatchObject({ fieldViolations: [{ field: 'filter' }] });
  });
});
