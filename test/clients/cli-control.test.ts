// A debugging session on the command line, with a real machine.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hexDump, memoryName, parseAddress, parseEventMatch } from '../../clients/cli/commands/control.ts';
import { guestImage, startRealDaemon } from '../server/remote-harness.ts';
import { newMachine } from '../server/harness.ts';
import type { TestDaemon } from '../server/harness.ts';

const MAIN = fileURLToPath(new URL('../../clients/cli/main.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/compile', import.meta.url));
let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await startRealDaemon();
});
afterAll(() => daemon.stop());

function uintrctl(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], UINTRD_ENDPOINT: daemon.endpoint, NODE_COMPILE_CACHE: CACHE },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString('latin1')));
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

it('runs, stops, looks and changes', async () => {
  const name = await newMachine(daemon.client, { id: 'm', start: false, spec: { time_mode: 'TIME_MODE_LOCKSTEP' } });
  const { process: spawned } = await daemon.client.guest.SpawnProcess({ parent: name, path: '/bin/p', image: guestImage('hello') });
  const pid = `${spawned!.pid}`;
  expect(await uintrctl('break', 'add', 'm', pid, 'main')).toMatchObject({ code: 0, stdout: '1\n' });
  expect((await uintrctl('machine', 'run', 'm')).stdout).toMatch(
    new RegExp(`^breakpoint at cycle \\d+, \\d+ instructions\\nbreakpoint 1, thread ${pid}\\n$`),
  );
  expect((await uintrctl('break', 'ls', 'm')).stdout).toMatch(new RegExp(`1 +${pid} +0x[0-9a-f]+ +main +1`));
  expect((await uintrctl('machine', 'step', 'm', '--thread', pid, '-n', '2')).stdout).toMatch(
    /^instructions at cycle \d+, 2 instructions, thread/,
  );
  const regs = await uintrctl('regs', 'm', pid, 'r15=0x1234');
  expect(regs.stdout).toMatch(/r15 +0x1234/);
  const [, rsp] = /rsp +(0x[0-9a-f]+)/.exec(regs.stdout)!;
  const address = `0x${(BigInt(rsp!) - 512n).toString(16)}`;
  expect(await uintrctl('mem', 'write', `m:${pid}`, address, '68', '65', '6c', '6c', '6f')).toMatchObject({ code: 0, stderr: '' });
  expect((await uintrctl('mem', 'read', `m:t${pid}`, address, '16')).stdout).toContain('68 65 6c 6c 6f');
  expect((await uintrctl('mem', 'read', `m:${pid}`, address, '5', '--raw')).stdout).toBe('hello');
  expect(await uintrctl('break', 'rm', 'm', '1')).toMatchObject({ code: 0 });
  const event = await uintrctl('machine', 'run', 'm', '--event', 'syscall_entered,name=writev');
  expect(event.stderr).toBe('');
  expect(event.stdout).toMatch(/^event at cycle|^quiescent at cycle/);
  expect(JSON.parse((await uintrctl('-o', 'json', 'machine', 'run', 'm', '--time', '10us')).stdout)).toMatchObject({
    stop_reason: 'STOP_REASON_QUIESCENT',
    breakpoint: '',
  });
  expect(await uintrctl('mem', 'read', 'm:99', '0x1000')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('PROCESS_NOT_FOUND') as string,
  });
}, 120_000);

it('understands what people write', () => {
  expect(parseEventMatch('syscall_entered,name=write,tid=3,vcpu=0')).toEqual({
    kind: 'EVENT_KIND_SYSCALL_ENTERED',
    tid: 3,
    vcpu: 0,
    fields: { name: 'write' },
  });
  for (const wrong of ['nonsense', 'unspecified', '', 'uiret,rip', 'uiret,pid=x']) expect(() => parseEventMatch(wrong)).toThrow('--event');
  expect(parseAddress('a', '0xFFFFFFFFFFFFFFFF')).toBe(2n ** 64n - 1n);
  for (const wrong of ['main', '0x', '-1', '0x1ffffffffffffffff']) expect(() => parseAddress('a', wrong)).toThrow('a:');
  expect([memoryName('m'), memoryName('m:3'), memoryName('m:t4')]).toEqual([
    'projects/default/machines/m',
    'projects/default/machines/m/processes/3',
    'projects/default/machines/m/threads/4',
  ]);
  for (const wrong of ['m:', 'm:x', 'm:t']) expect(() => memoryName(wrong)).toThrow('MACHINE');
  expect(
    hexDump(
      0x1000n,
      Uint8Array.from({ length: 18 }, (_, i) => 0x40 + i),
    ),
  ).toBe(
    '0000000000001000  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  |@ABCDEFGHIJKLMNO|\n' +
      `0000000000001010  50 51${' '.repeat(45)}|PQ|`,
  );
});
