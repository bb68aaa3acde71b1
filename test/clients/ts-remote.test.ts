import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteThread } from '../../clients/ts/remote-thread.ts';
import { WORKER_MODULE } from '../../src/server/worker-port.ts';
import { failure, newMachine, startTestDaemon } from '../server/harness.ts';
import { EXPERIMENT, ROOT, run, snippets } from './snippets.ts';
import type { TestDaemon } from '../server/harness.ts';

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await startTestDaemon([], WORKER_MODULE);
});
afterAll(() => daemon.stop());

const lockstep = () => newMachine(daemon.client, { spec: { vcpus: 2, time_mode: 'TIME_MODE_LOCKSTEP' }, start: false });
const ALL_ONES = (1n << 64n) - 1n;

describe('RemoteThread', () => {
  it('sends, masks, takes and returns from interrupts', async () => {
    const machine = await lockstep();
    const receiver = await RemoteThread.create(daemon.client, machine, { comm: 'receiver', affinity: 1 });
    const sender = await RemoteThread.create(daemon.client, machine, { comm: 'sender', affinity: 2 });
    await receiver.registerHandler({ mode: 'HANDLER_MODE_MANUAL', keepMasked: true });
    expect(await receiver.testui()).toBe(false);
    const { vector_fd } = await receiver.createVectorFd(63);
    const entry = await sender.registerSender(vector_fd);
    const { interrupt } = await sender.sendUipi(entry.uitt_index);
    expect((await receiver.state())!.upid!.posted_interrupt_requests | (await receiver.state())!.uirr).toBe(1n << 63n);
    await receiver.stui();
    const taken = await receiver.wait();
    expect(taken).toMatchObject({
      outcome: 'OUTCOME_INTERRUPT',
      more: 0,
      interrupt: { vector: 63, handler_depth: 1, sources: [{ interrupt, sender: sender.name }] },
    });
    expect(await receiver.testui()).toBe(false);
    expect((await receiver.uiret()).handler_depth).toBe(0);
    expect(await receiver.testui()).toBe(true);
    await receiver.clui();
    expect(await receiver.testui()).toBe(false);
    await sender.unregisterSender(entry);
    await receiver.unregisterHandler();
    await daemon.client.machines.DeleteMachine({ name: machine });
  });

  it('executes system calls with exact numbers, text, bytes and space', async () => {
    const machine = await lockstep();
    const thread = await RemoteThread.create(daemon.client, machine);
    const { result: fd } = await thread.syscall('openat', [-100, '/tmp/file', 0o102, 0o644]);
    expect((await thread.syscall('write', [fd, new TextEncoder().encode('some bytes'), 10])).result).toBe(10n);
    expect((await thread.syscall('lseek', [fd, -5n, 1])).result).toBe(5n);
    const { outputs } = await thread.syscall('read', [fd, { space: 16 }, 16]);
    expect(new TextDecoder().decode(outputs[0]!.subarray(0, 5))).toBe('bytes');
    expect(await thread.syscall('openat', [-100, '/none', 0, 0])).toMatchObject({ result: -2n, error: 'ENOENT' });
    await daemon.client.machines.DeleteMachine({ name: machine });
  });

  it.each([0n, ALL_ONES])('is killed by SENDUIPI with index %s', async (index) => {
    const machine = await lockstep();
    const thread = await RemoteThread.create(daemon.client, machine);
    expect(await failure(thread.sendUipi(index))).toMatchObject({ reason: 'THREAD_KILLED' });
    await daemon.client.machines.DeleteMachine({ name: machine });
  });

  it('answers a repeated call with its first answer', async () => {
    const machine = await lockstep();
    const thread = await RemoteThread.create(daemon.client, machine);
    await thread.registerHandler();
    const first = await thread.createVectorFd(1, { idempotencyKey: '123e4567-e89b-42d3-a456-426614174000' });
    expect(await thread.createVectorFd(1, { idempotencyKey: '123e4567-e89b-42d3-a456-426614174000' })).toEqual(first);
    await daemon.client.machines.DeleteMachine({ name: machine });
  });
});

describe('Ring', () => {
  it('moves bytes, and brings user_data back exactly', async () => {
    const machine = await lockstep();
    const thread = await RemoteThread.create(daemon.client, machine);
    const ring = await thread.setupRing({ entries: 8 });
    const nops = await ring.run([
      { user_data: 1, nop: {} },
      { user_data: ALL_ONES, nop: {} },
    ]);
    expect(nops.map(({ user_data }) => user_data)).toEqual([1n, ALL_ONES]);
    const [opened] = await ring.run([{ user_data: 2, openat: { path: '/tmp/ring', open_flags: 0o102, mode: 0o644 } }]);
    const data = new TextEncoder().encode('through a ring');
    expect((await ring.run([{ user_data: 3, write: { fd: opened!.result, data } }]))[0]!.result).toBe(14);
    const [read] = await ring.run([{ user_data: 4, read: { fd: opened!.result, length: 100, offset: 8 } }]);
    expect(new TextDecoder().decode(read!.data)).toBe('a ring');
    await ring.submit([{ user_data: 5, timeout: { duration: { seconds: 1 } } }]);
    expect((await ring.state()).in_flight).toMatchObject([{ user_data: 5n }]);
    expect((await ring.cancel({ user_data: 5 })).cancelled).toBe(1);
    expect((await ring.wait({ least: 0 })).completions.map(({ user_data }) => user_data)).toContain(5n);
    await ring.close();
    expect(await failure(ring.state())).toMatchObject({ reason: 'RING_NOT_FOUND' });
    await daemon.client.machines.DeleteMachine({ name: machine });
  });
});

describe('the documentation', () => {
  const expected = [EXPERIMENT, /^1 at cycle 0: created\n2 at cycle 0: running\n/];
  it.each(snippets('ts').map((text, at) => [at, text] as const))('program %i runs', async (at, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'uintrd-docs-'));
    writeFileSync(join(folder, 'program.ts'), text.replaceAll("'./clients/", `'${ROOT}clients/`));
    expect(await run(process.execPath, [join(folder, 'program.ts')])).toEqual({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(expected[at]!),
    });
    rmSync(folder, { recursive: true });
  });
});
