// uintrctl snapshot on a real machine.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newMachine } from '../server/harness.ts';
import { guestImage, startRealDaemon } from '../server/remote-harness.ts';
import type { TestDaemon } from '../server/harness.ts';

const MAIN = fileURLToPath(new URL('../../clients/cli/main.ts', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'uintrctl-snapshot-'));
let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await startRealDaemon();
  const machine = await newMachine(daemon.client, { start: false, id: 'lab', spec: { ram_bytes: 32n << 20n } });
  await daemon.client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
});
afterAll(async () => {
  await daemon.stop();
  rmSync(directory, { recursive: true });
});

/** What it prints; throws with what it complains. */
function uintrctl(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: directory, env: { ...process.env, UINTRD_ENDPOINT: daemon.endpoint } },
      (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(stdout)),
    ),
  );
}

it('records and runs again, whole or up to a cycle or an event', async () => {
  const machine = await newMachine(daemon.client, { start: false, id: 'told', spec: { ram_bytes: 32n << 20n } });
  await daemon.client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
  await daemon.client.machines.RunMachine({ name: machine, until_cycle: 60_000n });
  const { state_hash: hash } = await daemon.client.machines.GetMachineStats({ name: machine, include_state_hash: true });
  expect(await uintrctl('replay', 'told', '--as', 'again')).toBe(`again is at the end, cycle 60000: equal hash ${hash}\n`);
  expect(await uintrctl('replay', 'told', '--to', '50000', '--as', 'part')).toBe('part stands at cycle 50000 of 60000\n');
  expect(await uintrctl('replay', 'told', '--to-event', '10')).toMatch(/ stands at cycle \d+ of 60000\n$/);
  expect(await uintrctl('record', 'told', 'told.recording')).toBe('');
  expect(await uintrctl('replay', 'told.recording')).toMatch(new RegExp(`equal hash ${hash}\n$`));
  expect((await daemon.client.snapshots.ListSnapshots({ parent: 'projects/default' })).snapshots).toEqual([]);
}, 120_000);

it('keeps, lists, puts back, forks, carries and removes', async () => {
  expect(await uintrctl('snapshot', 'create', 'lab', 'early', '--at-cycle', '50000', '--label', 'why=test')).toBe('early\n');
  expect(await uintrctl('snapshot', 'create', 'lab', 'late', '--at-event', 'process_exited')).toBe('late\n');
  expect(await uintrctl('snapshot', 'pin', 'early', 'late')).toBe('');
  await uintrctl('snapshot', 'unpin', 'late');
  expect(await uintrctl('snapshot', 'ls')).toMatch(/early .* yes\nlate .*M\n/);
  expect(await uintrctl('snapshot', 'ls')).toMatch(/early +lab +paused +50000 .*\nlate +lab +paused/);
  expect(await uintrctl('snapshot', 'restore', 'early', '--machine', 'lab')).toBe('lab\n');
  expect(await uintrctl('snapshot', 'fork', 'lab', 'twin')).toBe('twin\n');
  expect(await uintrctl('machine', 'ls')).toMatch(/twin +paused .* 50000 +\d+\n/);
  expect(await uintrctl('snapshot', 'export', 'early', 'early.snapshot')).toBe('');
  expect(await uintrctl('snapshot', 'import', 'early.snapshot', 'again')).toBe('again\n');
  expect(await uintrctl('snapshot', 'restore', 'again', '--as', 'third')).toBe('third\n');
  expect(JSON.parse(await uintrctl('-o', 'json', 'snapshot', 'inspect', 'again'))).toMatchObject({
    machine: 'projects/default/machines/lab',
  });
  expect(await uintrctl('snapshot', 'rm', 'early', 'late', 'again')).toBe('');
  writeFileSync(join(directory, 'junk'), 'junk');
  await expect(uintrctl('snapshot', 'import', 'junk')).rejects.toThrow(/is no snapshot of uintrd/);
  await expect(uintrctl('snapshot', 'export', 'early', 'gone')).rejects.toThrow(/no snapshot projects\/default\/snapshots\/early/);
  expect(existsSync(join(directory, 'gone'))).toBe(false);
}, 120_000);
