// LeaseService: who has a machine to themselves.

import { invalidField, MachineError } from '../../machine/errors.ts';
import { LOCAL_USER } from '../auth/principal.ts';
import { ADMIN } from '../auth/roles.ts';
import { ownerOf, EVERY_PROJECT } from '../resource-name.ts';
import { pageOf } from '../page.ts';
import { toTimestamp } from '../timestamp.ts';
import { maskPaths } from '../update-mask.ts';
import type { Duration, Lease as LeaseMessage, LeaseService } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';
import type { Principal } from '../auth/principal.ts';
import type { Users } from '../auth/users.ts';
import type { Implementation } from '../call.ts';
import type { Lease } from '../lease/lease.ts';
import type { Leases } from '../lease/leases.ts';
import type { MachineRegistry } from '../machine-registry.ts';

const USUAL_MILLISECONDS = 3_600_000;

const millisecondsOf = (duration: Duration | undefined): number =>
  duration ? Number(duration.seconds) * 1000 + duration.nanos / 1e6 : USUAL_MILLISECONDS;

export function leaseService(leases: Leases, machines: MachineRegistry, users: Users): Implementation<LeaseService> {
  const toMessage = (lease: Lease): Input<LeaseMessage> => {
    const active = lease.state === 'active';
    return {
      name: lease.name,
      uid: lease.uid,
      create_time: toTimestamp(new Date(lease.createTime)),
      machine: lease.machine,
      holder: lease.holder,
      shared_with: lease.sharedWith,
      display_name: lease.displayName,
      state: active ? 'STATE_ACTIVE' : 'STATE_QUEUED',
      position: leases.positionOf(lease),
      priority: lease.priority,
      start_time: active ? toTimestamp(new Date(lease.startTime)) : undefined,
      expire_time: toTimestamp(new Date(lease.expireTime)),
      cap_time: active ? toTimestamp(new Date(lease.startTime + leases.longest)) : undefined,
    };
  };

  const checkUsers = (names: readonly string[]): void => {
    for (const name of names) if (name !== LOCAL_USER) users.get(name);
  };

  /** The lease, if the caller is its holder. */
  const own = (name: string, { user }: Principal): Lease => {
    const lease = leases.get(name);
    if (lease.holder === user) return lease;
    throw new MachineError('PERMISSION_DENIED', `${name} is held by ${lease.holder}; an administrator of the project can revoke it`, {
      user,
      resource: name,
      holder: lease.holder,
    });
  };

  return {
    CreateLease(
      { parent, lease_id: id, machine, ttl, queue_ttl, priority, shared_with: sharedWith, display_name: displayName },
      { principal },
    ) {
      if (ownerOf(machine) !== parent) throw invalidField('machine', `must be of ${parent}`);
      if (priority > 0 && principal.roles.in(parent) < ADMIN)
        throw new MachineError('PERMISSION_DENIED', `a priority above 0 needs the role ADMIN in ${parent}`, {
          user: principal.user,
          resource: parent,
          role: 'ROLE_ADMIN',
        });
      const wanted = millisecondsOf(ttl);
      if (wanted > leases.longest) throw invalidField('ttl', `must be at most ${leases.longest / 1000} s, got ${wanted / 1000} s`);
      checkUsers(sharedWith);
      const { uid: machineUid } = machines.get(machine).identity;
      const wish = { id, machine, machineUid, holder: principal.user, sharedWith, displayName, priority, ttl: wanted };
      return { lease: toMessage(leases.create({ ...wish, queueTtl: millisecondsOf(queue_ttl) })) };
    },

    GetLease: ({ name }) => ({ lease: toMessage(leases.get(name)) }),

    ListLeases(request) {
      const { parent } = request;
      const its = leases.list(parent === EVERY_PROJECT ? undefined : parent);
      const { items, next_page_token } = pageOf(`${parent}/leases`, its, ({ ordinal }) => ordinal, request);
      return { leases: items.map(toMessage), next_page_token };
    },

    UpdateLease({ lease, update_mask }, { principal }) {
      const { name, shared_with: sharedWith, display_name: displayName } = lease!;
      own(name, principal);
      const paths = maskPaths(update_mask, ['shared_with', 'display_name']);
      if (paths.includes('shared_with')) checkUsers(sharedWith);
      const change = {
        ...(paths.includes('shared_with') ? { sharedWith } : {}),
        ...(paths.includes('display_name') ? { displayName } : {}),
      };
      return { lease: toMessage(leases.update(name, change)) };
    },

    ExtendLease({ name, ttl }, { principal }) {
      own(name, principal);
      return { lease: toMessage(leases.extend(name, millisecondsOf(ttl))) };
    },

    async WaitLease({ name }, { signal }) {
      for (;;) {
        const lease = leases.get(name);
        if (lease.state === 'active') return { lease: toMessage(lease) };
        await leases.bell.wait(signal);
      }
    },

    ReleaseLease({ name }, { principal }) {
      own(name, principal);
      leases.end(name, 'was released');
      return {};
    },

    RevokeLease({ name, reason }, { principal }) {
      leases.get(name);
      leases.end(name, `was revoked by ${principal.user}${reason === '' ? '' : `: ${reason}`}`, true);
      return {};
    },
  };
}
