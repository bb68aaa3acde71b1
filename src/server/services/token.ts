// TokenService: what users show to come in.

import { MachineError } from '../../machine/errors.ts';
import { ownerOf } from '../resource-name.ts';
import { pageOf } from '../page.ts';
import { toTimestamp } from '../timestamp.ts';
import type { Token as TokenMessage, TokenService } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';
import type { Token, Tokens } from '../auth/tokens.ts';
import type { Users } from '../auth/users.ts';
import type { Implementation } from '../call.ts';
import type { LiveCalls } from '../live-calls.ts';

function toMessage(token: Token): Input<TokenMessage> {
  return {
    name: token.name,
    create_time: toTimestamp(new Date(token.createTime)),
    expire_time: toTimestamp(new Date(token.expireTime)),
    last_use_time: token.lastUseTime === 0 ? undefined : toTimestamp(new Date(token.lastUseTime)),
    display_name: token.displayName,
    scope: token.scope,
  };
}

export function tokenService(users: Users, tokens: Tokens, live: LiveCalls): Implementation<TokenService> {
  return {
    CreateToken({ parent, token: wanted, ttl }, { principal }) {
      // Else it could give its holder more than it allows, and longer.
      if (principal.scoped)
        throw new MachineError('PERMISSION_DENIED', `${principal.token} has a scope, so it makes no tokens: use one without`, {
          user: principal.user,
          resource: parent,
        });
      users.get(parent);
      const milliseconds = ttl && Number(ttl.seconds) * 1000 + ttl.nanos / 1e6;
      const { token, secret } = tokens.create(parent, wanted?.display_name, wanted?.scope, milliseconds);
      return { token: toMessage(token), secret };
    },

    GetToken: ({ name }) => ({ token: toMessage(tokens.get(name)) }),

    ListTokens(request) {
      const { name } = users.get(request.parent);
      const { items, next_page_token } = pageOf(`${name}/tokens`, tokens.of(name), ({ ordinal }) => ordinal, request);
      return { tokens: items.map(toMessage), next_page_token };
    },

    RevokeToken({ name }) {
      tokens.delete(name);
      live.end(({ principal }) => principal.token === name, new MachineError('UNAUTHENTICATED', `a token of ${ownerOf(name)} was revoked`));
      return {};
    },
  };
}
