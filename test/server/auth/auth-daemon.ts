// A daemon that asks who calls, with a data directory of its own: its unix socket is the owner's, its other address everybody's.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../clients/ts/client.ts';
import { startTestDaemon } from '../harness.ts';
import type { Access, UintrClient } from '../../../clients/ts/client.ts';
import type { RoleBinding } from '../../../src/gen/api.ts';
import type { TestDaemon } from '../harness.ts';

export interface AuthDaemon extends TestDaemon {
  readonly directory: string;
  /** HOST:PORT */
  readonly address: string;
  /** A client of the network address; closed at the end. */
  as(access: Access): UintrClient;
  /** A new user with these roles, and a client with a token of theirs. */
  user(id: string, roles: readonly RoleBinding[]): Promise<{ name: string; secret: string; client: UintrClient }>;
}

export async function startAuthDaemon(flags: readonly string[] = []): Promise<AuthDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'uintrd-auth-'));
  const daemon = await startTestDaemon(['--auth', '--data-dir', join(directory, 'data'), '--listen', '127.0.0.1:0', ...flags]);
  const address = daemon.daemon.addresses[1]!;
  const clients: UintrClient[] = [];
  const as = (access: Access): UintrClient => {
    const client = connect(address, access);
    clients.push(client);
    return client;
  };
  return {
    ...daemon,
    directory,
    address,
    as,
    async user(id, roles) {
      const { user } = await daemon.client.users.CreateUser({ user_id: id, user: { roles } });
      const { secret } = await daemon.client.tokens.CreateToken({ parent: user!.name });
      return { name: user!.name, secret, client: as({ token: secret }) };
    },
    async stop() {
      for (const client of clients) client.close();
      await daemon.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
