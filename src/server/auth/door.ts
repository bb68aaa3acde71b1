// Who comes in by an address: everybody, whoever can open the socket, or whoever shows a token or a client certificate. Which address a
// call came by is known from the server that took it, never from the connection, whose peer may be gone.

import { MachineError } from '../../machine/errors.ts';
import { ANYBODY, SOCKET_OWNER } from './principal.ts';
import { Roles } from './roles.ts';
import { isSecretOf, tokenId } from './token-secret.ts';
import { ownerOf, userName } from '../resource-name.ts';
import type { ServerUnaryCall } from '@grpc/grpc-js';
import { networkOf } from './failed-attempts.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import type { Principal } from './principal.ts';
import type { Token, Tokens } from './tokens.ts';
import type { Users } from './users.ts';

/** What of a call tells who makes it. */
export type Caller = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPeer' | 'getAuthContext'>;

/** Throws UNAUTHENTICATED or TOO_MANY_ATTEMPTS. */
export type Door = (caller: Caller) => Principal;

export const openDoor: Door = () => ANYBODY;

const MOST_ADMITTED = 1000;
const BEARER = /^Bearer +(\S+)$/i;

export class Guard {
  private readonly users: Users;
  private readonly tokens: Tokens;
  readonly failed: FailedAttempts;
  /** So that a scope is not worked out at every call; good as long as the user's roles are the same object. */
  private readonly admitted = new Map<string, { readonly of: Roles; readonly principal: Principal }>();

  constructor(users: Users, tokens: Tokens, failed: FailedAttempts) {
    this.users = users;
    this.tokens = tokens;
    this.failed = failed;
  }

  /** A socket that nobody else can open. */
  readonly socket: Door = (caller) => this.byToken(caller) ?? SOCKET_OWNER;

  readonly network: Door = (caller) => {
    const principal = this.byToken(caller) ?? this.byCertificate(caller);
    if (principal) return principal;
    throw new MachineError(
      'UNAUTHENTICATED',
      'this daemon asks who calls: send the metadata "authorization: Bearer TOKEN" (uintrctl login), or show a client certificate',
    );
  };

  private byToken(caller: Caller): Principal | undefined {
    const given = caller.metadata.get('authorization')[0];
    if (given === undefined) return undefined;
    const secret = BEARER.exec(String(given))?.[1] ?? '';
    const id = tokenId(secret) ?? '';
    const address = networkOf(peerOf(caller));
    // An id that is not there is nobody's: all of them count together.
    const token = this.tokens.withId(id);
    const attempt = token ? id : '';
    const delay = this.failed.delay(address, attempt);
    if (delay > 0)
      throw new MachineError('TOO_MANY_ATTEMPTS', `too many failed attempts from ${address}: try again in ${Math.ceil(delay / 1000)} s`, {
        retry_milliseconds: String(delay),
      });
    if (!isSecretOf(secret, token?.hash)) {
      this.failed.add(address, attempt);
      throw new MachineError('UNAUTHENTICATED', 'the token is not one of this daemon: it is wrong, or was revoked');
    }
    return this.admit(token!);
  }

  private admit(token: Token): Principal {
    const now = Date.now();
    const user = this.users.get(ownerOf(token.name));
    if (token.expireTime <= now)
      throw new MachineError('UNAUTHENTICATED', `the token ${token.name} expired at ${new Date(token.expireTime).toISOString()}`);
    refuseDisabled(user.name, user.disabled);
    this.tokens.used(token, now);
    const roles = this.users.rolesOf(user.name);
    const known = this.admitted.get(token.name);
    if (known?.of === roles) return known.principal;
    const scoped = token.scope.length > 0;
    const principal: Principal = {
      user: user.name,
      credential: 'CREDENTIAL_TOKEN',
      roles: scoped ? roles.within(Roles.of(token.scope)) : roles,
      token: token.name,
      scoped,
      expires: token.expireTime,
    };
    if (this.admitted.size >= MOST_ADMITTED) this.admitted.clear();
    this.admitted.set(token.name, { of: roles, principal });
    return principal;
  }

  /** Of a certificate that the TLS layer has verified, the common name. */
  private byCertificate(caller: Caller): Principal | undefined {
    const certificate = caller.getAuthContext().sslPeerCertificate;
    if (!certificate) return undefined;
    const commonName: unknown = certificate.subject.CN;
    const user = typeof commonName === 'string' ? this.users.find(userName(commonName)) : undefined;
    if (!user)
      throw new MachineError(
        'UNAUTHENTICATED',
        `the certificate is of ${JSON.stringify(commonName ?? '')}, and there is no such user here`,
      );
    refuseDisabled(user.name, user.disabled);
    return {
      user: user.name,
      credential: 'CREDENTIAL_CERTIFICATE',
      roles: this.users.rolesOf(user.name),
      token: '',
      scoped: false,
      expires: Date.parse(certificate.valid_to),
    };
  }
}

function refuseDisabled(name: string, disabled: boolean): void {
  if (disabled) throw new MachineError('UNAUTHENTICATED', `${name} is disabled`);
}

/** Without its port; '' of a unix socket, and of a connection that is gone. */
export function peerOf(caller: Pick<Caller, 'getPeer'>): string {
  const peer = caller.getPeer();
  if (peer === 'unknown') return '';
  return peer.replace(/:\d+$/, '').replace(/^::ffff:/i, '');
}
