// Rings of remote threads over the API: what completions notify, fixed buffers and files, whose ring may be used, and early ends.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from './harness.ts';
import { lockstepMachine, newThread, startRealDaemon } from './remote-harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startRealDaemon();
  ({ client } = daemon);
});
afterAll(() => daemon.stop());

const NOW = 0xffff_ffff;

async function newRing(spec: object = {}): Promise<{ machine: string; thread: string; ring: string }> {
  const machine = await lockstepMachine(client, spec);
  const thread = await newThread(client, machine, { affinity: 2 });
  return { machine, thread, ring: (await client.uring.SetupRing({ thread, entries: 8 })).ring!.name };
}

async function open(thread: string, path: string): Promise<number> {
  const { result } = await client.guest.ExecuteSyscall({
    thread,
    name: 'open',
    arguments: [{ text: path }, { value: 0o102n }, { value: 0o644n }],
  });
  return Number(result);
}

const take = async (ring: string, count = 1) => (await client.uring.WaitCompletions({ ring, min_completions: count })).completions;

describe('a completion', () => {
  it('is a user interrupt of the thread whose vector the ring has', async () => {
    const { machine, thread, ring } = await newRing({ abi: 'ABI_POC' });
    // In the same process: the ring takes a descriptor of its own.
    const receiver = await newThread(client, `${machine}/processes/${/\d+$/.exec(thread)![0]}`, { affinity: 1 });
    await client.uintr.RegisterHandler({ thread: receiver });
    const { fd } = await client.uintr.CreateVectorFd({ thread: receiver, vector: 21 });
    expect(await client.uring.RegisterResources({ ring, uintr_fd: fd })).toMatchObject({ result: 0 });
    expect(await client.uring.GetRingState({ name: ring })).toMatchObject({ uintr_vector: 21 });
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 1n, timeout: { duration: { nanos: 200_000 } } }] });
    const answer = await client.uintr.WaitForInterrupt({ thread: receiver });
    expect(answer).toMatchObject({ outcome: 'OUTCOME_INTERRUPT', interrupt: { vector: 21, vcpu: 0 } });
    expect(answer.interrupt!.sources).toHaveLength(1);
    expect(await take(ring)).toMatchObject([{ user_data: 1n, error: 'ETIME' }]);
    expect(await client.uring.RegisterResources({ ring, unregister: 'UNREGISTER_KIND_UINTR' })).toMatchObject({ result: 0 });
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 2n, nop: {} }] });
    expect(await take(ring)).toMatchObject([{ user_data: 2n, result: 0 }]);
    expect(await client.uintr.WaitForInterrupt({ thread: receiver })).toMatchObject({ outcome: 'OUTCOME_QUIESCENT' });
    expect(await failure(client.uring.RegisterResources({ ring, uintr_fd: 99 }))).toMatchObject({ metadata: { errno: 'EBADF' } });
  });

  it('reaches a thread that sleeps in uintr_wait', async () => {
    const { machine, thread, ring } = await newRing({ abi: 'ABI_POC' });
    const receiver = await newThread(client, `${machine}/processes/${/\d+$/.exec(thread)![0]}`, { affinity: 1 });
    await client.uintr.RegisterHandler({ thread: receiver, blocked_receiver: 'BLOCKED_RECEIVER_WAITING_RECEIVER' });
    const { fd } = await client.uintr.CreateVectorFd({ thread: receiver, vector: 3 });
    await client.uring.RegisterResources({ ring, uintr_fd: fd });
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 1n, timeout: { duration: { nanos: 900_000 } } }] });
    expect(await client.uintr.WaitForInterrupt({ thread: receiver, mode: 'WAIT_MODE_UINTR_WAIT' })).toMatchObject({
      outcome: 'OUTCOME_INTERRUPT',
      interrupt: { vector: 3 },
    });
  });

  it('is counted by an eventfd', async () => {
    const { thread, ring } = await newRing();
    const { result } = await client.guest.ExecuteSyscall({ thread, name: 'eventfd2', arguments: [{ value: 0n }, { value: 0o4000n }] });
    expect(await client.uring.RegisterResources({ ring, eventfd: Number(result) })).toMatchObject({ result: 0 });
    expect(await client.uring.GetRingState({ name: ring })).toMatchObject({ eventfd: true });
    const count = async () => {
      const { error, outputs } = await client.guest.ExecuteSyscall({
        thread,
        name: 'read',
        arguments: [{ value: result }, { space: 8 }, { value: 8n }],
      });
      return error === '' ? Buffer.from(outputs[0]!).readBigUInt64LE() : error;
    };
    expect(await count()).toBe('EAGAIN');
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 1n, nop: {} }] });
    expect(await count()).toBe(1n);
    await client.uring.RegisterResources({ ring, unregister: 'UNREGISTER_KIND_EVENTFD' });
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 2n, nop: {} }] });
    expect(await count()).toBe('EAGAIN');
    expect(await take(ring, 2)).toHaveLength(2);
  });
});

