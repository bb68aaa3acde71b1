// Who makes a call, as the daemon knows it.

import { EVERYTHING, Roles } from './roles.ts';
import { userName } from '../resource-name.ts';
import type { Credential } from '../../gen/api.ts';

export interface Principal {
  /** users/{user} */
  readonly user: string;
  readonly credential: Credential;
  readonly roles: Roles;
  /** Name of the token that was shown, or ''. */
  readonly token: string;
  /** The token allows less than its user may. */
  readonly scoped: boolean;
  /** Milliseconds since the epoch; infinite if it never does. */
  readonly expires: number;
}

/** No user can be made with this name. */
export const LOCAL_USER = userName('local');

const local = (credential: Credential): Principal => ({
  user: LOCAL_USER,
  credential,
  roles: EVERYTHING,
  token: '',
  scoped: false,
  expires: Number.POSITIVE_INFINITY,
});

/** Who was not let in. */
export const NOBODY: Principal = { ...local('CREDENTIAL_UNSPECIFIED'), user: '', roles: Roles.of([]) };
/** Where nobody is asked. */
export const ANYBODY = local('CREDENTIAL_NONE');
/** Whoever can open a socket of mode 0600 can also read the data directory: it is the daemon's own user, or root. */
export const SOCKET_OWNER = local('CREDENTIAL_UNIX_SOCKET');
