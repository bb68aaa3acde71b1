import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../clients/ts/api-error.ts';
import { connect } from '../../clients/ts/client.ts';
import { readConfig } from '../../src/server/config.ts';
import { startDaemon } from '../../src/server/daemon.ts';
import { WorkerPool } from '../../src/server/worker-pool.ts';
import { failure, FAKE_WORKER, newMachine, PROJECT, runToEnd, startTestDaemon } from './harness.ts';
import type { ServiceError } from '@grpc/grpc-js';
import type { Config } from '../../src/server/settings.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon | undefined;
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

/** A call with bytes of our choosing. */
function raw(endpoint: string, path: string, bytes: Uint8Array): Promise<ApiError> {
  const client = new Client(endpoint, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 });
  return new Promise((resolve) =>
    client.makeUnaryRequest(
      path,
      (b: Buffer) => b,
      (b) => b,
      Buffer.from(bytes),
      (error: ServiceError | null) => {
        client.close();
        resolve(new ApiError(error!));
      },
    ),
  );
}

describe('requests that no client of ours would send', () => {
  it('get the path of the bad field', async () => {
    daemon = await startTestDaemon();
    const { root } = protobuf.parse(
      'syntax = "proto3"; message Create { string parent = 1; M machine = 3; } message M { S spec = 6; uint32 extra = 77; } message S { uint32 abi = 4; uint64 ram_bytes = 2; }',
      { keepCase: true },
    );
    const encode = (value: object) => root.lookupType('Create').encode(root.lookupType('Create').fromObject(value)).finish();
    for (const [value, field] of [
      [{ parent: PROJECT, machine: { extra: 1 } }, 'machine.<field 77>'],
      [{ parent: PROJECT, machine: { spec: { abi: 99 } } }, 'machine.spec.abi'],
    ] as const) {
      const error = await raw(daemon.endpoint, '/uintr.v1.MachineService/CreateMachine', encode(value));
      expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD', fieldViolations: [{ field }] });
    }
    expect(await raw(daemon.endpoint, '/uintr.v1.MachineService/CreateMachine', Buffer.from('ffff', 'hex'))).toMatchObject({
      status: 'INVALID_ARGUMENT',
    });
    expect(await raw(daemon.endpoint, '/uintr.v1.MachineService/Nothing', Buffer.alloc(0))).toMatchObject({ status: 'UNIMPLEMENTED' });
  });

  it('of 5 MiB get RESOURCE_EXHAUSTED, and everything else goes on', async () => {
    daemon = await startTestDaemon();
    const error = await raw(daemon.endpoint, '/uintr.v1.GuestService/SpawnProcess', Buffer.alloc(5 << 20));
    expect(error.status).toBe('RESOURCE_EXHAUSTED');
    expect(error.message).toMatch(/5242880.*4194304/);
    await runToEnd(daemon.client, await newMachine(daemon.client), '/bin/echo');
  });
});

describe('request ids', () => {
  it('are in the error and in the log, the client’s if it sent one', async () => {
    daemon = await startTestDaemon();
    const own = await failure(daemon.client.machines.GetMachine({ name: `${PROJECT}/machines/x` }, { requestId: 'trace-1' }));
    expect(own.requestId).toBe('trace-1');
    const made = await failure(daemon.client.machines.GetMachine({ name: `${PROJECT}/machines/x` }, { requestId: 'not good!' }));
    expect(made.requestId).toMatch(/^[0-9a-f-]{36}$/);
    for (const id of ['trace-1', made.requestId])
      expect(daemon.log.find((line) => line['request'] === id)).toMatchObject({ code: 'MACHINE_NOT_FOUND' });
  });
});

describe('workers', () => {
  it('that hang are given up: their machines are lost, the daemon and the others are not', async () => {
    daemon = await startTestDaemon(['--heartbeat-ms', '2000']);
    const { client } = daemon;
    const hung = await newMachine(client);
    const healthy = await newMachine(client);
    const { process } = await client.guest.SpawnProcess({ parent: healthy, path: '/bin/spin' });
    await client.guest.SpawnProcess({ parent: hung, path: '/bin/stall' }).catch(() => {});
    expect(await failure(client.guest.WaitProcess({ name: `${hung}/processes/1` }))).toMatchObject({
      reason: expect.stringMatching(/WORKER_LOST|MACHINE_CRASHED/) as string,
    });
    expect((await client.machines.GetMachine({ name: hung })).machine).toMatchObject({
      state: 'MACHINE_STATE_CRASHED',
      state_reason: expect.stringContaining('no sign of life') as string,
    });
    expect((await client.guest.GetProcess({ name: process!.name })).process).toMatchObject({ state: 'STATE_RUNNING' });
    expect(daemon.log.some((line) => line['msg'] === 'worker lost')).toBe(true);
    await client.machines.DeleteMachine({ name: hung });
    await runToEnd(client, await newMachine(client), '/bin/echo');
  });

  it('share the machines evenly, and only so many are started', async () => {
    daemon = await startTestDaemon();
    const names: string[] = [];
    for (let n = 0; n < 6; n++) names.push(await newMachine(daemon.client));
    expect((await daemon.client.lab.GetServerInfo({})).workers).toBe(2);
    for (const name of names) await runToEnd(daemon.client, name, '/bin/echo');
  });
});

