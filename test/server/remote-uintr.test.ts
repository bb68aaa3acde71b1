import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, newMachine } from './harness.ts';
import { guestImage, lockstepMachine, newPair, newThread, startRealDaemon } from './remote-harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startRealDaemon();
  ({ client } = daemon);
});
afterAll(() => daemon.stop());

const tid = (thread: string): number => Number(/\d+$/.exec(thread)![0]);

describe('an interrupt', () => {
  it('goes from one remote thread to another, and is named with its source', async () => {
    const { receiver, sender, index } = await newPair(client);
    const sent = await client.uintr.SendUipi({ thread: sender, uitt_index: BigInt(index) });
    expect(sent.interrupt).toBeGreaterThan(0n);
    const answer = await client.uintr.WaitForInterrupt({ thread: receiver });
    expect(answer).toMatchObject({ outcome: 'OUTCOME_INTERRUPT', more: 0 });
    expect(answer.interrupt).toMatchObject({
      vector: 7,
      vcpu: 0,
      handler_depth: 1,
      sources: [{ interrupt: sent.interrupt, sender, sender_tid: tid(sender) }],
    });
    expect(answer.interrupt!.symbol).toContain('remote_park');
    expect(answer.interrupt!.cycle).toBeGreaterThan(sent.times!.start_cycle);
    expect(await client.uintr.WaitForInterrupt({ thread: receiver, timeout: { nanos: 0 } })).toMatchObject({
      outcome: 'OUTCOME_TIMED_OUT',
    });
    expect(await client.uintr.WaitForInterrupt({ thread: receiver })).toMatchObject({ outcome: 'OUTCOME_QUIESCENT' });
  });

  it('is held back by UIF, and coalesces with others of its vector', async () => {
    const { receiver, sender, index } = await newPair(client, { handler: { keep_masked: true } });
    expect(await client.uintr.TestUserInterruptFlag({ thread: receiver })).toMatchObject({ uif: false });
    const { sent, interrupts } = await client.uintr.SendUipis({ thread: sender, uitt_indexes: [index, index, index].map(BigInt) });
    expect([sent, interrupts.length]).toEqual([3, 3]);
    expect(await client.uintr.WaitForInterrupt({ thread: receiver, timeout: { nanos: 100_000 } })).toMatchObject({
      outcome: 'OUTCOME_QUIESCENT',
    });
    await client.uintr.SetUserInterruptFlag({ thread: receiver, uif: true });
    const { interrupt } = await client.uintr.WaitForInterrupt({ thread: receiver });
    expect(interrupt!.sources.map((source) => source.interrupt)).toEqual(interrupts);
    expect(await client.uintr.TestUserInterruptFlag({ thread: receiver })).toMatchObject({ uif: true });
  });

  it('is handled by hand in mode MANUAL, nested after STUI', async () => {
    const { receiver, sender, index } = await newPair(client, { handler: { mode: 'HANDLER_MODE_MANUAL' } });
    const send = () => client.uintr.SendUipi({ thread: sender, uitt_index: BigInt(index) });
    await send();
    expect((await client.uintr.WaitForInterrupt({ thread: receiver })).interrupt).toMatchObject({ handler_depth: 1 });
    expect(await client.uintr.TestUserInterruptFlag({ thread: receiver })).toMatchObject({ uif: false });
    await client.uintr.SetUserInterruptFlag({ thread: receiver, uif: true });
    await send();
    expect((await client.uintr.WaitForInterrupt({ thread: receiver })).interrupt).toMatchObject({ handler_depth: 2 });
    expect(await client.uintr.ReturnFromInterrupt({ thread: receiver })).toMatchObject({ handler_depth: 1 });
    expect(await client.uintr.ReturnFromInterrupt({ thread: receiver })).toMatchObject({ handler_depth: 0 });
    expect(await failure(client.uintr.ReturnFromInterrupt({ thread: receiver }))).toMatchObject({ reason: 'WRONG_STATE' });
  });

  it('wakes a receiver out of uintr_wait, whose time limit is virtual', async () => {
    const { receiver } = await newPair(client, { handler: { blocked_receiver: 'BLOCKED_RECEIVER_WAITING_RECEIVER' } });
    const wait = { thread: receiver, mode: 'WAIT_MODE_UINTR_WAIT' } as const;
    expect(await client.uintr.WaitForInterrupt({ ...wait, timeout: { nanos: 500_000 } })).toMatchObject({ outcome: 'OUTCOME_TIMED_OUT' });
    expect(await failure(client.uintr.WaitForInterrupt({ ...wait, timeout: { seconds: 1001n } }))).toMatchObject({
      fieldViolations: [{ field: 'timeout' }],
    });
  });

  it('wakes a receiver out of uintr_wait that has no time limit', async () => {
    const { machine, receiver, sender, index } = await newPair(client, { spec: { abi: 'ABI_K518' } });
    const wait = { thread: receiver, mode: 'WAIT_MODE_UINTR_WAIT' } as const;
    expect(await failure(client.uintr.WaitForInterrupt({ ...wait, timeout: { seconds: 1n } }))).toMatchObject({
      fieldViolations: [{ field: 'timeout' }],
    });
    const waiting = client.uintr.WaitForInterrupt(wait);
    for (;;) {
      const { threads } = await client.guest.ListThreads({ parent: machine });
      if (threads.some(({ remote }) => remote?.call === 'WaitForInterrupt')) break;
    }
    await client.uintr.SendUipi({ thread: sender, uitt_index: BigInt(index) });
    expect(await waiting).toMatchObject({ outcome: 'OUTCOME_INTERRUPT', interrupt: { vector: 7 } });
  });

  it('goes between a program and a remote thread, both ways', async () => {
    const machine = await lockstepMachine(client);
    const thread = await newThread(client, machine, { affinity: 1 });
    await client.uintr.RegisterHandler({ thread });
    const { vector_fd } = await client.uintr.CreateVectorFd({ thread, vector: 63 });
    const { process } = await client.guest.SpawnProcess({
      parent: machine,
      path: '/bin/peer',
      arguments: ['peer', '5'],
      image: guestImage('remote_peer.poc'),
      affinity: 2,
      descriptors: [{ fd: 3, source: vector_fd }],
    });
    const ready = await client.uintr.WaitForInterrupt({ thread });
    expect(ready.interrupt).toMatchObject({ vector: 63, sources: [{ sender_tid: process!.pid }] });
    const { uitt_index } = await client.uintr.RegisterSender({ thread, vector_fd: `${process!.name}/fds/4` });
    for (let round = 0; round < 5; round++) {
      await client.uintr.SendUipi({ thread, uitt_index: BigInt(uitt_index) });
      expect((await client.uintr.WaitForInterrupt({ thread })).interrupt).toMatchObject({ vector: 63 });
    }
    const { process: ended } = await client.guest.WaitProcess({ name: process!.name });
    expect(ended).toMatchObject({ exit_code: 0, signal: 0 });
  });
});

