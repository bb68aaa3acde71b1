// The ways in: a server for unix sockets and one for the network, so that what a caller must show follows from the server that takes the
// call. SO_PEERCRED, which would name the user behind a socket, is not to be had in Node; the socket's mode says as much.

import { unlink } from 'node:fs/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { openDoor } from './auth/door.ts';
import { earlyDoor } from './auth/early-door.ts';
import { drainServer } from './drain.ts';
import { listen } from './listen.ts';
import { isUnixSocket } from './settings.ts';
import { TlsFiles } from './tls.ts';
import type { ServerInterceptor } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Guard } from './auth/door.ts';
import type { Entrance } from './router.ts';
import type { CallHost } from './running-call.ts';
import type { Config } from './settings.ts';

interface Way extends Entrance {
  readonly addresses: readonly string[];
  readonly credentials: ServerCredentials;
}

export class Entrances {
  readonly list: readonly Way[];
  private readonly tls: TlsFiles | undefined;
  private readonly log: Logger;
  private bound: string[] = [];

  /** Without a guard, nobody is asked. Throws ConfigError if the files for TLS cannot be used. */
  constructor(config: Config, guard: Guard | undefined, host: CallHost) {
    const { log } = host;
    this.log = log;
    this.tls = config.tlsCert === '' ? undefined : new TlsFiles(config, log);
    const sockets = config.listen.filter(isUnixSocket);
    const network = config.listen.filter((address) => !isUnixSocket(address));
    const insecure = ServerCredentials.createInsecure();
    const credentials = this.tls?.credentials() ?? insecure;
    const early = guard && earlyDoor(guard.network, host);
    const ways = [
      { addresses: sockets, door: guard?.socket ?? openDoor, credentials: insecure, interceptors: [] },
      { addresses: network, door: early?.door ?? openDoor, credentials, interceptors: early ? [early.interceptor] : [] },
    ];
    this.list = ways
      .filter(({ addresses }) => addresses.length > 0)
      .map(({ interceptors, ...way }) => ({ ...way, server: newServer(config, interceptors) }));
  }

  /** The addresses as clients dial them. */
  async listen(): Promise<readonly string[]> {
    for (const { server, addresses, credentials } of this.list)
      for (const address of addresses) this.bound.push(await listen(server, address, credentials));
    return this.bound;
  }

  async drain(draining: AbortController, milliseconds: number): Promise<void> {
    await Promise.all(this.list.map(({ server }) => drainServer(server, draining, milliseconds, this.log)));
    this.tls?.close();
    await Promise.all(this.bound.filter(isUnixSocket).map((address) => unlink(address.slice('unix:'.length)).catch(() => {})));
  }

  /** At once. */
  close(): void {
    for (const { server } of this.list) server.forceShutdown();
    this.tls?.close();
  }
}

function newServer(config: Config, interceptors: ServerInterceptor[]): Server {
  return new Server({
    interceptors,
    'grpc.max_receive_message_length': config.maxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': config.maxStreams,
    'grpc.keepalive_time_ms': config.keepaliveMilliseconds,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeoutMilliseconds,
    // It counts every call, so it costs something.
    'grpc.enable_channelz': config.channelz ? 1 : 0,
  });
}
