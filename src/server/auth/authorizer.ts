// Whether a caller may make a request. Denied is answered before anything is looked up, in the same words whether it exists or not
// (google.aip.dev/211).

import { MachineError } from '../../machine/errors.ts';
import { EVERY_PROJECT, ownerOf } from '../resource-name.ts';
import { roleName } from './roles.ts';
import type { Permission } from './permissions.ts';
import type { Principal } from './principal.ts';

/** Throws PERMISSION_DENIED. `names`: all that the request names. */
export type Authorize = (principal: Principal, names: readonly string[]) => void;

export function authorizer({ where, role }: Permission): Authorize {
  if (where === 'anyone' || where === 'public') return () => {};
  const root = where === 'user' ? 'users/' : 'projects/';
  return (principal, names) => {
    if (principal.roles.everywhere >= role) return;
    if (where === 'lab') throw denied(principal, role, EVERY_PROJECT);
    for (const name of names) {
      if (!name.startsWith(root)) continue;
      const owner = ownerOf(name);
      if (where === 'user' ? owner !== principal.user : principal.roles.in(owner) < role) throw denied(principal, role, owner);
    }
  };
}

function denied(principal: Principal, role: number, resource: string): MachineError {
  const needed = roleName(role);
  const within = resource.startsWith('projects/') ? resource : EVERY_PROJECT;
  return new MachineError(
    'PERMISSION_DENIED',
    `${principal.user} needs the role ${needed.slice('ROLE_'.length)} in ${within} for this (${resource} may not exist)`,
    { user: principal.user, resource, role: needed },
  );
}
