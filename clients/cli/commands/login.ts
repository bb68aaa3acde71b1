// uintrctl login | logout | whoami: how to come in is kept in a context.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkContextName, checkEndpoint, contextNamed, contextPath, readContexts, writeContexts } from '../context-file.ts';
import { globalOptions } from '../global-options.ts';
import { printObject, word } from '../output.ts';
import { promptSecret } from '../secret-prompt.ts';
import { accessOf } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { rolesText, timeText } from './access.ts';
import type { Command } from 'commander';
import type { WhoAmIResponse } from '../../../src/gen/api.ts';
import type { Context, TlsPaths } from '../context-file.ts';
import type { WithSession } from '../program.ts';

interface LoginOptions {
  readonly name?: string;
  readonly tokenFile?: string;
  readonly tls?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly plaintext?: boolean;
}

const LOOPBACK = /^(?:unix:|localhost:|127\.|\[::1\]:)/;

function tlsOf({ tls, ca, cert, key }: LoginOptions): TlsPaths | undefined {
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key: give both of them');
  if (!tls && ca === undefined && cert === undefined) return undefined;
  const paths = { ca, cert, key };
  return Object.fromEntries(Object.entries(paths).flatMap(([what, path]) => (path === undefined ? [] : [[what, resolve(path)]])));
}

async function readToken({ tokenFile }: LoginOptions, address: string): Promise<string> {
  let text: string;
  if (tokenFile === undefined && process.stdin.isTTY) text = await promptSecret(`Token for ${address}: `);
  else
    try {
      text = readFileSync(tokenFile === undefined || tokenFile === '-' ? 0 : tokenFile, 'utf8');
    } catch (error) {
      throw new UsageError(`--token-file: ${(error as Error).message}`);
    }
  const token = text.trim();
  if (!/^uintrd_[0-9a-f]{16}_[\w-]{43}$/.test(token))
    throw new UsageError('that is no token: tokens begin with "uintrd_" and have 67 characters');
  return token;
}

async function login(address: string, options: LoginOptions, project: string | undefined): Promise<void> {
  checkEndpoint('address', address);
  const name = checkContextName(options.name ?? (address.startsWith('unix:') ? 'local' : address.slice(0, address.lastIndexOf(':'))));
  const tls = tlsOf(options);
  if (!tls && !options.plaintext && !LOOPBACK.test(address))
    throw new UsageError(
      `${address} is another host: a token would travel in clear. Use --tls (an authority that this host trusts) or --ca FILE; --plaintext if you must`,
    );
  const token = options.cert !== undefined && options.tokenFile === undefined ? undefined : await readToken(options, address);
  const context: Context = {
    endpoint: address,
    ...(project === undefined ? {} : { project }),
    ...(tls ? { tls } : {}),
    ...(token === undefined ? {} : { token }),
  };
  const { connect } = await import('../../ts/client.ts');
  const client = connect(address, accessOf(context));
  let me: WhoAmIResponse;
  try {
    me = await client.lab.WhoAmI({}, { timeout: 10_000 });
  } catch (error) {
    throw new UsageError(`cannot log in at ${address}: ${(error as Error).message}`, 1);
  } finally {
    client.close();
  }
  const file = readContexts();
  writeContexts({ current: name, contexts: { ...file.contexts, [name]: context } });
  console.log(`context "${name}" is the current one: ${sentence(me)}`);
}

const sentence = ({ user, expire_time }: WhoAmIResponse): string => `${user}${expire_time ? `, until ${timeText(expire_time)}` : ''}`;

export function addLoginCommands(program: Command, withSession: WithSession): void {
  program
    .command('login <address>')
    .description('come in at a daemon that asks who calls, and make it the current context')
    .option('--name <context>', 'of the context (the host)')
    .option('--token-file <file>', 'where the token is, "-" for standard input (asked for at a terminal)')
    .option('--tls', 'speak TLS; the authority of its certificate is one that this host trusts')
    .option('--ca <file>', 'speak TLS; the authority of its certificate, PEM')
    .option('--cert <file>', 'a client certificate, PEM, in place of a token or beside it')
    .option('--key <file>', 'the key of the certificate, PEM')
    .option('--plaintext', 'send the token in clear to another host')
    .action((address: string, options: LoginOptions, command: Command) => login(address, options, globalOptions(command).project));

  program
    .command('logout [context]')
    .description('forget the token of a context (the current one); see also "token revoke"')
    .action((named: string | undefined) => {
      const file = readContexts();
      const name = named ?? file.current;
      if (name === '') throw new UsageError('logout: there is no current context; name one');
      const { token, ...context } = contextNamed(file, 'logout', name);
      if (token === undefined) throw new UsageError(`context "${name}" has no token`, 1);
      writeContexts({ ...file, contexts: { ...file.contexts, [name]: context } });
      console.log(`the token of context "${name}" is gone from ${contextPath()}; it is still good until it expires or is revoked`);
    });

  program
    .command('whoami')
    .description('who the daemon takes you for, and what that allows')
    .action(() =>
      withSession(async ({ client, format }) => {
        const me = await client.lab.WhoAmI({});
        if (format !== 'table') return printObject(format, 'uintr.v1.WhoAmIResponse', me);
        console.log(`${sentence(me)}, by ${word(me.credential, 'CREDENTIAL_').replaceAll('_', ' ')}`);
        console.log(`roles: ${rolesText(me.roles)}`);
      }),
    );
}
