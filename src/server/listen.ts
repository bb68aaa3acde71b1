// One address of a server: a socket file of mode 0600, or HOST:PORT.

import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { ConfigError, isUnixSocket } from './settings.ts';
import type { Server, ServerCredentials } from '@grpc/grpc-js';

/** Returns the address as clients dial it; a port 0 has become a real one. */
export async function listen(server: Server, address: string, credentials: ServerCredentials): Promise<string> {
  const path = isUnixSocket(address) ? address.slice(5) : undefined;
  if (path !== undefined) await removeStaleSocket(path);
  // The socket is born without rights for others; chmod then says so for good.
  const mask = process.umask(0o177);
  try {
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(address, credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    if (path !== undefined) await chmod(path, 0o600);
    return path === undefined ? address.replace(/\d+$/, String(port)) : address;
  } catch (error) {
    throw new ConfigError(`cannot listen on ${address}: ${(error as Error).message}`);
  } finally {
    process.umask(mask);
  }
}

/** A socket file that nobody serves is left from a daemon that was killed. */
async function removeStaleSocket(path: string): Promise<void> {
  const file = await lstat(path).catch(() => null);
  if (!file) return;
  if (!file.isSocket()) throw new ConfigError(`cannot listen on unix:${path}: there is a file that is no socket`);
  const outcome = await new Promise<string>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve('served');
    });
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
  if (outcome === 'served') throw new ConfigError(`cannot listen on unix:${path}: another daemon does`);
  if (outcome === 'ECONNREFUSED') await unlink(path);
}
