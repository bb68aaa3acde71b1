// Every method of the API, by callers of every role, in their own project and in a foreign one: what the table in permissions.ts says
// is what the daemon does. Requests are right in shape and name nothing that is there, so what is allowed ends otherwise.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API, RULES } from '../../../src/gen/api.ts';
import { PERMISSIONS, permissionOf } from '../../../src/server/auth/permissions.ts';
import { ADMIN, OPERATOR, VIEWER } from '../../../src/server/auth/roles.ts';
import { namesIn as namesOfRequest } from '../../../src/server/auth/named-resources.ts';
import { startTestDaemon } from '../harness.ts';
import { ROWS } from '../bad-input/methods.ts';
import { METHODS, named, namesIn, RawClient } from '../bad-input/rig.ts';
import type { Role } from '../../../src/gen/api.ts';
import type { TestDaemon } from '../harness.ts';
import type { Method, Names } from '../bad-input/rig.ts';

const OWN = 'projects/own';
const FOREIGN = 'projects/foreign';
/** What each may in their own project, and in all of them. */
const CALLERS = {
  nobody: { own: 0, everywhere: 0 },
  viewer: { own: VIEWER, everywhere: 0 },
  operator: { own: OPERATOR, everywhere: 0 },
  admin: { own: ADMIN, everywhere: 0 },
  // An administrator, by a token that may only look.
  scoped: { own: VIEWER, everywhere: 0 },
  auditor: { own: VIEWER, everywhere: VIEWER },
  lab: { own: ADMIN, everywhere: ADMIN },
} as const;
type Caller = keyof typeof CALLERS;
const NAMES = Object.keys(CALLERS) as Caller[];
const ROLES: Readonly<Record<Caller, readonly { readonly project: string; readonly role: Role }[]>> = {
  nobody: [],
  viewer: [{ project: OWN, role: 'ROLE_VIEWER' }],
  operator: [{ project: OWN, role: 'ROLE_OPERATOR' }],
  admin: [{ project: OWN, role: 'ROLE_ADMIN' }],
  scoped: [{ project: OWN, role: 'ROLE_ADMIN' }],
  auditor: [{ project: 'projects/-', role: 'ROLE_VIEWER' }],
  lab: [{ project: 'projects/-', role: 'ROLE_ADMIN' }],
};

let directory: string;
let daemon: TestDaemon;
const clients = new Map<Caller | 'stranger', RawClient>();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'uintrd-auth-'));
  daemon = await startTestDaemon(['--auth', '--data-dir', join(directory, 'data'), '--listen', '127.0.0.1:0']);
  const { client } = daemon;
  const endpoint = daemon.daemon.addresses[1]!;
  for (const project_id of ['own', 'foreign']) await client.projects.CreateProject({ project_id });
  for (const caller of NAMES) {
    const { user } = await client.users.CreateUser({ user_id: `a-${caller}`, user: { roles: [...ROLES[caller]] } });
    const scope = caller === 'scoped' ? [{ project: OWN, role: 'ROLE_VIEWER' as const }] : [];
    const { secret } = await client.tokens.CreateToken({ parent: user!.name, token: { scope } });
    clients.set(caller, new RawClient(endpoint, secret));
  }
  clients.set('stranger', new RawClient(endpoint));
});
afterAll(async () => {
  for (const client of clients.values()) client.close();
  await daemon.stop();
  rmSync(directory, { recursive: true });
});

const permission = ({ key }: Method) => permissionOf(`uintr.v1.${key.split('.')[0]}`, key.split('.')[1]!);

/** What a caller's request names: in one of the projects, and for users their own or another's. */
function names(project: string, user: string): Names {
  return {
    ...namesIn(`${project}/machines/nothing`),
    artifact: `${project}/artifacts/nothing`,
    snapshot: `${project}/snapshots/nothing`,
    lease: `${project}/leases/nothing`,
    project,
    user,
    token: `${user}/tokens/0123456789abcdef`,
  };
}

const start = (caller: Caller | 'stranger', method: Method, of: Names) =>
  clients.get(caller)!.call(method, ROWS[method.key]!.request(of), { timeout: 2000 });

