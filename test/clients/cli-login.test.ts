// uintrctl at a daemon that asks who calls.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAuthDaemon } from '../server/auth/auth-daemon.ts';
import type { AuthDaemon } from '../server/auth/auth-daemon.ts';

const MAIN = fileURLToPath(new URL('../../clients/cli/main.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/compile', import.meta.url));
let daemon: AuthDaemon;
let home: string;
beforeAll(async () => {
  daemon = await startAuthDaemon();
  home = mkdtempSync(join(tmpdir(), 'uintrctl-home-'));
});
afterAll(async () => {
  await daemon.stop();
  rmSync(home, { recursive: true });
});

function uintrctl(
  args: readonly string[],
  input = '',
  environment: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: home, NODE_COMPILE_CACHE: CACHE, ...environment },
    stdio: 'pipe',
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += String(text)));
  child.stderr.on('data', (text: Buffer) => (err += String(text)));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

const owner = (...args: string[]) => uintrctl(['--endpoint', daemon.endpoint, ...args]);
const contexts = (): string => readFileSync(join(home, 'uintrctl', 'config.json'), 'utf8');

describe('a team', () => {
  it('is set up over the socket, logs in with tokens, and works in its project', async () => {
    expect(await owner('project', 'create', 'alpha', '--quota', 'machines=5', '--quota', 'ram_bytes=8G')).toMatchObject({
      code: 0,
      out: 'alpha\n',
    });
    expect(await owner('user', 'create', 'alice', '--role', 'operator@alpha')).toMatchObject({ code: 0, out: 'alice\n' });
    const { out: secret } = await owner('token', 'create', 'alice', '--ttl', '30d', '--display-name', 'laptop');
    expect(secret).toMatch(/^uintrd_[0-9a-f]{16}_[\w-]{43}\n$/);

    const login = await uintrctl(['login', daemon.address, '--name', 'lab', '--project', 'alpha'], secret);
    expect(login).toEqual({
      code: 0,
      out: expect.stringMatching(/^context "lab" is the current one: users\/alice, until 20\d\d-.*Z\n$/),
      err: '',
    });
    expect(contexts()).toContain(secret.trim());
    expect(statSync(join(home, 'uintrctl', 'config.json')).mode & 0o777).toBe(0o600);
    const shown = await uintrctl(['context', 'ls']);
    expect(shown.out).toMatch(/\* +lab +127\.0\.0\.1:\d+ +alpha +token/);
    expect(shown.out).not.toContain('uintrd_');

    expect(await uintrctl(['whoami'])).toMatchObject({
      out: expect.stringMatching(/^users\/alice, until .*, by token\nroles: operator@alpha\n$/),
    });
    expect(await uintrctl(['machine', 'create', 'm1'])).toMatchObject({ code: 0, out: 'm1\n' });
    expect((await owner('machine', 'inspect', 'alpha/m1')).out).toContain('name: projects/alpha/machines/m1');
    expect((await uintrctl(['project', 'ls'])).out).toMatch(/alpha +1 of 5 +2 +256 of 8192 MiB/);
    expect((await uintrctl(['token', 'ls'])).out).toMatch(/users\/alice\/tokens\/[0-9a-f]{16} +20\S+ +20\S+ +all +laptop/);
  });

  it('is told what it lacks', async () => {
    expect(await uintrctl(['--project', 'default', 'machine', 'ls'])).toEqual({
      code: 1,
      out: '',
      err: 'uintrctl: users/alice needs the role VIEWER in projects/default for this (projects/default may not exist) [PERMISSION_DENIED]\n',
    });
    expect((await uintrctl(['user', 'ls'])).err).toContain('needs the role ADMIN in projects/-');
    expect((await uintrctl(['--endpoint', daemon.address, 'machine', 'ls'])).err).toMatch(/asks who calls.*uintrctl login/);
    expect(await uintrctl(['--endpoint', daemon.address, 'whoami'], '', { UINTRCTL_TOKEN: 'uintrd_nonsense' })).toMatchObject({ code: 1 });
  });

  it.each([
    [['login', 'lab.example.org:7420'], 'a token would travel in clear'],
    [['login', '127.0.0.1:1', '--cert', 'x'], 'give both'],
    [['login', '127.0.0.1:1'], 'that is no token'],
    [['user', 'create', 'x', '--role', 'boss@alpha'], '"boss" is none of viewer, operator, admin'],
    [['user', 'create', 'x', '--role', 'viewer'], 'is not ROLE@PROJECT'],
    [['project', 'set', 'alpha', '--quota', 'machine=1'], 'did you mean'],
  ])('is refused %j', async (args, message) => {
    const { code, err } = await uintrctl(args as string[], 'nonsense');
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('has machines to itself, until when is told', async () => {
    expect(await uintrctl(['lease', 'take', 'm1', '--ttl', '30m', '--for', 'a benchmark'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^m1 is yours until 20\S+Z\n$/),
    });
    expect((await owner('lease', 'ls', '--all')).out).toMatch(/alpha\/m1 +alice +active +20\S+ +20\S+ +a benchmark/);
    expect((await owner('machine', 'rm', 'alpha/m1')).err).toMatch(
      /projects\/alpha\/machines\/m1 is leased by users\/alice until .*lease take.*\[LEASED\]/,
    );
    expect((await owner('lease', 'take', 'alpha/m1')).out).toMatch(/m1: you are number 1 in the queue/);
    expect(await uintrctl(['lease', 'extend', 'm1', '--ttl', '2h'])).toMatchObject({ code: 0 });
    expect(await uintrctl(['lease', 'share', 'm1', 'local'])).toMatchObject({ code: 0 });
    expect(await owner('lease', 'revoke', 'alpha/m1', '--reason', 'no more')).toMatchObject({ code: 0 });
    expect(await owner('lease', 'release', 'alpha/m1')).toMatchObject({ code: 0 });
    expect(await uintrctl(['lease', 'release', 'm1'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('you have no lease of projects/alpha/machines/m1') as string,
    });
  });

  it('leaves traces', async () => {
    expect((await owner('--project', 'alpha', 'audit')).out).toMatch(
      /20\S+Z +alice +127\.0\.0\.1 +MachineService\.CreateMachine +projects\/alpha\/machines\/m1 +1 +OK/,
    );
    expect((await owner('audit', '--all', '--filter', 'method = "TokenService.*"')).out).toMatch(
      /local +socket +TokenService\.CreateToken +users\/alice/,
    );
  });

  it('logs out, and its tokens are revoked', async () => {
    const name = JSON.parse((await uintrctl(['-o', 'json', 'token', 'ls'])).out) as { name: string }[];
    expect(await uintrctl(['logout'])).toMatchObject({ code: 0 });
    expect(contexts()).not.toContain('uintrd_');
    expect(await uintrctl(['logout'])).toMatchObject({ code: 1, err: expect.stringContaining('has no token') as string });
    expect(await owner('token', 'revoke', name[0]!.name)).toMatchObject({ code: 0 });
    expect((await owner('token', 'ls', 'alice')).out.split('\n')).toHaveLength(2);
    for (const args of [
      ['user', 'roles', 'alice', 'viewer@-'],
      ['user', 'disable', 'alice'],
    ])
      expect(await owner(...args)).toMatchObject({ code: 0 });
    expect((await owner('user', 'ls')).out).toMatch(/alice +viewer@- +disabled/);
    expect(await owner('project', 'rm', 'alpha')).toMatchObject({ code: 1, err: expect.stringContaining('has 1 machines') as string });
    for (const args of [
      ['project', 'rm', '--force', 'alpha'],
      ['user', 'rm', 'alice'],
    ])
      expect(await owner(...args)).toMatchObject({ code: 0 });
  });
});