describe('calls fail', () => {
  it('as the system call does, with what helps', async () => {
    const { receiver, sender, index, machine } = await newPair(client);
    const bare = await newThread(client, machine);
    for (const [call, metadata] of [
      [client.uintr.RegisterHandler({ thread: receiver }), { syscall: 'uintr_register_handler', errno: 'EBUSY' }],
      [client.uintr.CreateVectorFd({ thread: bare, vector: 0 }), { syscall: 'uintr_vector_fd', errno: 'EINVAL' }],
      [client.uintr.RegisterSender({ thread: sender, fd: 77 }), { syscall: 'uintr_register_sender', errno: 'EBADF' }],
      [client.uintr.UnregisterSender({ thread: sender, uitt_index: 99 }), { syscall: 'uintr_unregister_sender', errno: 'EINVAL' }],
      [client.uintr.UnregisterHandler({ thread: bare }), { syscall: 'uintr_unregister_handler', errno: 'EINVAL' }],
    ] as const) {
      const error = await failure(call);
      expect(error).toMatchObject({ status: 'FAILED_PRECONDITION', reason: 'SYSCALL_FAILED', metadata });
      expect(error.metadata['remedy']).toBeTruthy();
    }
    await client.uintr.UnregisterSender({ thread: sender, uitt_index: index });
    await client.uintr.UnregisterHandler({ thread: receiver });
  });

  it('with the thread, for an index that is not valid', async () => {
    for (const index of [200n, 256n, (1n << 64n) - 1n]) {
      const { sender } = await newPair(client);
      expect(await failure(client.uintr.SendUipi({ thread: sender, uitt_index: index }))).toMatchObject({
        reason: 'THREAD_KILLED',
        metadata: { signal: 'SIGSEGV', fault: expect.stringContaining('senduipi') as string },
      });
      expect(await failure(client.uintr.SendUipi({ thread: sender, uitt_index: 0n }))).toMatchObject({ reason: 'THREAD_NOT_FOUND' });
    }
  });

  it('for what is of another machine, or out of range', async () => {
    const [first, second] = [await newPair(client), await newPair(client)];
    expect(await failure(client.uintr.RegisterSender({ thread: first.sender, vector_fd: second.vectorFd }))).toMatchObject({
      fieldViolations: [{ field: 'vector_fd' }],
    });
    expect(await failure(client.uintr.CreateVectorFd({ thread: first.receiver, vector: 64 }))).toMatchObject({
      fieldViolations: [{ field: 'vector' }],
    });
    expect(await failure(client.uintr.SendUipis({ thread: first.sender }))).toMatchObject({ fieldViolations: [{ field: 'uitt_indexes' }] });
    expect(await failure(client.uintr.SendUipi({ thread: `${first.machine}/threads/99` }))).toMatchObject({ reason: 'THREAD_NOT_FOUND' });
  });

  it('in a machine without user interrupts', async () => {
    const machine = await lockstepMachine(client, { abi: 'ABI_NONE' });
    expect(await failure(client.uintr.RegisterHandler({ thread: await newThread(client, machine) }))).toMatchObject({
      reason: 'SYSCALL_FAILED',
      metadata: { errno: 'ENOSYS' },
    });
  });
});

