import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadArtifact } from '../../clients/ts/upload.ts';
import { failure, newMachine, PROJECT, runToEnd, startTestDaemon } from './harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon;
let client: UintrClient;
let parent: string;
beforeAll(async () => {
  daemon = await startTestDaemon(['--max-artifact-bytes', String(8 << 20)]);
  ({ client } = daemon);
  parent = await newMachine(client);
});
afterAll(() => daemon.stop());

async function output(name: string, request: object = {}): Promise<{ stdout: string; stderr: string }> {
  const call = client.guest.AttachConsole();
  await call.write({ attach: { name, ...request } });
  const text = { STREAM_STDOUT: '', STREAM_STDERR: '', STREAM_UNSPECIFIED: '' };
  for await (const { output: piece } of call) if (piece) text[piece.stream] += Buffer.from(piece.data).toString();
  return { stdout: text.STREAM_STDOUT, stderr: text.STREAM_STDERR };
}

describe('processes', () => {
  it('exit with a code or a signal', async () => {
    for (const [path, arg, expected] of [
      ['/bin/exit', '42', { exit_code: 42, signal: 0 }],
      ['/bin/killed', '11', { exit_code: 0, signal: 11 }],
    ] as const) {
      const { process } = await client.guest.SpawnProcess({ parent, path, arguments: [path, arg] });
      const { reason, process: ended } = await client.guest.WaitProcess({ name: process!.name });
      expect(reason).toBe('REASON_EXITED');
      expect(ended).toMatchObject({ state: 'STATE_EXITED', ...expected });
      expect((await client.guest.GetProcess({ name: process!.name })).process).toEqual(ended);
    }
  });

  it('are given their arguments, environment and files', async () => {
    const { process } = await client.guest.SpawnProcess({
      parent,
      path: '/bin/environment',
      environment: ['A=1', 'B=x=y'],
      files: [{ path: '/etc/f', data: Buffer.from('text'), mode: 0o600 }],
    });
    await client.guest.WaitProcess({ name: process!.name });
    expect(await output(process!.name)).toEqual({ stdout: 'A=1\nB=x=y', stderr: '' });
    expect(await client.guest.ReadFile({ parent, path: '/etc/f' })).toMatchObject({
      data: Buffer.from('text'),
      size_bytes: 4n,
      mode: 0o600,
    });
    expect(process!.arguments).toEqual(['/bin/environment']);
  });

  it.each([
    [{ path: 'relative' }, 'path'],
    [{ path: '' }, 'path'],
    [{ path: '/x', arguments: ['a', 'b\0c'] }, 'arguments[1]'],
    [{ path: '/x', environment: ['=x'] }, 'environment[0]'],
    [{ path: '/x', working_directory: 'here' }, 'working_directory'],
    [{ path: '/x', affinity: 4 }, 'affinity'],
    [{ path: '/x', files: [{ path: '/f' }] }, 'files[0].content'],
    [{ path: '/x', files: [{ path: 'f', data: Buffer.alloc(0) }] }, 'files[0].path'],
    [{ path: '/x', files: [{ path: '/f', data: Buffer.alloc(0), mode: 0o10000 }] }, 'files[0].mode'],
    [{ path: '/x', files: [{ path: '/f', symlink: 'a\0b' }] }, 'files[0].symlink'],
    [{ path: '/x', artifact: 'mine' }, 'artifact'],
  ])('refuse %o', async (request, field) => {
    expect(await failure(client.guest.SpawnProcess({ parent, ...request }))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      fieldViolations: [{ field }],
    });
  });

  it.each([
    [{ path: '/bin/missing' }, 'NOT_FOUND', 'PROGRAM_NOT_FOUND'],
    [{ path: '/bin/x', image: Buffer.from('#!/bin/sh') }, 'FAILED_PRECONDITION', 'NOT_EXECUTABLE'],
    [{ path: '/bin/x', artifact: `${PROJECT}/artifacts/none` }, 'NOT_FOUND', 'ARTIFACT_NOT_FOUND'],
  ])('cannot be spawned from %o', async (request, status, reason) => {
    expect(await failure(client.guest.SpawnProcess({ parent, ...request }))).toMatchObject({ status, reason });
  });

  it('wait: until quiescent, until a limit, until the client gives up', async () => {
    const machine = await newMachine(client, { start: false });
    const spawn = async (path: string) => (await client.guest.SpawnProcess({ parent: machine, path })).process!.name;
    const hanging = await spawn('/bin/hang');
    const waiting = client.guest.WaitProcess({ name: hanging, until_quiescent: true });
    await client.machines.StartMachine({ name: machine });
    const answer = await waiting;
    expect(answer.reason).toBe('REASON_QUIESCENT');
    expect(answer.threads).toMatchObject([
      { symbol: 'main+0x10', waiting_for: 'futex 0x4c0120', interrupt_note: expect.stringContaining('UIF is clear') as string },
    ]);
    expect(await failure(client.guest.WaitProcess({ name: hanging }, { timeout: 50 }))).toMatchObject({ status: 'DEADLINE_EXCEEDED' });
    const stop = new AbortController();
    const cancelled = failure(client.guest.WaitProcess({ name: hanging }, { signal: stop.signal }));
    stop.abort();
    expect(await cancelled).toMatchObject({ status: 'CANCELLED' });
    expect(await failure(client.guest.WaitProcess({ name: `${machine}/processes/99` }))).toMatchObject({ reason: 'PROCESS_NOT_FOUND' });

    const limited = await newMachine(client);
    const { process } = await client.guest.SpawnProcess({ parent: limited, path: '/bin/limited' });
    expect((await client.guest.WaitProcess({ name: process!.name })).reason).toBe('REASON_VIRTUAL_LIMIT');
    for (const name of [machine, limited]) await client.machines.DeleteMachine({ name });
  });

  it('are listed by pages, with threads; and get signals', async () => {
    const machine = await newMachine(client);
    for (let n = 0; n < 5; n++) await client.guest.SpawnProcess({ parent: machine, path: '/bin/spin' });
    const first = await client.guest.ListProcesses({ parent: machine, page_size: 3 });
    const second = await client.guest.ListProcesses({ parent: machine, page_size: 3, page_token: first.next_page_token });
    expect([...first.processes, ...second.processes].map((process) => process.pid)).toEqual([1, 2, 3, 4, 5]);
    expect(second.next_page_token).toBe('');
    expect((await client.guest.ListThreads({ parent: `${machine}/processes/2` })).threads).toMatchObject([
      { tid: 2, name: `${machine}/threads/2` },
    ]);
    await client.guest.SignalProcess({ name: `${machine}/processes/2`, signal: 15 });
    expect((await client.guest.GetProcess({ name: `${machine}/processes/2` })).process).toMatchObject({ signal: 15 });
    await client.guest.SignalProcess({ name: `${machine}/threads/3`, signal: 9 });
    for (const [request, field] of [
      [{ name: `${machine}/processes/1`, signal: 65 }, 'signal'],
      [{ name: `${machine}/processes/1` }, 'signal'],
      [{ name: machine, signal: 9 }, 'name'],
    ] as const)
      expect(await failure(client.guest.SignalProcess(request))).toMatchObject({ fieldViolations: [{ field }] });
    await client.machines.DeleteMachine({ name: machine });
  });

  it('end their waits when the machine is deleted or the daemon loses its worker', async () => {
    const machine = await newMachine(client);
    const { process } = await client.guest.SpawnProcess({ parent: machine, path: '/bin/die' });
    expect(await failure(client.guest.WaitProcess({ name: process!.name }))).toMatchObject({
      status: 'UNAVAILABLE',
      reason: 'WORKER_LOST',
    });
    expect((await client.machines.GetMachine({ name: machine })).machine).toMatchObject({ state: 'MACHINE_STATE_CRASHED' });
    // The machine of this file may have lived on the same worker; the daemon goes on either way.
    const other = await newMachine(client);
    await runToEnd(client, other, '/bin/echo');
    // And what was lost can be reset, on another worker.
    await client.machines.ResetMachine({ name: machine });
    await client.machines.StartMachine({ name: machine });
    await runToEnd(client, machine, '/bin/echo');
    for (const name of [machine, other]) await client.machines.DeleteMachine({ name });
    parent = await newMachine(client);
  });
});