describe('the table of permissions', () => {
  it('has a row for each method of the protos, and no other', () => {
    const keys = (table: Readonly<Record<string, object>>) =>
      Object.entries(table).flatMap(([service, methods]) =>
        (Array.isArray(methods) ? methods.map(({ name }: { name: string }) => name) : Object.keys(methods)).map(
          (name) => `${service}/${name}`,
        ),
      );
    expect(keys(PERMISSIONS).sort()).toEqual(keys(API.services).sort());
    expect(() => permissionOf('uintr.v1.MachineService', 'GetNothing')).toThrow(/no row/);
  });

  it('asks for roles in projects that the request must name', () => {
    const nameless = METHODS.filter((method) => {
      if (!['projects', 'user'].includes(permission(method).where)) return false;
      const found: string[] = [];
      namesOfRequest(API, RULES, method.request)?.(ROWS[method.key]!.request(names(OWN, 'users/u')) as never, found);
      return found.length === 0;
    });
    expect(nameless.map(({ key }) => key)).toEqual([]);
  });

  it('lets those who only look do nothing else', () => {
    const looks = METHODS.filter((method) => permission(method).where === 'projects' && permission(method).role === VIEWER);
    expect(looks.map(({ key }) => key.split('.')[1]!).sort()).toEqual([
      'DownloadArtifact',
      'ExplainDelivery',
      'ExportSnapshot',
      'ExportTrace',
      'GetArtifact',
      'GetCostTable',
      'GetLease',
      'GetMachine',
      'GetMachineStats',
      'GetProcess',
      'GetProject',
      'GetRingState',
      'GetSnapshot',
      'GetUintrState',
      'ListArtifacts',
      'ListBreakpoints',
      'ListEvents',
      'ListLeases',
      'ListMachines',
      'ListProcesses',
      'ListRings',
      'ListSnapshots',
      'ListThreads',
      'ReadFile',
      'ReadMemory',
      'ReadRegisters',
      'StreamEvents',
      'WaitLease',
    ]);
  });
});

describe.each(named(METHODS))('%s', (_key, method) => {
  it('asks a stranger who they are', async () => {
    expect(await start('stranger', method, names(OWN, 'users/a-viewer'))).toMatchObject({
      status: 'UNAUTHENTICATED',
      reason: 'UNAUTHENTICATED',
    });
  });

  it.each(NAMES)('by %s', async (caller) => {
    const { where, role } = permission(method);
    const expectOutcome = async (of: Names, allowed: boolean): Promise<void> => {
      const error = await start(caller, method, of);
      if (allowed) expect(['PERMISSION_DENIED', 'UNAUTHENTICATED', 'INTERNAL'], error?.message).not.toContain(error?.status);
      else
        expect(error).toMatchObject({ status: 'PERMISSION_DENIED', reason: 'PERMISSION_DENIED', metadata: { user: `users/a-${caller}` } });
    };
    if (caller === 'lab') return expectOutcome(names('projects/nothing', 'users/nothing'), true);
    const may = (rank: number): boolean => where === 'anyone' || (where === 'projects' && rank >= role);
    // A token with a scope makes no tokens, which might say more.
    const own = where === 'user' ? caller !== 'scoped' || method.key !== 'TokenService.CreateToken' : may(CALLERS[caller].own);
    await expectOutcome(names(OWN, `users/a-${caller}`), own);
    await expectOutcome(names(FOREIGN, 'users/a-lab'), may(CALLERS[caller].everywhere));
  });
});

describe('a request that names several projects', () => {
  it('is denied if the role is missing in one of them', async () => {
    const method = METHODS.find(({ key }) => key === 'GuestService.SpawnProcess')!;
    const request = { parent: `${OWN}/machines/nothing`, path: '/p', artifact: `${FOREIGN}/artifacts/nothing` };
    const error = await clients.get('operator')!.call(method, request);
    expect(error).toMatchObject({ status: 'PERMISSION_DENIED', metadata: { resource: FOREIGN, role: 'ROLE_OPERATOR' } });
  });

  it('is denied in the same words whether the foreign project is there or not', async () => {
    const method = METHODS.find(({ key }) => key === 'MachineService.GetMachine')!;
    const told = async (project: string) =>
      (await clients.get('admin')!.call(method, { name: `${project}/machines/m` }))!.message.replaceAll(project, 'P');
    expect(await told(FOREIGN)).toBe(await told('projects/nothing'));
  });
});
