import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, newMachine } from './harness.ts';
import { guestImage, lockstepMachine, newThread, startRealDaemon } from './remote-harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon;
let client: UintrClient;
let machine: string;
let thread: string;
beforeAll(async () => {
  daemon = await startRealDaemon();
  ({ client } = daemon);
  machine = await lockstepMachine(client);
  thread = await newThread(client, machine);
});
afterAll(() => daemon.stop());

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('CreateRemoteThread', () => {
  it('makes a process or joins one, and lists what it is', async () => {
    const alone = await client.guest.CreateRemoteThread({ parent: machine, comm: 'driver', park: 'PARK_BLOCK', affinity: 2 });
    expect(alone.thread).toMatchObject({ comm: 'driver', remote: { park: 'PARK_BLOCK', call: '', handler_depth: 0 } });
    const { tid, pid } = alone.thread!;
    expect(tid).toBe(pid);
    const second = await client.guest.CreateRemoteThread({ parent: `${machine}/processes/${pid}` });
    expect(second.thread).toMatchObject({ comm: 'remote', pid, remote: { park: 'PARK_SPIN' } });
    const { threads } = await client.guest.ListThreads({ parent: `${machine}/processes/${pid}` });
    expect(threads.map((listed) => listed.remote?.park)).toEqual(['PARK_BLOCK', 'PARK_SPIN']);
    expect((await client.guest.GetProcess({ name: `${machine}/processes/${pid}` })).process).toMatchObject({ threads: 2 });
  });

  it.each([
    [{ comm: 'sixteen bytes ...' }, 'comm'],
    [{ comm: 'ä'.repeat(8) }, 'comm'],
    [{ affinity: 4 }, 'affinity'],
  ])('refuses %o', async (request, field) => {
    expect(await failure(client.guest.CreateRemoteThread({ parent: machine, ...request }))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      fieldViolations: [{ field }],
    });
  });

  it('refuses parents that are not there', async () => {
    expect(await failure(client.guest.CreateRemoteThread({ parent: `${machine}/processes/999` }))).toMatchObject({
      reason: 'PROCESS_NOT_FOUND',
    });
    expect(await failure(client.guest.CreateRemoteThread({ parent: 'projects/default/machines/none' }))).toMatchObject({
      reason: 'MACHINE_NOT_FOUND',
    });
    expect(await failure(client.guest.CreateRemoteThread({ parent: thread }))).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });

  it('answers a repeated request once', async () => {
    const request = { parent: machine, request_id: 'make-one' };
    const [first, second] = [await client.guest.CreateRemoteThread(request), await client.guest.CreateRemoteThread(request)];
    expect(second).toEqual(first);
  });
});