describe('consoles', () => {
  it('keep stdout and stderr apart, and go on from an offset', async () => {
    const name = await runToEnd(client, parent, '/bin/complain');
    expect(await output(name)).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    expect(await output(name, { stdout_offset: 2, stderr_offset: 4, no_follow: true })).toEqual({ stdout: 't\n', stderr: '' });
  });

  it('take input as it comes', async () => {
    const { process } = await client.guest.SpawnProcess({ parent, path: '/bin/cat', stdin_stream: true });
    const call = client.guest.AttachConsole();
    await call.write({ attach: { name: process!.name } });
    await call.write({ stdin: Buffer.from('one ') });
    await call.write({ stdin: Buffer.from('two') });
    await call.write({ close_stdin: {} });
    let text = '';
    const accepted: bigint[] = [];
    for await (const { output: piece, stdin_accepted } of call) {
      if (piece) text += Buffer.from(piece.data).toString();
      if (stdin_accepted) accepted.push(stdin_accepted.offset);
    }
    expect([text, accepted]).toEqual(['one two', [4n, 7n]]);
  });

  it('refuse input to a process that has its own, and what is no attachment', async () => {
    const name = await runToEnd(client, parent, '/bin/spin-not');
    const attempt = async (...messages: object[]) => {
      const call = client.guest.AttachConsole();
      for (const message of messages) await call.write(message);
      for await (const _ of call);
    };
    expect(await failure(attempt({ stdin: Buffer.from('x') }))).toMatchObject({ fieldViolations: [{ field: 'attach' }] });
    expect(await failure(attempt({}))).toMatchObject({ fieldViolations: [{ field: 'action' }] });
    expect(await failure(attempt({ attach: { name: `${parent}/processes/999` } }))).toMatchObject({ reason: 'PROCESS_NOT_FOUND' });
    const { process } = await client.guest.SpawnProcess({ parent, path: '/bin/spin' });
    expect(await failure(attempt({ attach: { name: process!.name } }, { stdin: Buffer.from('x') }))).toMatchObject({
      status: 'FAILED_PRECONDITION',
      reason: 'STDIN_CLOSED',
    });
    expect(await failure(attempt({ attach: { name: process!.name } }, { attach: { name } }))).toMatchObject({
      fieldViolations: [{ field: 'attach' }],
    });
  });

  it('change the size of a terminal, and of nothing else', async () => {
    const resized = async (request: object, size: object): Promise<string> => {
      const { process } = await client.guest.SpawnProcess({ parent, path: '/bin/cat', ...request });
      const call = client.guest.AttachConsole();
      await call.write({ attach: { name: process!.name } });
      await call.write({ resize: size });
      await call.write({ close_stdin: {} });
      let text = '';
      for await (const { output: piece } of call) if (piece) text += Buffer.from(piece.data).toString();
      return text;
    };
    expect(await resized({ terminal: { rows: 24, columns: 80 } }, { rows: 50, columns: 132 })).toBe('50x132');
    expect(await failure(resized({ stdin_stream: true }, { rows: 1, columns: 1 }))).toMatchObject({
      status: 'FAILED_PRECONDITION',
      reason: 'NO_TERMINAL',
    });
    expect(await failure(resized({ terminal: {} }, { rows: 65_536, columns: 1 }))).toMatchObject({
      fieldViolations: [{ field: 'resize.rows' }],
    });
    expect(await failure(resized({ terminal: { rows: 1, columns: 1 << 20 } }, {}))).toMatchObject({
      fieldViolations: [{ field: 'terminal.columns' }],
    });
  });

  it('lose nothing to a slow reader: the machine waits', async () => {
    const machine = await newMachine(client, { start: false });
    const bytes = 40 << 20;
    const { process } = await client.guest.SpawnProcess({ parent: machine, path: '/bin/flood', arguments: ['/bin/flood', String(bytes)] });
    const call = client.guest.AttachConsole();
    await call.write({ attach: { name: process!.name } });
    let [next, pieces] = [0n, 0];
    for await (const { output: piece, attached } of call) {
      if (attached) await client.machines.StartMachine({ name: machine });
      if (!piece) continue;
      expect(piece.offset).toBe(next);
      next += BigInt(piece.data.length);
      if (pieces++ < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(next).toBe(BigInt(bytes));
    // The acted worker counts holds there.
    expect((await client.machines.GetMachineStats({ name: machine })).journal_entries).toBeGreaterThan(0n);
    await client.machines.DeleteMachine({ name: machine });
  });

  it('do not mind a client that vanishes', async () => {
    const machine = await newMachine(client);
    const { process } = await client.guest.SpawnProcess({
      parent: machine,
      path: '/bin/flood',
      arguments: ['/bin/flood', String(30 << 20)],
    });
    const call = client.guest.AttachConsole();
    await call.write({ attach: { name: process!.name } });
    for await (const { output: piece } of call) if (piece) break;
    expect((await client.guest.WaitProcess({ name: process!.name })).reason).toBe('REASON_EXITED');
    await client.machines.DeleteMachine({ name: machine });
  });
});

describe('files', () => {
  it('are written and read by pieces', async () => {
    const data = Buffer.from('0123456789');
    expect(await client.guest.WriteFile({ parent, file: { path: '/d', data } })).toEqual({ size_bytes: 10n });
    expect(await client.guest.ReadFile({ parent, path: '/d', offset: 4, length: 3 })).toMatchObject({
      data: Buffer.from('456'),
      size_bytes: 10n,
      mode: 0o644,
    });
    expect(await failure(client.guest.ReadFile({ parent, path: '/none' }))).toMatchObject({
      status: 'FAILED_PRECONDITION',
      reason: 'FILE_ERROR',
      metadata: { errno: 'ENOENT' },
    });
    expect(await failure(client.guest.ReadFile({ parent, path: '/d', length: 2 << 20 }))).toMatchObject({
      fieldViolations: [{ field: 'length' }],
    });
    expect(await failure(client.guest.WriteFile({ parent }))).toMatchObject({ fieldViolations: [{ field: 'file' }] });
  });
});

describe('artifacts', () => {
  it('come and go whole, with their sum', async () => {
    const bytes = Buffer.alloc(5 << 20, 'abc');
    const name = await uploadArtifact(client, bytes, { kind: 'test' });
    const { artifact } = await client.artifacts.GetArtifact({ name });
    expect(artifact).toMatchObject({
      size_bytes: BigInt(bytes.length),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      labels: { kind: 'test' },
    });
    const parts: Buffer[] = [];
    for await (const { offset, chunk } of client.artifacts.DownloadArtifact({ name, offset: 3 })) {
      expect(Number(offset)).toBe(3 + Buffer.concat(parts).length);
      parts.push(Buffer.from(chunk));
    }
    expect(Buffer.concat(parts).equals(bytes.subarray(3))).toBe(true);
    expect((await client.artifacts.ListArtifacts({ parent: PROJECT })).artifacts.map((item) => item.name)).toEqual([name]);

    expect(await failure(uploadArtifact(client, bytes))).toMatchObject({
      status: 'RESOURCE_EXHAUSTED',
      metadata: { subject: 'artifact_bytes' },
    });
    await client.artifacts.DeleteArtifact({ name });
    expect(await failure(client.artifacts.GetArtifact({ name }))).toMatchObject({ reason: 'ARTIFACT_NOT_FOUND' });
    // What was refused and deleted counts no more.
    expect((await client.lab.GetServerInfo({})).artifact_bytes).toBe(0n);
  });

  it('are refused without a header, with two, with a wrong sum or an id that is taken', async () => {
    const sha256 = createHash('sha256').update('x').digest('hex');
    const header = { header: { parent: PROJECT, sha256, artifact_id: 'x' } };
    const chunk = { chunk: Buffer.from('x') };
    expect(await failure(client.artifacts.UploadArtifact([chunk]))).toMatchObject({ fieldViolations: [{ field: 'header' }] });
    expect(await failure(client.artifacts.UploadArtifact([]))).toMatchObject({ fieldViolations: [{ field: 'header' }] });
    expect(await failure(client.artifacts.UploadArtifact([header, header]))).toMatchObject({ fieldViolations: [{ field: 'header' }] });
    expect(await failure(client.artifacts.UploadArtifact([header, chunk, chunk]))).toMatchObject({
      status: 'DATA_LOSS',
      reason: 'CHECKSUM_MISMATCH',
    });
    expect(await failure(client.artifacts.UploadArtifact([{ header: { parent: PROJECT, sha256: 'short' } }]))).toMatchObject({
      fieldViolations: [{ field: 'header.sha256' }],
    });
    await client.artifacts.UploadArtifact([header, chunk]);
    expect(await failure(client.artifacts.UploadArtifact([header, chunk]))).toMatchObject({ status: 'ALREADY_EXISTS' });
    await client.artifacts.DeleteArtifact({ name: `${PROJECT}/artifacts/x` });
  });
});

describe('user-interrupt state', () => {
  it('is exact in all 64 bits', async () => {
    const machine = await newMachine(client);
    await client.guest.SpawnProcess({ parent: machine, path: '/bin/spin' });
    const { threads } = await client.uintr.GetUintrState({ name: machine });
    expect(threads).toMatchObject([
      {
        thread: `${machine}/threads/1`,
        live_on: -1,
        uif: true,
        uirr: 1n << 63n,
        pd: 0xffff_8880_0000_0040n,
        upid: { notification_vector: 0xec, posted_interrupt_requests: 5n },
        uitt: [{ index: 0, user_vector: 3 }],
      },
    ]);
    await client.machines.DeleteMachine({ name: machine });
  });
});
