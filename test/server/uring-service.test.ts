import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from './harness.ts';
import { lockstepMachine, newThread, startRealDaemon } from './remote-harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon;
let client: UintrClient;
let machine: string;
let thread: string;
let ring: string;
beforeAll(async () => {
  daemon = await startRealDaemon();
  ({ client } = daemon);
  machine = await lockstepMachine(client);
  thread = await newThread(client, machine);
  ring = (await client.uring.SetupRing({ thread, entries: 8 })).ring!.name;
});
afterAll(() => daemon.stop());

const ALL = 0xffff_ffff;
const submit = (...entries: object[]) => client.uring.SubmitOps({ ring, entries });
const take = async (count: number) => (await client.uring.WaitCompletions({ ring, min_completions: count })).completions;

describe('a ring', () => {
  it('opens, writes, reads back and closes', async () => {
    await submit({ user_data: 1n, openat: { path: '/tmp/f', open_flags: 0o102, mode: 0o644 } });
    const fd = (await take(1))[0]!.result;
    expect(fd).toBeGreaterThan(2);
    await submit({ user_data: 2n, write: { fd, data: Buffer.from('hello ring') } });
    expect(await take(1)).toMatchObject([{ user_data: 2n, result: 10 }]);
    await submit({ user_data: 3n, read: { fd, length: 64 } }, { user_data: 4n, readv: { fd, lengths: [2, 3], offset: 6n } });
    const done = new Map((await take(2)).map((completion) => [completion.user_data, Buffer.from(completion.data).toString()]));
    expect(done).toEqual(
      new Map([
        [3n, 'hello ring'],
        [4n, 'ring'],
      ]),
    );
    await submit({ user_data: 5n, close: { fd } });
    expect(await take(1)).toMatchObject([{ result: 0 }]);
  });

  it('reports errors, cancels and times out', async () => {
    await submit({ user_data: 9n, read: { fd: 99, length: 4 } });
    expect(await take(1)).toMatchObject([{ user_data: 9n, result: -9, error: 'EBADF' }]);
    await submit({ user_data: 10n, timeout: { duration: { seconds: 3600n } } }, { user_data: 11n, nop: {} });
    expect(await client.uring.CancelOps({ ring, target: { user_data: 10n } })).toMatchObject({ cancelled: 1, error: '' });
    expect((await take(2)).map(({ user_data, error }) => [user_data, error]).sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [10n, 'ECANCELED'],
      [11n, ''],
    ]);
    expect(await client.uring.CancelOps({ ring, target: { user_data: 77n } })).toMatchObject({ cancelled: 0, error: 'ENOENT' });
    const late = await client.uring.WaitCompletions({ ring, timeout: { nanos: 1000 } });
    expect(late).toMatchObject({ completions: [], timed_out: true });
    expect(await client.uring.WaitCompletions({ ring, min_completions: ALL })).toMatchObject({ completions: [], timed_out: false });
  });

  it('is listed, looked at, probed and closed', async () => {
    const own = (await client.uring.SetupRing({ thread, entries: 4, cq_entries: 16 })).ring!;
    expect(own).toMatchObject({ thread, sq_entries: 4, cq_entries: 16 });
    expect((await client.uring.ListRings({ parent: machine })).rings.map(({ name }) => name)).toContain(own.name);
    const { opcodes } = await client.uring.RegisterResources({ ring: own.name, probe: true });
    expect(opcodes[22]).toMatchObject({ name: 'IORING_OP_READ', supported: true });
    expect((await client.uring.RegisterResources({ ring: own.name, buffers: { sizes: [4096] } })).result).toBe(0);
    expect(await client.uring.GetRingState({ name: own.name })).toMatchObject({ registered_buffers: 1, in_flight: [] });
    expect(await failure(client.uring.RegisterResources({ ring: own.name, unregister: 'UNREGISTER_KIND_FILES' }))).toMatchObject({
      reason: 'SYSCALL_FAILED',
      metadata: { errno: 'ENXIO' },
    });
    await client.uring.CloseRing({ name: own.name });
    expect(await failure(client.uring.GetRingState({ name: own.name }))).toMatchObject({ reason: 'RING_NOT_FOUND' });
  });

  it('refuses what it has no room for or could not tell apart', async () => {
    expect(await failure(submit(...Array.from({ length: 9 }, () => ({ nop: {} }))))).toMatchObject({ reason: 'LIMIT_EXCEEDED' });
    expect(await failure(submit({ user_data: 1n, read: { fd: 0, length: 1 } }, { user_data: 1n, nop: {} }))).toMatchObject({
      fieldViolations: [{ field: 'entries[1].user_data' }],
    });
  });
});
