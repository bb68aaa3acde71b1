// A wire between a client and a daemon that can be cut.

import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Proxy {
  readonly endpoint: string;
  /** Connections so far. */
  readonly connections: number;
  /** Ends all that are open; new ones are let through. */
  cut(): void;
  stop(): Promise<void>;
}

/** `endpoint`: of the daemon, a unix socket. */
export async function startProxy(endpoint: string): Promise<Proxy> {
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((inner) => {
    connections++;
    const outer = connect(endpoint.replace(/^unix:/, ''));
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      open.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    cut,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
