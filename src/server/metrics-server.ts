// GET /metrics over plain HTTP, on a loopback address of its own.

import { createServer } from 'node:http';
import { ConfigError } from './settings.ts';
import type { AddressInfo } from 'node:net';
import type { Exposition } from './metrics.ts';

export interface MetricsServer {
  /** A port 0 has become a real one. */
  readonly address: string;
  stop(): Promise<void>;
}

export async function serveMetrics(address: string, exposition: Exposition): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('there is only GET /metrics\n');
      return;
    }
    exposition.text().then(
      (text) => response.writeHead(200, { 'content-type': exposition.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ConfigError(`--metrics-listen: cannot listen on ${address}: ${error.message}`)));
    server.listen(Number(address.slice(at + 1)), host, resolve);
  });
  return {
    address: `${address.slice(0, at)}:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
