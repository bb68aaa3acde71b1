// Every method of the API against requests that are wrong in general ways. What each needs to be refused is told by the descriptors,
// so a method that is added later is tested without being named here.

import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../../clients/ts/api-error.ts';
import { API, RULES } from '../../src/gen/api.ts';
import { startTestDaemon } from './harness.ts';
import type { ServiceError } from '@grpc/grpc-js';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon;
let client: Client;
beforeAll(async () => {
  daemon = await startTestDaemon();
  client = new Client(daemon.endpoint, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await daemon.stop();
});

const same = (bytes: Buffer): Buffer => bytes;

/** The error that one message of these bytes ends with; undefined if the call succeeds. */
function call(service: string, method: (typeof METHODS)[number][2], bytes: Buffer): Promise<ApiError | undefined> {
  const path = `/${service}/${method.name}`;
  return new Promise((resolve) => {
    const end = (error: ServiceError | null): void => resolve(error ? new ApiError(error) : undefined);
    if (!method.requestStream && !method.responseStream) client.makeUnaryRequest(path, same, same, bytes, end);
    else if (!method.responseStream) client.makeClientStreamRequest(path, same, same, end).end(bytes);
    else {
      const stream = method.requestStream
        ? client.makeBidiStreamRequest(path, same, same)
        : client.makeServerStreamRequest(path, same, same, bytes);
      stream.on('data', () => {});
      stream.on('error', (error: ServiceError) => end(error));
      stream.on('end', () => end(null));
      if ('end' in stream) (stream as { end(bytes: Buffer): void }).end(bytes);
    }
  });
}

const METHODS = Object.entries(API.services)
  .filter(([service]) => service.startsWith('uintr.v1.'))
  .flatMap(([service, methods]) => methods.map((method) => [`${service.slice(9)}.${method.name}`, service, method] as const));

describe.each(METHODS)('%s', (_name, service, method) => {
  it('refuses a field that it does not know', async () => {
    // Field 9999, a varint.
    const error = await call(service, method, Buffer.from('f8f00401', 'hex'));
    expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', fieldViolations: [{ field: '<field 9999>' }] });
  });

  it('refuses a truncated message', async () => {
    expect(await call(service, method, Buffer.from('0aff', 'hex'))).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });

  const rules = RULES[method.request];
  const names = Object.entries(rules?.fields ?? {}).filter(([name, { resource }]) => {
    const { oneof, repeated } = API.messages[method.request]!.find((field) => field.name === name)!;
    return resource && !oneof && !repeated;
  });
  it.runIf(names.length > 0)('refuses a request without the names it needs, all of them told', async () => {
    const error = await call(service, method, Buffer.alloc(0));
    expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
    const fields = error!.fieldViolations.map(({ field }) => field);
    for (const [name] of names) expect(fields).toContain(name);
  });

  it.runIf((rules?.oneofs.length ?? 0) > 0)('refuses a request without a member of its oneof', async () => {
    const error = await call(service, method, Buffer.alloc(0));
    expect(error?.fieldViolations.map(({ field }) => field)).toEqual(expect.arrayContaining([...rules!.oneofs]));
  });
});
