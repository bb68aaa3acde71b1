import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMachine, startTestDaemon } from '../server/harness.ts';
import type { TestDaemon } from '../server/harness.ts';

const MAIN = fileURLToPath(new URL('../../clients/cli/main.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/compile', import.meta.url));
let daemon: TestDaemon;
let directory: string;
beforeAll(async () => {
  daemon = await startTestDaemon();
  directory = mkdtempSync(join(tmpdir(), 'uintrctl-'));
  for (const name of ['echo', 'exit', 'killed', 'hang', 'limited', 'cat', 'complain', 'environment', 'spin', 'crash', 'flood', 'events'])
    program(name);
});
afterAll(async () => {
  await daemon.stop();
  rmSync(directory, { recursive: true });
});

/** A file of this host that the acted worker takes for an ELF program, and acts out by its name. */
function program(name: string, content = '\x7fELF'): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return path;
}

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function uintrctl(
  args: readonly string[],
  options: { input?: string; environment?: Record<string, string>; onOutput?: (kill: (signal: NodeJS.Signals) => void) => void } = {},
): Promise<Result> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'], UINTRD_ENDPOINT: daemon.endpoint, NODE_COMPILE_CACHE: CACHE, ...options.environment },
    stdio: 'pipe',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    if (stdout === '') options.onOutput?.((signal) => child.kill(signal));
    stdout += text;
  });
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)));
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('run', () => {
  it.each<[string, string[], Partial<Result>]>([
    ['the program’s output and code', ['./echo', 'a', 'b'], { code: 0, stdout: 'a b\n', stderr: '' }],
    ['both streams apart', ['./complain'], { code: 3, stdout: 'out\n', stderr: 'err\n' }],
    ['an exit code', ['./exit', '250'], { code: 250 }],
    ['128 + the signal that killed it', ['./killed', '11'], { code: 139 }],
    ['flags of the program, not ours', ['--', './echo', '--cpus', '9', '-o', 'x'], { code: 0, stdout: '--cpus 9 -o x\n' }],
    ['the same without --', ['./echo', '--help'], { code: 0, stdout: '--help\n' }],
    [
      '124 at the limit of virtual time',
      ['--timeout-virtual', '10s', './limited'],
      { code: 124, stderr: 'uintrctl: stopped at --timeout-virtual 10s (cycle 1000)\n' },
    ],
  ])('gives %s', async (_what, args, expected) => {
    expect(await uintrctl(['run', ...args])).toMatchObject(expected);
  });

  it('does not hang where the guest does, but says where and why, and exits 125', async () => {
    const { code, stdout, stderr } = await uintrctl(['run', './hang']);
    expect([code, stdout]).toEqual([125, 'before\n']);
    for (const part of ['QUIESCENT', 'main+0x10', 'futex 0x4c0120', 'UIF is clear since cycle 5']) expect(stderr).toContain(part);
  });

  it('hands over piped input whole, environment and files', async () => {
    expect(await uintrctl(['run', './cat'], { input: 'line\nline 2' })).toMatchObject({ code: 0, stdout: 'line\nline 2' });
    expect((await uintrctl(['run', '--env', 'A=1', '-e', 'PATH=/x', './environment'])).stdout.split('\n')).toEqual(
      expect.arrayContaining(['A=1', 'PATH=/x']),
    );
    expect(await uintrctl(['run', '--file', './cat:/etc/cat', './echo', 'ok'])).toMatchObject({ code: 0 });
  });

  it('passes more than fits one message in both directions', async () => {
    const input = 'x'.repeat(6 << 20);
    const { code, stdout } = await uintrctl(['run', './cat'], { input });
    expect([code, stdout.length]).toEqual([0, input.length]);
  });

  it('loses no output', async () => {
    const { code, stdout } = await uintrctl(['run', './flood', String(9 << 20)]);
    expect([code, stdout.length]).toEqual([0, 9 << 20]);
  });

  it('writes the events, all of them', async () => {
    const { code } = await uintrctl(['run', '--events', 'events.jsonl', './events', '3000']);
    const lines = readFileSync(join(directory, 'events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number; kind: string });
    expect(code).toBe(0);
    expect(lines.map((line) => line.sequence)).toEqual(Array.from({ length: lines.length }, (_, n) => n + 1));
    expect(lines.at(-1)!.kind).toBe('process_exited');
    expect(lines.find((line) => line.kind === 'uiret')).toMatchObject({ vcpu: 0, pid: 1, tid: 1, rip: '0x0', uif: false });
  });

  it('gives signals to the guest', async () => {
    // The acted program writes first, so that we know it runs.
    const running = uintrctl(['run', './spin'], {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    let pid: string | undefined;
    while (pid === undefined) {
      const { machines } = await daemon.client.machines.ListMachines({ parent: 'projects/default' });
      for (const { name, state } of machines) if (state === 'MACHINE_STATE_RUNNING') pid = `${name}/processes/1`;
    }
    await daemon.client.guest.SignalProcess({ name: pid, signal: 15 });
    expect(await running).toMatchObject({ code: 143 });
  });

  it.each<[string, string[], number, RegExp]>([
    ['127 for a program that is not there', ['./none'], 127, /\.\/none: not found/],
    ['127 for a name that is nowhere in PATH', ['no-such-program'], 127, /no-such-program: not found/],
    ['126 for a directory', ['.'], 126, /not a file/],
    ['126 for a file without permission', ['./plain'], 126, /permission denied.*chmod \+x/],
    ['126 for a file that is no program', ['./script'], 126, /not an ELF file/],
    ['125 for a machine that crashes', ['./crash'], 125, /emulator bug/],
    ['125 for a bad spec, naming the field', ['--cpus', '99', './echo'], 125, /machine\.spec\.vcpus: must be from 1 to 32/],
    ['125 for a bad flag value', ['--ram', 'lots', './echo'], 125, /--ram: "lots"/],
    ['125 for an unknown profile', ['--abi', 'x', './echo'], 125, /--abi: "x" is none of poc, .*rfc, none/],
    ['125 for a preset that there is not', ['--cost-preset', 'fast', './echo'], 125, /--cost-preset: "fast" is none of/],
    ['125 for a bad duration', ['--timeout-virtual', 'soon', './echo'], 125, /--timeout-virtual: "soon"/],
    ['125 for a bad file pair', ['--file', './cat', './echo'], 125, /--file: "\.\/cat" is not HOST:GUEST/],
    ['125 for a file that is not there', ['--file', './none:/x', './echo'], 125, /--file: ENOENT.*none/],
    ['125 for an events file that cannot be written', ['--events', 'no/such/dir', './echo'], 125, /--events: ENOENT/],
    ['125 for an unknown flag', ['--speed', './echo'], 125, /unknown option '--speed'/],
    ['125 without a program', [], 125, /missing required argument 'program'/],
  ])('exits %s', async (_what, args, code, message) => {
    writeFileSync(join(directory, 'plain'), 'x', { mode: 0o644 });
    program('script', '#!/bin/sh\n');
    const result = await uintrctl(['run', ...args]);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toContain('    at ');
  });

  it('exits 125 and says what to do when there is no daemon', async () => {
    const { code, stderr } = await uintrctl(['run', '--endpoint', 'unix:/nonexistent/socket', './echo']);
    expect([code, stderr]).toEqual([125, expect.stringMatching(/cannot reach a daemon at unix:\/nonexistent\/socket.*--local/)]);
  });

  it('leaves no machine behind', async () => {
    for (const args of [['./echo'], ['./hang'], ['./script'], ['./crash']]) await uintrctl(['run', ...args]);
    expect((await daemon.client.machines.ListMachines({ parent: 'projects/default' })).machines).toEqual([]);
    expect((await daemon.client.artifacts.ListArtifacts({ parent: 'projects/default' })).artifacts).toEqual([]);
  });
});

describe('machines and what runs in them', () => {
  it('a tour', async () => {
    expect(
      await uintrctl([
        'machine',
        'create',
        'm1',
        '--cpus',
        '4',
        '--ram',
        '64M',
        '--abi',
        'rfc',
        '--label',
        'a=b',
        '--cost',
        'uiret=5',
        '--start',
      ]),
    ).toMatchObject({ code: 0, stdout: 'm1\n' });
    expect((await uintrctl(['machine', 'ls'])).stdout).toMatch(
      /^NAME +STATE +VCPUS +RAM +ABI +CYCLE +WORKER\nm1 +running +4 +64M +rfc +0 +0\n$/,
    );
    expect(JSON.parse((await uintrctl(['-o', 'json', 'machine', 'ls'])).stdout)).toMatchObject([
      { name: 'projects/default/machines/m1', labels: { a: 'b' }, spec: { ram_bytes: 64 << 20, cost_overrides: { uiret: 5 } } },
    ]);
    expect((await uintrctl(['machine', 'stats', 'm1'])).stdout).toMatch(/engine:[^]*region_instructions: 2000[^]*cause: syscall/);
    expect((await uintrctl(['machine', 'inspect', 'm1', '--hash'])).stdout).toMatch(/state: MACHINE_STATE_RUNNING[^]*state_hash: abcd/);
    expect((await uintrctl(['cost', 'show', 'm1'])).stdout).toMatch(
      /2 GHz\nCOST +VALUE +UNIT +NS +ROLE +SOURCE\nuiret +5 \* +cycles +2.5 +input +set for this machine\ndisk_depth +1 +commands +input +assumed/,
    );

    expect(await uintrctl(['exec', 'm1', '/bin/echo', 'in', '--the', 'guest'])).toMatchObject({ code: 0, stdout: 'in --the guest\n' });
    expect(await uintrctl(['exec', '-u', 'm1', './exit', '5'])).toMatchObject({ code: 5 });
    expect(await uintrctl(['exec', '-d', 'm1', '/bin/spin'])).toMatchObject({ code: 0, stdout: '3\n' });
    expect((await uintrctl(['ps', 'm1'])).stdout).toMatch(
      /^PID +PPID +STATE +THREADS +RSS +COMMAND\n1 +0 +exited 0 +0 +4K +\/bin\/echo in --the guest\n2 +0 +exited 5 .*\n3 +0 +running +1 /,
    );
    expect((await uintrctl(['ps', '-T', 'm1'])).stdout).toMatch(/3 +3 +0 +blocked +main\+0x10 +futex 0x4c0120 +main/);
    expect((await uintrctl(['logs', 'm1', '1'])).stdout).toBe('in --the guest\n');
    expect((await uintrctl(['logs', '-f', 'm1'])).stderr).toMatch(/--follow needs one pid of: 1 2 3/);

    const shown = (await uintrctl(['uintr', 'show', 'm1', '3'])).stdout;
    for (const part of [
      'thread 3 of process 3 (main), saved',
      'UIF ',
      '0x8000000000000000  vectors 63',
      'UINV 0xec',
      'ON 1  SN 0  NV 0xec  NDST 1',
      'vectors 0,2',
      'UITT[0]',
      'vector 3 -> UPID 0xffff888000000040',
    ])
      expect(shown).toContain(part);
    expect(JSON.parse((await uintrctl(['-o', 'jsonl', 'uintr', 'show', 'm1', '3'])).stdout)).toMatchObject({
      uirr: '0x8000000000000000',
      uitt: [{ user_vector: 3 }],
    });

    expect((await uintrctl(['events', 'm1', '-k', 'process_exited'])).stdout).toMatch(
      /^ +\d+ +\d+ +1\/1 +process_exited +exit_code=0 signal=0\n +\d+ +\d+ +2\/2 +process_exited +exit_code=5 signal=0\n$/,
    );
    const lines = (await uintrctl(['-o', 'jsonl', 'events', 'm1', '--from', '2'])).stdout.trimEnd().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({ sequence: 2, kind: 'process_started', path: '/bin/echo' });
    const follow = await uintrctl(['events', '-f', 'm1'], { onOutput: (kill) => kill('SIGKILL') });
    expect(follow.stdout).toMatch(/^ +CYCLE +SINCE/);

    expect((await uintrctl(['machine', 'pause', 'm1'])).stdout).toBe('m1 paused\n');
    expect((await uintrctl(['machine', 'start', 'm1'])).stdout).toBe('m1 running\n');
    expect((await uintrctl(['machine', 'reset', 'm1'])).stdout).toBe('m1 created\n');
    expect(await uintrctl(['machine', 'rm', 'm1'])).toMatchObject({ code: 0 });
    expect(await uintrctl(['ps', 'm1'])).toMatchObject({
      code: 1,
      stderr: 'uintrctl: there is no machine projects/default/machines/m1 [MACHINE_NOT_FOUND]\n',
    });
  });

  it('tells what is wrong with a command line', async () => {
    await newMachine(daemon.client, { id: 'm2' });
    expect(await uintrctl(['events', 'm2', '-k', 'bang'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--kind: "bang" is none of .*senduipi/) as string,
    });
    expect(await uintrctl(['events', 'm2', '--from', '0'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--from') as string });
    expect(await uintrctl(['experiment', 'async-io', '--blocking', '--sweep', '--method', 'uring'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--sweep: holds uring against uintr, and --method leaves out uintr') as string,
    });
    expect(await uintrctl(['machine', 'fly'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command 'fly'") as string,
    });
    expect(await uintrctl(['-o', 'xml', 'machine', 'ls'])).toMatchObject({ code: 2, stderr: expect.stringContaining('xml') as string });
    expect((await uintrctl(['info'])).stdout).toContain('version: 0.0.0-test');
    expect((await uintrctl(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await uintrctl(['cost', 'show'])).stdout).toContain('uiret');
  });
});