describe('registered resources', () => {
  it('buffers: WRITE_FIXED and READ_FIXED move what the client gives and gets', async () => {
    const { machine, thread, ring } = await newRing();
    const fd = await open(thread, '/tmp/fixed');
    await client.uring.RegisterResources({ ring, buffers: { sizes: [4096, 16] } });
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 1n, write: { fd, data: Buffer.from('fixed words'), buffer_index: 0 } }] });
    expect(await take(ring)).toMatchObject([{ result: 11 }]);
    expect(Buffer.from((await client.guest.ReadFile({ parent: machine, path: '/tmp/fixed' })).data).toString()).toBe('fixed words');
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 2n, read: { fd, length: 16, offset: 6n, buffer_index: 1 } }] });
    const [completion] = await take(ring);
    expect(completion).toMatchObject({ result: 5 });
    expect(Buffer.from(completion!.data).toString()).toBe('words');
    for (const [buffer_index, length] of [
      [1, 17],
      [2, 1],
    ])
      expect(
        await failure(client.uring.SubmitOps({ ring, entries: [{ user_data: 3n, read: { fd, length, buffer_index } }] })),
      ).toMatchObject({
        fieldViolations: [{ field: 'entries[0].buffer_index' }],
      });
    await client.uring.RegisterResources({ ring, unregister: 'UNREGISTER_KIND_BUFFERS' });
    expect(await failure(client.uring.SubmitOps({ ring, entries: [{ read: { fd, length: 1, buffer_index: 0 } }] }))).toMatchObject({
      fieldViolations: [{ field: 'entries[0].buffer_index' }],
    });
  });

  it('files: an index with FIXED_FILE', async () => {
    const { thread, ring } = await newRing();
    const fd = await open(thread, '/tmp/file');
    await client.uring.RegisterResources({ ring, files: { fds: [-1, fd] } });
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 1n, flags: 1, write: { fd: 1, data: Buffer.from('x') } }] });
    expect(await take(ring)).toMatchObject([{ result: 1 }]);
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 1n, flags: 1, write: { fd: 0, data: Buffer.from('x') } }] });
    expect(await take(ring)).toMatchObject([{ error: 'EBADF' }]);
  });
});

describe('a ring', () => {
  it('cancels by user_data, by descriptor, all and what is not there', async () => {
    const { thread, ring } = await newRing();
    const { outputs } = await client.guest.ExecuteSyscall({ thread, name: 'pipe', arguments: [{ space: 8 }] });
    const fd = Buffer.from(outputs[0]!).readInt32LE();
    const polls = [1n, 2n, 3n].map((user_data) => ({ user_data, poll_add: { fd, events: 1 } }));
    await client.uring.SubmitOps({ ring, entries: polls });
    expect((await client.uring.GetRingState({ name: ring })).in_flight).toHaveLength(3);
    expect(await client.uring.CancelOps({ ring, target: { user_data: 2n } })).toMatchObject({ cancelled: 1, error: '' });
    expect(await client.uring.CancelOps({ ring, target: { fd, all: true } })).toMatchObject({ cancelled: 2, error: '' });
    expect(await client.uring.CancelOps({ ring, target: { fd } })).toMatchObject({ cancelled: 0, error: 'ENOENT' });
    expect((await take(ring, 3)).map(({ user_data, error }) => [user_data, error])).toEqual([
      [2n, 'ECANCELED'],
      [1n, 'ECANCELED'],
      [3n, 'ECANCELED'],
    ]);
    expect((await client.uring.GetRingState({ name: ring })).in_flight).toEqual([]);
  });

  it.each(['DeleteMachine', 'ResetMachine'] as const)('is waited for until %s', async (end) => {
    const { machine, thread, ring } = await newRing();
    const { outputs } = await client.guest.ExecuteSyscall({ thread, name: 'pipe', arguments: [{ space: 8 }] });
    const fd = Buffer.from(outputs[0]!).readInt32LE();
    await client.uring.SubmitOps({ ring, entries: [{ user_data: 1n, poll_add: { fd, events: 1 } }] });
    const waiting = failure(client.uring.WaitCompletions({ ring }));
    for (;;) {
      const { threads } = await client.guest.ListThreads({ parent: machine });
      if (threads.some(({ remote }) => remote?.call === 'WaitCompletions')) break;
    }
    await client.machines[end]({ name: machine });
    expect((await waiting).reason).toMatch(/CANCELLED|MACHINE_NOT_FOUND|MACHINE_RESET/);
    const after = await failure(client.uring.WaitCompletions({ ring, min_completions: NOW }));
    expect(after.reason).toBe(end === 'DeleteMachine' ? 'MACHINE_NOT_FOUND' : 'RING_NOT_FOUND');
  });
});
