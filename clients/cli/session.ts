// Where the daemon is, for one command: --endpoint, UINTRD_ENDPOINT, or a private one that ends with the command (--local).

import { startLocalDaemon } from '../ts/local-daemon.ts';
import type { UintrClient } from '../ts/client.ts';
import type { LocalDaemon } from '../ts/local-daemon.ts';
import type { Format } from './output.ts';

export const DEFAULT_ENDPOINT = '127.0.0.1:7420';

export interface GlobalOptions {
  readonly endpoint?: string;
  readonly local?: boolean;
  readonly output: Format;
}

export interface Session {
  readonly client: UintrClient;
  readonly format: Format;
  readonly endpoint: string;
  close(): Promise<void>;
}

export async function openSession(options: GlobalOptions): Promise<Session> {
  // The library is loaded while the daemon starts.
  const starting: Promise<LocalDaemon | undefined> = options.local ? startLocalDaemon() : Promise.resolve(undefined);
  const [daemon, { connect }] = await Promise.all([starting, import('../ts/client.ts')]);
  const endpoint = daemon?.endpoint ?? options.endpoint ?? (process.env['UINTRD_ENDPOINT'] || DEFAULT_ENDPOINT);
  const client = connect(endpoint);
  return {
    client,
    format: options.output,
    endpoint,
    async close() {
      client.close();
      await daemon?.stop();
    },
  };
}
