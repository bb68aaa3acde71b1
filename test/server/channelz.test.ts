import { Client, credentials, getChannelzServiceDefinition } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { startTestDaemon } from './harness.ts';
import type { ServiceError } from '@grpc/grpc-js';

const UNIMPLEMENTED = 12;

async function ask(endpoint: string, method: 'GetServers' | 'GetTopChannels'): Promise<object> {
  const { path, requestSerialize, responseDeserialize } = getChannelzServiceDefinition()[method];
  const client = new Client(endpoint, credentials.createInsecure());
  try {
    return await new Promise<object>((resolve, reject) =>
      client.makeUnaryRequest(
        path,
        requestSerialize as (request: object) => Buffer,
        responseDeserialize as (bytes: Buffer) => object,
        {},
        (error: ServiceError | null, answer?: object) => (error ? reject(error) : resolve(answer!)),
      ),
    );
  } finally {
    client.close();
  }
}

describe('grpc.channelz.v1', () => {
  it('tells of the server and its calls with --channelz', async () => {
    const daemon = await startTestDaemon(['--channelz']);
    await daemon.client.lab.GetServerInfo({});
    const { server } = (await ask(daemon.endpoint, 'GetServers')) as { server: { data: { calls_succeeded: string } }[] };
    // Other daemons of this process count too, those that have stopped not.
    expect(server.some(({ data }) => Number(data.calls_succeeded) >= 1)).toBe(true);
    expect(await ask(daemon.endpoint, 'GetTopChannels')).toMatchObject({ channel: expect.any(Array) as unknown[] });
    await daemon.stop();
  });

  it.each(['GetServers', 'GetTopChannels'] as const)('%s is UNIMPLEMENTED without', async (method) => {
    const daemon = await startTestDaemon();
    await expect(ask(daemon.endpoint, method)).rejects.toMatchObject({ code: UNIMPLEMENTED });
    await daemon.stop();
  });
});
