// uintrctl user | token: who may come in, and with what.

import { durationOf } from '../../ts/duration.ts';
import { everyPage, projectName, userName } from '../names.ts';
import { lastPart, printList, printObject, word } from '../output.ts';
import { parseChoice, parseDuration } from '../quantity.ts';
import { collect } from '../spec-options.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { Role, RoleBinding, Timestamp, Token, User } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { WithSession } from '../program.ts';

const ROLES = ['viewer', 'operator', 'admin'] as const;

/** "operator@lab", "admin@-": -, as the daemon calls every project. */
function roleFrom(flag: string, text: string): RoleBinding {
  const at = text.indexOf('@');
  if (at < 1) throw new UsageError(`${flag}: "${text}" is not ROLE@PROJECT such as operator@default; PROJECT "-" is every project`);
  const role = parseChoice(flag, text.slice(0, at), ROLES);
  return { project: projectName(text.slice(at + 1)), role: `ROLE_${role.toUpperCase()}` as Role };
}

export const rolesText = (roles: readonly RoleBinding[]): string =>
  roles.map(({ project, role }) => `${word(role, 'ROLE_')}@${lastPart(project)}`).join(' ') || 'none';

export const timeText = ({ seconds }: Timestamp): string => new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

interface CreateUserOptions {
  readonly role: readonly string[];
  readonly displayName?: string;
}

interface CreateTokenOptions {
  readonly ttl?: string;
  readonly scope: readonly string[];
  readonly displayName?: string;
}

export function addAccessCommands(program: Command, withSession: WithSession): void {
  addUserCommands(program.command('user').description('who may come in, with which roles'), withSession);
  addTokenCommands(program.command('token').description('what users show to come in'), withSession);
}

function addUserCommands(user: Command, withSession: WithSession): void {
  user
    .command('create <id>')
    .description('make a user')
    .option(
      '--role <role@project>',
      'viewer, operator or admin, in a project or in "-", which is all of them; may be repeated',
      collect,
      [],
    )
    .option('--display-name <text>', 'for people')
    .action((id: string, { role, displayName = '' }: CreateUserOptions) =>
      withSession(async ({ client, format }) => {
        const roles = role.map((text) => roleFrom('--role', text));
        const { user: made } = await client.users.CreateUser({ user_id: id, user: { display_name: displayName, roles } });
        if (format === 'table') console.log(lastPart(made!.name));
        else printObject(format, 'uintr.v1.User', made!);
      }),
    );

  user
    .command('ls')
    .description('list users')
    .action(() =>
      withSession(async ({ client, format }) => {
        const users = await everyPage(
          (page_token) => client.users.ListUsers({ page_token }),
          (page) => page.users,
        );
        printList<User>(format, 'uintr.v1.User', users, [
          ['NAME', ({ name }) => lastPart(name)],
          ['ROLES', ({ roles }) => rolesText(roles)],
          ['STATE', ({ disabled }) => (disabled ? 'disabled' : '')],
          ['DISPLAY NAME', ({ display_name }) => display_name],
        ]);
      }),
    );

  user
    .command('roles <user> [role@project...]')
    .description('give a user these roles, and no others')
    .action((id: string, roles: string[]) =>
      withSession(({ client }) => update(client, id, 'roles', { roles: roles.map((text) => roleFrom('role', text)) })),
    );

  for (const [verb, disabled, about] of [
    ['disable', true, 'let a user in no more, until "enable"; streams end'],
    ['enable', false, 'let a user in again'],
  ] as const)
    user
      .command(`${verb} <users...>`)
      .description(about)
      .action((ids: string[]) =>
        withSession(async ({ client }) => {
          for (const id of ids) await update(client, id, 'disabled', { disabled });
        }),
      );

  user
    .command('rm <users...>')
    .description('remove users and their tokens')
    .action((ids: string[]) =>
      withSession(async ({ client }) => {
        for (const id of ids) await client.users.DeleteUser({ name: userName(id) });
      }),
    );
}

async function update(client: UintrClient, id: string, path: string, change: object): Promise<void> {
  await client.users.UpdateUser({ user: { name: userName(id), ...change }, update_mask: { paths: [path] } });
}

/** The user that is named, or the caller. */
async function userOrSelf(client: UintrClient, id: string | undefined): Promise<string> {
  return id === undefined ? (await client.lab.WhoAmI({})).user : userName(id);
}

function addTokenCommands(token: Command, withSession: WithSession): void {
  token
    .command('create [user]')
    .description('make a token of yours, or of a user, and print its secret: it is shown this once')
    .option('--ttl <duration>', 'how long it is good, such as 12h or 30d (90d)')
    .option('--scope <role@project>', 'it allows no more than this; may be repeated', collect, [])
    .option('--display-name <text>', 'for people')
    .action((id: string | undefined, { ttl, scope, displayName = '' }: CreateTokenOptions) =>
      withSession(async ({ client, format }) => {
        const answer = await client.tokens.CreateToken({
          parent: await userOrSelf(client, id),
          token: { display_name: displayName, scope: scope.map((text) => roleFrom('--scope', text)) },
          ...(ttl === undefined ? {} : { ttl: durationOf(BigInt(Math.round(parseDuration('--ttl', ttl) * 1e9))) }),
        });
        if (format === 'table') console.log(answer.secret);
        else printObject(format, 'uintr.v1.CreateTokenResponse', answer);
      }),
    );

  token
    .command('ls [user]')
    .description('list tokens of yours, or of a user')
    .action((id: string | undefined) =>
      withSession(async ({ client, format }) => {
        const parent = await userOrSelf(client, id);
        const tokens = await everyPage(
          (page_token) => client.tokens.ListTokens({ parent, page_token }),
          (page) => page.tokens,
        );
        printList<Token>(format, 'uintr.v1.Token', tokens, [
          ['NAME', ({ name }) => name],
          ['EXPIRES', ({ expire_time }) => timeText(expire_time!)],
          ['LAST USED', ({ last_use_time }) => (last_use_time ? timeText(last_use_time) : 'never')],
          ['SCOPE', ({ scope }) => (scope.length === 0 ? 'all' : rolesText(scope))],
          ['DISPLAY NAME', ({ display_name }) => display_name],
        ]);
      }),
    );

  token
    .command('revoke <names...>')
    .description('tokens open nothing from now on, and their streams end')
    .action((names: string[]) =>
      withSession(async ({ client }) => {
        for (const name of names) await client.tokens.RevokeToken({ name });
      }),
    );
}
