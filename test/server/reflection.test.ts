// Reflection as a client of another language sees it: its descriptors must satisfy the pool of Google's protobuf, which resolves all.

import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API } from '../../src/gen/api.ts';
import { filesOf } from '../../src/server/reflection.ts';
import { startTestDaemon } from './harness.ts';
import type { ServiceError } from '@grpc/grpc-js';
import type { TestDaemon } from './harness.ts';

const PYTHON = '/usr/bin/python3';
const able = spawnSync(PYTHON, ['-c', 'import grpc, google.protobuf']).status === 0;
if (!able)
  console.warn(`SKIPPED: reflection from Python, for ${PYTHON} has no grpcio and protobuf (apt install python3-grpcio python3-protobuf)`);

interface Found {
  readonly services: readonly string[];
  readonly files: readonly string[];
  readonly methods: Readonly<Record<string, readonly string[]>>;
  readonly symbols: Readonly<Record<string, string | number>>;
  readonly unknownFile: number;
}

const NOT_FOUND = 5;

describe.skipIf(!able).each(['v1', 'v1alpha'])('grpc.reflection.%s from Python', (version) => {
  let daemon: TestDaemon;
  let found: Found;
  beforeAll(async () => {
    daemon = await startTestDaemon();
    const client = fileURLToPath(new URL('reflection_client.py', import.meta.url));
    const { stdout } = await promisify(execFile)(PYTHON, [client, daemon.endpoint, version], { timeout: 100_000 });
    found = JSON.parse(stdout) as Found;
  }, 120_000);
  afterAll(() => daemon.stop());

  it('lists every service of the API', () => {
    for (const service of Object.keys(API.services)) expect(found.services).toContain(service);
  });

  it('gives files that make a whole, with every method', () => {
    expect(found.files).toEqual(
      expect.arrayContaining(['uintr/v1/machine.proto', 'uintr/v1/rules.proto', 'google/protobuf/duration.proto']),
    );
    for (const [service, methods] of Object.entries(API.services))
      expect(found.methods[service], service).toEqual(methods.map(({ name }) => name));
  });

  it('finds symbols, and says NOT_FOUND of others', () => {
    expect(found.symbols).toEqual({
      'uintr.v1.Machine': 'uintr/v1/machine.proto',
      'uintr.v1.MachineService.CreateMachine': 'uintr/v1/machine.proto',
      'uintr.v1.Nothing': NOT_FOUND,
    });
    expect(found.unknownFile).toBe(NOT_FOUND);
  });
});

describe('reflection', () => {
  it('is not there with --no-reflection', async () => {
    const daemon = await startTestDaemon(['--no-reflection']);
    const client = new Client(daemon.endpoint, credentials.createInsecure());
    const same = (bytes: Buffer): Buffer => bytes;
    const error = await new Promise<ServiceError>((resolve) => {
      const call = client.makeBidiStreamRequest('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', same, same);
      call.on('data', () => {});
      call.on('error', (problem: ServiceError) => resolve(problem));
      call.end();
    });
    expect(error.code).toBe(12);
    client.close();
    await daemon.stop();
  });

  it.each([
    ['another field', '1200'],
    ['a file whose first field is no name', '0a021200'],
  ])('refuses a set of descriptors with %s', (_name, hex) => {
    expect(() => filesOf(Buffer.from(hex, 'hex'))).toThrow();
  });
});
