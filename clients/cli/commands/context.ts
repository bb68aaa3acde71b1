// uintrctl context add | use | ls | rm: names for daemons.

import { checkContextName, checkEndpoint, contextNamed, contextPath, readContexts, writeContexts } from '../context-file.ts';
import { globalOptions } from '../global-options.ts';
import { table } from '../../../src/text/table.ts';
import { targetOf } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';

export function addContextCommands(program: Command): void {
  const context = program
    .command('context')
    .description('names for daemons')
    .addHelpText(
      'after',
      `
Which daemon a command talks to, the first that is given:
  --local
  --endpoint ADDRESS or --context NAME
  UINTRCTL_ENDPOINT, then UINTRD_ENDPOINT
  UINTRCTL_CONTEXT
  the current context (uintrctl context use NAME)
  127.0.0.1:7420`,
    );

  context
    .command('add <name> <address>')
    .description(
      'add a daemon that asks nobody, unix:PATH or HOST:PORT; the first one becomes the current one ("login" adds one that asks)',
    )
    .option('--force', 'in place of one of this name')
    .action((name: string, address: string, { force }: { readonly force?: boolean }) => {
      const file = readContexts();
      checkContextName(name);
      if (Object.hasOwn(file.contexts, name) && !force)
        throw new UsageError(`there is a context "${name}" already, ${file.contexts[name]!.endpoint}; --force replaces it`);
      const contexts = { ...file.contexts, [name]: { endpoint: checkEndpoint('address', address) } };
      writeContexts({ current: file.current === '' ? name : file.current, contexts });
    });

  context
    .command('use [name]')
    .description('make one the current one')
    .option('--none', 'have no current one')
    .action((name: string | undefined, { none }: { readonly none?: boolean }) => {
      if ((name === undefined) === (none === undefined)) throw new UsageError('context use: a name, or --none');
      const file = readContexts();
      if (name !== undefined) contextNamed(file, 'context use', name);
      writeContexts({ ...file, current: name ?? '' });
    });

  context
    .command('ls')
    .description('list them, and say which daemon commands talk to now')
    .action((_: unknown, command: Command) => {
      const { current, contexts } = readContexts();
      // Tokens are nobody's business.
      const rows = Object.entries(contexts).map(([name, { endpoint, project = 'default', token, tls }]) => ({
        name,
        endpoint,
        project,
        current: name === current,
        how: [tls ? 'TLS' : '', tls?.cert === undefined ? '' : 'certificate', token === undefined ? '' : 'token']
          .filter(Boolean)
          .join(', '),
      }));
      const options = globalOptions(command);
      if (options.output === 'json') return console.log(JSON.stringify(rows, null, 2));
      if (options.output === 'jsonl') return rows.forEach((row) => console.log(JSON.stringify(row)));
      console.log(
        table(rows, [
          ['', (row) => (row.current ? '*' : '')],
          ['NAME', (row) => row.name],
          ['ENDPOINT', (row) => row.endpoint],
          ['PROJECT', (row) => row.project],
          ['', (row) => row.how],
        ]),
      );
      const { endpoint, by } = targetOf(options);
      console.log(`\ncommands talk to ${endpoint}, from ${by}; contexts are in ${contextPath()}`);
    });

  context
    .command('rm <names...>')
    .description('remove them')
    .action((names: string[]) => {
      const file = readContexts();
      for (const name of names) contextNamed(file, 'context rm', name);
      const contexts = Object.fromEntries(Object.entries(file.contexts).filter(([name]) => !names.includes(name)));
      writeContexts({ current: names.includes(file.current) ? '' : file.current, contexts });
    });
}
