// The whole: uintrctl by its bin, a private daemon by its bin, a real machine, real guests.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIN = join(ROOT, 'bin/uintrctl.js');
const guest = (name: string): string => join(ROOT, 'guests/bin', name);
// Where private daemons put their sockets: at the end of each test nothing may be left there.
const temporary = mkdtempSync(join(tmpdir(), 'uintrd-e2e-'));
afterAll(() => rmSync(temporary, { recursive: true }));

function uintrctl(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: temporary,
    input,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporary },
    timeout: 50_000,
  });
  expect(readdirSync(temporary).filter((name) => /^uintrd-\w+$/.test(name))).toEqual([]);
  return { code: status, stdout, stderr };
}
const run = (args: readonly string[], input?: string) => uintrctl(['run', '--local', ...args], input);

function file(name: string, content: Uint8Array): string {
  writeFileSync(join(temporary, name), content);
  chmodSync(join(temporary, name), 0o755);
  return `./${name}`;
}

describe('uintrctl run --local', () => {
  it('a static program', () => {
    expect(run([guest('hello')])).toEqual({ code: 0, stdout: 'Hello, world\n', stderr: '' });
  });

  it('a program that starts itself anew by its argument 0', () => {
    const expected = readFileSync(join(ROOT, 'guests/expected/fork_wait.txt'), 'utf8');
    expect(run([file('anew', readFileSync(guest('fork_wait')))])).toEqual({ code: 0, stdout: expected, stderr: '' });
  });

  it.each(['rfc', 'poc', 'k518'])('the sample of user interrupts under %s, with every leg in the events', (abi) => {
    expect(run(['--abi', abi, '--events', 'events.jsonl', guest(`uipi_sample.${abi}`)])).toEqual({
      code: 0,
      stdout: 'Success\n',
      stderr: '',
    });
    const events = readFileSync(join(temporary, 'events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map((event) => event['sequence'])).toEqual(events.map((_, n) => n + 1));
    const kinds = events.map((event) => event['kind']);
    const legs = ['senduipi', 'pir_posted', 'notification_processed', 'user_interrupt_recognized', 'user_interrupt_delivered', 'uiret'];
    const places = legs.map((kind) => kinds.indexOf(kind));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    rmSync(join(temporary, 'events.jsonl'));
  });

  it('says where a program hangs', () => {
    const { code, stdout, stderr } = run([guest('quiescent.poc')]);
    expect([code, stdout]).toEqual([125, 'waiting\n']);
    for (const part of ['QUIESCENT', 'thread 2', 'thread 3', 'waits for futex', 'no user interrupt comes']) expect(stderr).toContain(part);
  });

  it('what cannot be executed, and why', () => {
    const hello = readFileSync(guest('hello'));
    expect(run([file('truncated', hello.subarray(0, 3000))])).toMatchObject({
      code: 126,
      stderr: expect.stringMatching(/truncated/) as string,
    });
    expect(run([file('text', Buffer.from('no program'))])).toMatchObject({ code: 126, stderr: expect.stringMatching(/ELF/) as string });
    expect(run([file('empty', Buffer.alloc(0))])).toMatchObject({ code: 126 });
    const foreign = Buffer.from(hello);
    foreign.writeUInt16LE(183, 18); // EM_AARCH64
    expect(run([file('foreign', foreign)])).toMatchObject({ code: 126 });
  });

  it('a limit of virtual time', () => {
    // A receiver without a sender: spins for ever.
    const { code, stderr } = run(['--timeout-virtual', '1us', guest('hello')]);
    expect([code, stderr]).toEqual([124, expect.stringContaining('cycle 2000') as string]);
  });

  it('gives the same run every time', () => {
    const events = [1, 2].map(() => {
      run(['--events', 'same.jsonl', guest('ping_pong.poc')]);
      return readFileSync(join(temporary, 'same.jsonl'), 'utf8');
    });
    expect(events[1]).toBe(events[0]);
    expect(events[0]!.length).toBeGreaterThan(1000);
    rmSync(join(temporary, 'same.jsonl'));
  });
});

describe('the daemon', () => {
  it('runs many machines side by side, and stops on SIGTERM in the middle of it all', async () => {
    const endpoint = `unix:${join(temporary, 'daemon.sock')}`;
    const daemon = spawn(process.execPath, [join(ROOT, 'bin/uintrd.js'), '--listen', endpoint], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    daemon.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const ended = new Promise<number | null>((resolve) => daemon.once('exit', resolve));
    await new Promise((resolve) => daemon.stdout.once('data', resolve));
    const cli = (args: readonly string[]) => uintrctl(['--endpoint', endpoint, ...args]);

    for (const id of ['a', 'b', 'c']) expect(cli(['machine', 'create', id, '--start'])).toMatchObject({ code: 0, stdout: `${id}\n` });
    expect(cli(['exec', '-u', 'a', guest('hello')])).toMatchObject({ code: 0, stdout: 'Hello, world\n' });
    expect(cli(['run', '--abi', 'rfc', guest('uipi_spin.rfc')])).toMatchObject({ code: 0, stdout: 'Success\n' });
    expect(cli(['machine', 'ls']).stdout.trimEnd().split('\n')).toHaveLength(4);
    const dynamic = cli(['run', './none']);
    expect(dynamic.code).toBe(127);

    const follower = spawn(process.execPath, [BIN, '--endpoint', endpoint, 'events', '-f', '--retry', '0', 'a'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    follower.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const followed = new Promise<number | null>((resolve) => follower.once('close', resolve));
    await new Promise((resolve) => follower.stdout.once('data', resolve));
    daemon.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await followed).toBe(1);
    // As it finds the daemon when it comes again: on its way out, or gone.
    expect(complaint).toMatch(/cannot reach a daemon|the daemon is stopping/);
    for (const line of log.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ name: 'uintrd' });
  });

  it('refuses to listen where everybody can reach it', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/uintrd.js'), '--listen', '0.0.0.0:7420'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^uintrd: --listen 0\.0\.0\.0:7420: refused/) as string]);
  });

  it('does not outlive the client it belongs to', async () => {
    const client = spawn(process.execPath, [BIN, '--local', 'run', guest('quiescent.poc')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, TMPDIR: temporary },
    });
    const daemonPid = await new Promise<number>((resolve) => {
      const look = setInterval(() => {
        const child = String(spawnSync('ps', ['-o', 'pid=', '--ppid', String(client.pid)]).stdout).trim();
        if (child !== '' && readdirSync(temporary).some((name) => /^uintrd-\w+$/.test(name))) {
          clearInterval(look);
          resolve(Number(child.split('\n')[0]));
        }
      }, 20);
    });
    client.kill('SIGKILL');
    for (;;) {
      try {
        process.kill(daemonPid, 0);
      } catch {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const name of readdirSync(temporary)) if (/^uintrd-\w+$/.test(name)) rmSync(join(temporary, name), { recursive: true });
  });
});

describe('the demonstration', () => {
  it('shows both profiles, both receivers and every leg, and ends', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'bin/launch.js'), 'clients/cli/demo.ts'], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: temporary },
    });
    expect(status).toBe(0);
    expect(stdout.match(/^Success$/gm)).toHaveLength(6);
    for (const part of [
      'profile rfc',
      'profile poc',
      'the receiver spins',
      'SENDUIPI',
      'PIR post',
      'IPI arrives',
      'notification',
      'recognition',
      'delivery',
      'handler',
      'UIRET',
      'no IPI: SN is set',
    ])
      expect(stdout).toContain(part);
    expect(readdirSync(temporary).filter((name) => /^uintrd-\w+$/.test(name))).toEqual([]);
  });
});
