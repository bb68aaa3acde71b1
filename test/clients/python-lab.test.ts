// The Python package at a daemon that asks who calls.

import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAuthDaemon } from '../server/auth/auth-daemon.ts';
import { ROOT, run } from './snippets.ts';
import type { AuthDaemon } from '../server/auth/auth-daemon.ts';

const PYTHON = '/usr/bin/python3';
const hasGrpc = spawnSync(PYTHON, ['-c', 'import grpc, google.protobuf']).status === 0;

let daemon: AuthDaemon;
beforeAll(async () => (daemon = await startAuthDaemon()));
afterAll(() => daemon.stop());

it.runIf(hasGrpc)('comes in with a token, works in its project, and is told what it may not', async () => {
  await daemon.client.projects.CreateProject({ project_id: 'alpha' });
  const { secret } = await daemon.user('alice', [{ project: 'projects/alpha', role: 'ROLE_OPERATOR' }]);
  const program = `
import uintrd
with uintrd.connect("${daemon.address}", token="${secret}", project="alpha") as client, client.create_machine("m") as machine:
    print(machine.name, [m.name for m in client.machines()])
    try:
        client.get_machine("projects/default/machines/m")
    except uintrd.errors.PermissionDenied as error:
        print(error.metadata["role"])
with uintrd.connect("${daemon.address}") as stranger:
    try:
        stranger.server_info()
    except uintrd.errors.Unauthenticated:
        print("who?")
`;
  const { code, stdout, stderr } = await run(PYTHON, ['-B', '-c', program], { environment: { PYTHONPATH: `${ROOT}clients/python` } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe("projects/alpha/machines/m ['projects/alpha/machines/m']\nROLE_VIEWER\nwho?\n");
});