describe('WaitForInterrupt', () => {
  it('ends with the client, its deadline or the machine', async () => {
    const machine = await newMachine(client, { start: false });
    const { receiver } = await newPair(client, { machine: await lockstepMachine(client) });
    const wait = { thread: receiver, timeout: { seconds: 1n << 30n } };
    const stop = new AbortController();
    const cancelled = failure(client.uintr.WaitForInterrupt({ thread: await newThread(client, machine) }, { signal: stop.signal }));
    stop.abort();
    expect(await cancelled).toMatchObject({ status: 'CANCELLED' });
    expect(['OUTCOME_TIMED_OUT', 'OUTCOME_QUIESCENT']).toContain((await client.uintr.WaitForInterrupt(wait)).outcome);
    const deleted = failure(client.uintr.WaitForInterrupt({ thread: await newThread(client, machine) }));
    await client.guest.ListThreads({ parent: machine });
    await client.machines.DeleteMachine({ name: machine });
    expect((await deleted).reason).toMatch(/CANCELLED|MACHINE_NOT_FOUND/);
  });
});

describe('a script of 1000 calls in LOCKSTEP', () => {
  async function script(pause: (at: number) => Promise<void>): Promise<{ hash: string; events: Buffer }> {
    const { machine, receiver, sender, index } = await newPair(client);
    const calls = [
      () => client.uintr.SendUipi({ thread: sender, uitt_index: BigInt(index) }),
      () => client.uintr.WaitForInterrupt({ thread: receiver, timeout: { nanos: 50_000 } }),
      () => client.uintr.TestUserInterruptFlag({ thread: receiver }),
      () => client.guest.ExecuteSyscall({ thread: sender, name: 'getpid' }),
    ];
    for (let at = 0; at < 1000; at++) {
      await pause(at);
      await calls[at % calls.length]!();
    }
    const { state_hash: hash } = await client.machines.GetMachineStats({ name: machine, include_state_hash: true });
    const pieces: Uint8Array[] = [];
    for await (const { events } of client.events.StreamEvents({
      parent: machine,
      position: 'START_POSITION_OLDEST',
      heartbeat_interval: { nanos: 100_000_000 },
    })) {
      if (events.length === 0) break;
      for (const event of events)
        pieces.push(Buffer.from(JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))));
    }
    return { hash, events: Buffer.concat(pieces) };
  }

  it('ends in the same state with the same events, however fast the client is', async () => {
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const first = await script(async () => {});
    const second = await script(async (at) => {
      for (let n = 0; n < at % 7; n++) await turn();
    });
    expect(second.hash).toBe(first.hash);
    expect(first.events.length).toBeGreaterThan(0);
    expect(second.events.equals(first.events)).toBe(true);
    expect(first.hash).toMatch(/^[0-9a-f]{16}$/);
  });
});
