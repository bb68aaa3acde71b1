// Root file systems from the command line: uintrctl by its bin, a daemon by its bin, real machines.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HELLO = join(ROOT, 'guests/bin/hello');
const DASH = '/bin/dash';
const folder = mkdtempSync(join(tmpdir(), 'uintrd-root-'));
const endpoint = `unix:${join(folder, 'socket')}`;
const daemon = spawn(process.execPath, [join(ROOT, 'bin/uintrd.js'), '--listen', endpoint, '--max-artifact-bytes', `${8 << 20}`], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
beforeAll(() => new Promise((resolve) => daemon.stdout.once('data', resolve)));
afterAll(async () => {
  daemon.kill('SIGTERM');
  await new Promise((resolve) => daemon.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
});

function uintrctl(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/uintrctl.js'), '--endpoint', endpoint, ...args], {
    cwd: folder,
    input: '',
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { code: status, stdout, stderr };
}
const run = (...args: readonly string[]) => uintrctl('run', ...args);
const hello = { code: 0, stdout: 'Hello, world\n', stderr: '' };

mkdirSync(join(folder, 'sysroot/usr/bin'), { recursive: true });
copyFileSync(HELLO, join(folder, 'sysroot/usr/bin/greet'));
symlinkSync('usr/bin', join(folder, 'sysroot/bin'));
execFileSync('tar', ['-czf', join(folder, 'root.tar.gz'), '-C', join(folder, 'sysroot'), '.']);

describe('uintrctl run', () => {
  it.each([
    ['--sysroot', 'sysroot'],
    ['--root', 'root.tar.gz'],
  ])('%s: a program in it, by path and by name', (flag, value) => {
    for (const program of ['/usr/bin/greet', '/bin/greet', 'bin/greet', 'greet']) expect(run(flag, value, '--', program)).toEqual(hello);
    expect(run(flag, value, '--', 'none')).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('/usr/bin/none: no such file') as string,
    });
  });

  it.skipIf(!existsSync(DASH))('a dynamic program: what is said without its libraries, and that it runs with them', () => {
    const bare = run('--', DASH, '-c', 'echo never');
    expect(bare.code).toBe(126);
    for (const part of ['PT_INTERP', '-static', '--libs-from-host', '--sysroot', '--root']) expect(bare.stderr).toContain(part);
    expect(run('--libs-from-host', '--', DASH, '-c', 'echo "$0 $1"; exit 7', 'zero', 'one')).toEqual({
      code: 7,
      stdout: 'zero one\n',
      stderr: '',
    });
    writeFileSync(join(folder, 'script'), `#!${DASH}\necho from a script: $1\n`, { mode: 0o755 });
    expect(run('--libs-from-host', '--', './script', 'argument')).toEqual({ code: 0, stdout: 'from a script: argument\n', stderr: '' });
  });

  it('a static program needs nothing of the host', () => {
    expect(run('--libs-from-host', '--', HELLO)).toEqual(hello);
  });

  it.each<[says: string, code: number, ...args: string[]]>([
    ['--root: sysroot is a folder: use --sysroot sysroot', 125, '--root', 'sysroot', 'greet'],
    ['--sysroot: root.tar.gz is no folder: use --root', 125, '--sysroot', 'root.tar.gz', 'greet'],
    ['--root: ENOENT', 125, '--root', 'none.tar', 'greet'],
    ['--sysroot: ENOENT', 125, '--sysroot', 'none', 'greet'],
    ['one root file system', 125, '--root', 'root.tar.gz', '--sysroot', 'sysroot', 'greet'],
    ['--libs-from-host: with --root or --sysroot', 125, '--libs-from-host', '--root', 'root.tar.gz', 'greet'],
    ['not a tar archive', 125, '--root', HELLO, 'greet'],
    ['room for 8.0 MiB of artifacts (uintrd --max-artifact-bytes)', 125, '--sysroot', 'large', 'greet'],
    ["may take half of a machine's RAM: give it more (--ram 25M)", 125, '--ram', '16M', '--sysroot', 'large', 'greet'],
  ])('%s', (says, code, ...args) => {
    mkdirSync(join(folder, 'large'), { recursive: true });
    writeFileSync(join(folder, 'large/file'), Buffer.alloc(10 << 20));
    const refused = run(...args);
    expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(says) as string]);
  });
});

describe('uintrctl machine create', () => {
  it('with a root file system, which a reset brings back, and no artifact left behind', () => {
    expect(uintrctl('machine', 'create', 'rooted', '--root', 'root.tar.gz', '--start')).toMatchObject({ code: 0, stdout: 'rooted\n' });
    expect(uintrctl('exec', 'rooted', '/bin/greet')).toEqual(hello);
    expect(uintrctl('machine', 'inspect', 'rooted').stdout).toMatch(/sha256/);
    expect(uintrctl('machine', 'reset', 'rooted')).toMatchObject({ code: 0 });
    expect(uintrctl('machine', 'start', 'rooted')).toMatchObject({ code: 0 });
    expect(uintrctl('exec', 'rooted', '/bin/greet')).toEqual(hello);
    expect(uintrctl('machine', 'rm', 'rooted')).toMatchObject({ code: 0 });
  });

  it.skipIf(!existsSync(DASH))('with a program of this host and its libraries', () => {
    expect(uintrctl('machine', 'create', 'dynamic', '--libs-from-host', DASH, '--libs-from-host', HELLO, '--start')).toMatchObject({
      code: 0,
    });
    expect(uintrctl('exec', 'dynamic', '/usr/bin/dash', '-c', `${HELLO}; echo $?`)).toMatchObject({ code: 0, stdout: 'Hello, world\n0\n' });
    expect(uintrctl('machine', 'rm', 'dynamic')).toMatchObject({ code: 0 });
  });

  it('of an archive that is refused makes nothing', () => {
    const refused = uintrctl('machine', 'create', 'bad', '--root', HELLO);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('BAD_ARCHIVE') as string]);
    expect(uintrctl('machine', 'ls', '-o', 'jsonl')).toMatchObject({ code: 0, stdout: '' });
  });
});