describe('stopping', () => {
  it('ends streams and waits with reason DRAINING and a token, tells watchers, and refuses new calls', async () => {
    const first = await startTestDaemon();
    const { client } = first;
    const machine = await newMachine(client);
    await runToEnd(client, machine, '/bin/events', '10');
    const { process } = await client.guest.SpawnProcess({ parent: machine, path: '/bin/spin' });

    const statuses: string[] = [];
    const watch = (async () => {
      for await (const { status } of client.health.Watch({ service: 'uintr.v1.EventService' })) statuses.push(status);
    })();
    let read = 0;
    let ready: () => void = () => {};
    const running = new Promise<void>((resolve) => (ready = resolve));
    const stream = (async () => {
      for await (const { events } of client.events.StreamEvents({ parent: machine })) {
        read += events.length;
        if (read >= 11) ready();
      }
    })();
    const outcomes = Promise.all([watch, stream, client.guest.WaitProcess({ name: process!.name })].map((call) => failure(call)));
    await running;
    const stopped = first.daemon.stop();
    const [watched, streamed, waited] = await outcomes;
    for (const error of [watched, streamed, waited]) expect(error).toMatchObject({ status: 'UNAVAILABLE', reason: 'DRAINING' });
    expect(Buffer.from(streamed!.metadata['resume_token']!, 'base64url').toString()).toContain(` 1 ${read + 1}`);
    expect(statuses).toEqual(['SERVING', 'NOT_SERVING']);
    await stopped;
    expect(await failure(client.lab.GetServerInfo({}))).toMatchObject({ status: 'UNAVAILABLE' });
    await first.stop();
  });
});

describe('health', () => {
  it('answers for the daemon and for each service', async () => {
    daemon = await startTestDaemon();
    expect(await daemon.client.health.Check({})).toEqual({ status: 'SERVING' });
    expect(await daemon.client.health.Check({ service: 'uintr.v1.MachineService' })).toEqual({ status: 'SERVING' });
    expect(await failure(daemon.client.health.Check({ service: 'other' }))).toMatchObject({ status: 'NOT_FOUND' });
    for await (const { status } of daemon.client.health.Watch({ service: 'other' })) {
      expect(status).toBe('SERVICE_UNKNOWN');
      break;
    }
  });
});

describe('listening', () => {
  const directory = mkdtempSync(join(tmpdir(), 'uintrd-listen-'));
  const start = (address: string) => {
    const config = readConfig(['--listen', address], {}) as Config;
    return startDaemon(config, pino({ level: 'silent' }), '0', new WorkerPool(config, FAKE_WORKER));
  };

  it('on a unix socket: for its owner alone, replaced if stale, kept if served or no socket, gone at the end', async () => {
    const path = join(directory, 'socket');
    const first = await start(`unix:${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(start(`unix:${path}`)).rejects.toThrow(/another daemon/);
    await first.stop();
    expect(() => statSync(path)).toThrow(/ENOENT/);

    writeFileSync(path, 'a file');
    await expect(start(`unix:${path}`)).rejects.toThrow(/no socket/);
    expect(statSync(path).size).toBe(6);
    rmSync(path);

    // A stale socket: bound by a server whose file was renamed over, so that nobody answers.
    const other = createServer().listen(join(directory, 'other'));
    await new Promise((resolve) => other.once('listening', resolve));
    const { renameSync } = await import('node:fs');
    renameSync(join(directory, 'other'), path);
    await new Promise((resolve) => other.close(resolve));
    const second = await start(`unix:${path}`);
    await second.stop();
    rmSync(directory, { recursive: true });
  });

  it('on loopback, at a free port if it is 0', async () => {
    const tcp = await start('127.0.0.1:0');
    expect(tcp.addresses[0]).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    const client = connect(tcp.addresses[0]!);
    expect(await client.health.Check({})).toEqual({ status: 'SERVING' });
    const taken = start(tcp.addresses[0]!);
    await expect(taken).rejects.toThrow(/cannot listen/);
    client.close();
    await tcp.stop();
  });
});