describe('ExecuteSyscall', () => {
  it('takes values, bytes, space and text, and answers with what is there afterwards', async () => {
    const open = await client.guest.ExecuteSyscall({
      thread,
      name: 'open',
      arguments: [{ text: '/tmp/notes' }, { value: BigInt(0o102) }, { value: BigInt(0o644) }],
    });
    expect(open.result).toBeGreaterThan(2n);
    expect(open.times!.end_cycle).toBeGreaterThan(open.times!.start_cycle);
    const fd = { value: open.result };
    const write = await client.guest.ExecuteSyscall({ thread, number: 1, arguments: [fd, { data: Buffer.from('hello') }, { value: 5n }] });
    expect(write).toMatchObject({ result: 5n, error: '', outputs: [Buffer.from('hello')] });
    const read = await client.guest.ExecuteSyscall({
      thread,
      name: 'pread64',
      arguments: [fd, { space: 10 }, { value: 10n }, { value: 1n }],
    });
    expect(read.result).toBe(4n);
    expect(text(read.outputs[0]!)).toBe('ello\0\0\0\0\0\0');
    expect(text((await client.guest.ReadFile({ parent: machine, path: '/tmp/notes' })).data)).toBe('hello');
  });

  it('answers errors of system calls as results', async () => {
    const missing = await client.guest.ExecuteSyscall({ thread, name: 'open', arguments: [{ text: '/none' }] });
    expect(missing).toMatchObject({ result: -2n, error: 'ENOENT' });
    expect(await client.guest.ExecuteSyscall({ thread, number: 0xffff_ffff })).toMatchObject({ result: -38n, error: 'ENOSYS' });
    const wild = await client.guest.ExecuteSyscall({
      thread,
      name: 'read',
      arguments: [{ value: 0n }, { value: (1n << 64n) - 1n }, { value: 8n }],
    });
    expect(['EFAULT', '']).toContain(wild.error);
  });

  it('returns 64 bits', async () => {
    const { result } = await client.guest.ExecuteSyscall({
      thread,
      name: 'mmap',
      arguments: [0n, 4096n, 3n, 0x22n, (1n << 64n) - 1n, 0n].map((value) => ({ value })),
    });
    expect(result).toBeGreaterThan(1n << 20n);
    expect(await client.guest.ExecuteSyscall({ thread, name: 'munmap', arguments: [{ value: result }, { value: 4096n }] })).toMatchObject({
      result: 0n,
    });
  });

  it.each([
    [{ name: 'nonsense' }, 'name'],
    [{ number: 0, arguments: [{ space: (1 << 20) + 1 }] }, 'arguments[0].space'],
    [{ number: 0, arguments: Array.from({ length: 7 }, () => ({ value: 0n })) }, 'arguments'],
    [{ number: 0, arguments: [{ value: 0n }, {}] }, 'arguments[1]'],
    [{ number: 0, arguments: [{ text: 'a\0b' }] }, 'arguments[0].text'],
    [{ number: 0, arguments: [{ data: Buffer.alloc((1 << 20) + 1) }] }, 'arguments[0].data'],
    [{}, 'call'],
  ])('refuses a wrong request %#', async (request, field) => {
    const error = await failure(client.guest.ExecuteSyscall({ thread, ...request }));
    expect(error.status).toBe('INVALID_ARGUMENT');
    expect(error.fieldViolations[0]!.field).toContain(field);
  });

  it('takes six arguments of half a MiB', async () => {
    const { outputs } = await client.guest.ExecuteSyscall({
      thread,
      name: 'getpid',
      arguments: Array.from({ length: 6 }, (_, at) => ({ data: Buffer.alloc(1 << 19, at + 1) })),
    });
    expect(outputs.map((bytes) => [bytes.length, bytes[0], bytes.at(-1)])).toEqual(
      Array.from({ length: 6 }, (_, at) => [1 << 19, at + 1, at + 1]),
    );
  });

  it('ends the thread by exit, and says so', async () => {
    const short = await newThread(client, machine);
    expect(await failure(client.guest.ExecuteSyscall({ thread: short, name: 'exit_group', arguments: [{ value: 3n }] }))).toMatchObject({
      status: 'FAILED_PRECONDITION',
      reason: 'THREAD_KILLED',
      metadata: { signal: '' },
    });
    expect(await failure(client.guest.ExecuteSyscall({ thread: short, name: 'getpid' }))).toMatchObject({
      status: 'NOT_FOUND',
      reason: 'THREAD_NOT_FOUND',
    });
  });

  it('waits as long as the system call does, in virtual time', async () => {
    const { times } = await client.guest.ExecuteSyscall({
      thread,
      name: 'nanosleep',
      arguments: [{ data: Buffer.from(BigInt64Array.of(5n, 0n).buffer) }, { value: 0n }],
    });
    expect(Number(times!.end_cycle - times!.start_cycle) / 2e9).toBeCloseTo(5, 3);
  });
});

