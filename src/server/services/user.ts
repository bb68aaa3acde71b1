// UserService: who may come in, with which roles.

import { MachineError } from '../../machine/errors.ts';
import { userEtag } from '../auth/users.ts';
import { checkEtag } from '../etag.ts';
import { pageOf } from '../page.ts';
import { EVERY_PROJECT } from '../resource-name.ts';
import { toTimestamp } from '../timestamp.ts';
import { maskPaths } from '../update-mask.ts';
import type { RoleBinding, User as UserMessage, UserService } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { User, UserChange, Users } from '../auth/users.ts';
import type { Implementation } from '../call.ts';
import type { LiveCalls } from '../live-calls.ts';
import type { Projects } from '../projects.ts';

function toMessage(user: User): Input<UserMessage> {
  return {
    name: user.name,
    uid: user.uid,
    etag: userEtag(user),
    create_time: toTimestamp(new Date(user.createTime)),
    display_name: user.displayName,
    roles: user.roles,
    disabled: user.disabled,
  };
}

export function userService(users: Users, tokens: Tokens, projects: Projects, live: LiveCalls): Implementation<UserService> {
  const endCallsOf = (name: string, why: string): void => live.endOf(name, new MachineError('UNAUTHENTICATED', `${name} ${why}`));

  /** A role in a project to come would be a surprise to whoever makes it. */
  const checkProjects = (roles: readonly RoleBinding[]): void => {
    for (const { project } of roles) if (project !== EVERY_PROJECT) projects.get(project);
  };

  return {
    CreateUser({ user_id, user }) {
      const { display_name: displayName = '', roles = [], disabled = false } = user ?? {};
      checkProjects(roles);
      return { user: toMessage(users.create(user_id, { displayName, roles, disabled })) };
    },

    GetUser: ({ name }) => ({ user: toMessage(users.get(name)) }),

    ListUsers(request) {
      const { items, next_page_token } = pageOf('users', users.list(), ({ ordinal }) => ordinal, request);
      return { users: items.map(toMessage), next_page_token };
    },

    UpdateUser({ user, update_mask }) {
      const { name, etag, display_name: displayName, roles, disabled } = user!;
      const before = users.get(name);
      const rolesBefore = users.rolesOf(name);
      const paths = maskPaths(update_mask, ['display_name', 'roles', 'disabled']);
      checkEtag(name, userEtag(before), etag);
      if (paths.includes('roles')) checkProjects(roles);
      const change: UserChange = {
        ...(paths.includes('display_name') ? { displayName } : {}),
        ...(paths.includes('roles') ? { roles } : {}),
        ...(paths.includes('disabled') ? { disabled } : {}),
      };
      const after = users.update(name, change);
      if (after.disabled) endCallsOf(name, 'was disabled');
      else if (!users.rolesOf(name).cover(rolesBefore)) endCallsOf(name, 'has fewer roles now: call again');
      return { user: toMessage(after) };
    },

    DeleteUser({ name, etag }) {
      checkEtag(name, userEtag(users.get(name)), etag);
      users.delete(name);
      tokens.deleteOf(name);
      endCallsOf(name, 'was deleted');
      return {};
    },
  };
}