describe('a thread', () => {
  it('executes one call at a time; others are refused meanwhile', async () => {
    const own = await lockstepMachine(client);
    const busy = await newThread(client, own);
    const writer = await newThread(client, `${own}/processes/${/\d+$/.exec(busy)![0]}`);
    const { outputs } = await client.guest.ExecuteSyscall({ thread: busy, name: 'pipe', arguments: [{ space: 8 }] });
    const [readEnd, writeEnd] = new Int32Array(new Uint8Array(outputs[0]!).buffer);
    const reading = client.guest.ExecuteSyscall({
      thread: busy,
      name: 'read',
      arguments: [{ value: BigInt(readEnd!) }, { space: 4 }, { value: 4n }],
    });
    // The read is under way as soon as the listing says so.
    for (;;) {
      const { threads } = await client.guest.ListThreads({ parent: own });
      if (threads.some(({ remote }) => remote?.call === 'ExecuteSyscall read')) break;
    }
    expect(await failure(client.guest.ExecuteSyscall({ thread: busy, name: 'getpid' }))).toMatchObject({
      status: 'ABORTED',
      reason: 'THREAD_BUSY',
      metadata: { call: 'ExecuteSyscall read' },
    });
    await client.guest.ExecuteSyscall({
      thread: writer,
      name: 'write',
      arguments: [{ value: BigInt(writeEnd!) }, { data: Buffer.from('abcd') }, { value: 4n }],
    });
    expect(text((await reading).outputs[0]!)).toBe('abcd');
  });

  it('goes on with a call whose client has given up', async () => {
    const own = await lockstepMachine(client);
    const name = await newThread(client, own);
    const { outputs } = await client.guest.ExecuteSyscall({ thread: name, name: 'pipe', arguments: [{ space: 8 }] });
    const [readEnd] = new Int32Array(new Uint8Array(outputs[0]!).buffer);
    const read = { thread: name, name: 'read', arguments: [{ value: BigInt(readEnd!) }, { space: 4 }, { value: 4n }] };
    expect(await failure(client.guest.ExecuteSyscall(read, { timeout: 200 }))).toMatchObject({ status: 'DEADLINE_EXCEEDED' });
    expect(await failure(client.guest.ExecuteSyscall({ thread: name, name: 'getpid' }))).toMatchObject({ reason: 'THREAD_BUSY' });
    await client.guest.SignalProcess({ name: name.replace('threads', 'processes'), signal: 9 });
    await client.machines.RunMachine({ name: own, cycles: 1_000_000n });
    expect(await failure(client.guest.ExecuteSyscall({ thread: name, name: 'getpid' }))).toMatchObject({ reason: 'THREAD_NOT_FOUND' });
  });

  it('is waited for until its machine is deleted or reset', async () => {
    for (const end of ['DeleteMachine', 'ResetMachine'] as const) {
      const own = await lockstepMachine(client);
      const name = await newThread(client, own);
      const { outputs } = await client.guest.ExecuteSyscall({ thread: name, name: 'pipe', arguments: [{ space: 8 }] });
      const [readEnd] = new Int32Array(new Uint8Array(outputs[0]!).buffer);
      const reading = failure(
        client.guest.ExecuteSyscall({ thread: name, name: 'read', arguments: [{ value: BigInt(readEnd!) }, { space: 4 }, { value: 4n }] }),
      );
      for (;;) {
        const { threads } = await client.guest.ListThreads({ parent: own });
        if (threads.some(({ remote }) => remote?.call !== '')) break;
      }
      await client.machines[end]({ name: own });
      expect((await reading).reason).toMatch(/CANCELLED|MACHINE_NOT_FOUND|MACHINE_RESET/);
    }
  });

  it('of an ELF program is not remote', async () => {
    const own = await lockstepMachine(client);
    const { process } = await client.guest.SpawnProcess({ parent: own, path: '/bin/p', image: guestImage('hello') });
    const error = await failure(client.guest.ExecuteSyscall({ thread: `${own}/threads/${process!.pid}`, name: 'getpid' }));
    expect(error).toMatchObject({ status: 'FAILED_PRECONDITION', reason: 'NOT_REMOTE' });
    expect(await failure(client.guest.ExecuteSyscall({ thread: `${own}/threads/77`, name: 'getpid' }))).toMatchObject({
      reason: 'THREAD_NOT_FOUND',
    });
  });

  it('takes signals by its own name, as its process does by that of the process', async () => {
    const own = await lockstepMachine(client);
    const [first, second] = [await newThread(client, own), await newThread(client, own)];
    const mask = (name: string, signal: number) => {
      const set = Buffer.from(BigUint64Array.of(1n << BigInt(signal - 1)).buffer);
      return client.guest.ExecuteSyscall({
        thread: name,
        name: 'rt_sigprocmask',
        arguments: [{ value: 0n }, { data: set }, { value: 0n }, { value: 8n }],
      });
    };
    await mask(first, 10);
    await client.guest.SignalProcess({ name: first, signal: 10 });
    const pending = await client.guest.ExecuteSyscall({ thread: first, name: 'rt_sigpending', arguments: [{ space: 8 }, { value: 8n }] });
    expect(Buffer.from(pending.outputs[0]!).readBigUInt64LE()).toBe(1n << 9n);
    await client.guest.SignalProcess({ name: second, signal: 9 });
    await client.machines.RunMachine({ name: own, cycles: 1_000_000n });
    expect(await failure(client.guest.SignalProcess({ name: second, signal: 9 }))).toMatchObject({
      status: 'NOT_FOUND',
      reason: 'THREAD_NOT_FOUND',
    });
    expect(await failure(client.guest.SignalProcess({ name: `${own}/threads/99`, signal: 9 }))).toMatchObject({
      reason: 'THREAD_NOT_FOUND',
    });
    expect(await failure(client.guest.SignalProcess({ name: first, signal: 65 }))).toMatchObject({
      fieldViolations: [{ field: 'signal' }],
    });
  });

  it('of a machine that runs freely executes at once, of a paused one when it is started again', async () => {
    const own = await newMachine(client);
    const name = await newThread(client, own);
    expect(await client.guest.ExecuteSyscall({ thread: name, name: 'getpid' })).toMatchObject({ result: BigInt(/\d+$/.exec(name)![0]) });
    await client.machines.PauseMachine({ name: own });
    const call = client.guest.ExecuteSyscall({ thread: name, name: 'gettid' });
    for (;;) {
      const { threads } = await client.guest.ListThreads({ parent: own });
      if (threads.some(({ remote }) => remote?.call === 'ExecuteSyscall gettid')) break;
    }
    await client.machines.StartMachine({ name: own });
    expect((await call).error).toBe('');
  });
});

describe('SpawnProcess', () => {
  it('gives a program files of other processes', async () => {
    const own = await lockstepMachine(client);
    const giver = await newThread(client, own);
    const source = async (path: string): Promise<string> => {
      const { result } = await client.guest.ExecuteSyscall({
        thread: giver,
        name: 'open',
        arguments: [{ text: path }, { value: 0o102n }, { value: 0o644n }],
      });
      return `${own}/processes/${/\d+$/.exec(giver)![0]}/fds/${result}`;
    };
    const first = await source('/tmp/a');
    const { process } = await client.guest.SpawnProcess({
      parent: own,
      path: '/bin/p',
      image: guestImage('hello'),
      descriptors: [{ fd: 9, source: first }],
    });
    await client.guest.WaitProcess({ name: process!.name });
    for (const [descriptors, field] of [
      [[{ fd: 2, source: first }], 'descriptors[0].fd'],
      [
        [
          { fd: 3, source: first },
          { fd: 3, source: first },
        ],
        'descriptors[1].fd',
      ],
      [[{ fd: 3, source: first.replace(own, machine) }], 'descriptors[0].source'],
      [[{ fd: 3, source: own }], 'descriptors[0].source'],
    ] as const)
      expect(await failure(client.guest.SpawnProcess({ parent: own, path: '/bin/p', descriptors }))).toMatchObject({
        status: 'INVALID_ARGUMENT',
        fieldViolations: [{ field }],
      });
    const closed = first.replace(/\d+$/, '99');
    const error = await failure(client.guest.SpawnProcess({ parent: own, path: '/bin/p', descriptors: [{ fd: 3, source: closed }] }));
    expect(['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'NOT_FOUND']).toContain(error.status);
  });
});
